"""Virtual MCP servers: named choices of what a person's servers offer, with tokens of their own."""
