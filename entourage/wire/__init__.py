"""HTTP/1.1 to other servers, by our own client: checked addresses, kept connections, bounds on all that comes."""
