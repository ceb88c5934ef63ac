"""The side of MCP clients: one endpoint for everything, one for each server, one for each bundle, in both eras."""
