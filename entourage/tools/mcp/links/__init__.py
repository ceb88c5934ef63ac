"""The client side of MCP: one live connection to one backend for one owner, whatever era it speaks."""
