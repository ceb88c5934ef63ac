"""Sessions, lanes and spans: what the log says, kept ready to be read. All of it can be made again from the log."""
