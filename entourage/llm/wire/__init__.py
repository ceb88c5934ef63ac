"""HTTP/1.1 to providers, by our own client: checked addresses, kept connections, bounds on all that comes."""
