"""The MCP gateway: servers behind, clients in front, each in the era it speaks."""
