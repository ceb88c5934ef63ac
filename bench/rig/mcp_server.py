"""An echo server made with the MCP SDK. `python -m bench.rig.mcp_server http PORT | stdio`."""

from __future__ import annotations

import sys


def main() -> None:
    from mcp.server.mcpserver import MCPServer
    from mcp.types import ToolAnnotations

    server = MCPServer("echo", log_level="ERROR")

    # not idempotent: a kept answer would not be a call
    @server.tool(annotations=ToolAnnotations(read_only_hint=True, destructive_hint=False, open_world_hint=False))
    def echo(text: str) -> str:
        """Says it again."""
        return text

    if sys.argv[1] == "stdio":
        server.run("stdio")
    else:
        server.run("streamable-http", host="127.0.0.1", port=int(sys.argv[2]), json_response=True)


if __name__ == "__main__":
    main()
