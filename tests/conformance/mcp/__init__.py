"""The MCP conformance suite through the gateway, beside the same server asked direct."""
