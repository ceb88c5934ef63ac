"""What workspaces are given by floors they do not know: the log of events, the sandbox, the network."""
