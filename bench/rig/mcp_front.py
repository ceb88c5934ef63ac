"""Our server in this process with many tools in its catalogue, and one client that lists them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from entourage.tools.mcp.front.doors import McpDoors
from entourage.tools.registry import ToolRegistry
from entourage.tools.schema import json_tool
from entourage.tools.tool import Tool, ToolCall, ToolResult
from tests.world import open_world

META = "io.modelcontextprotocol/"
LIST = {f"{META}protocolVersion": "2026-07-28", f"{META}clientCapabilities": {}}


class Many:
    """A source of so many tools with descriptions and schemas of a usual size."""

    def __init__(self, count: int) -> None:
        schema = {
            "type": "object",
            "properties": {
                name: {"type": "string", "description": f"What the {name} of it should be, in a few words."}
                for name in ("path", "query", "limit")
            },
        }
        self.found: list[Tool] = [
            json_tool(
                f"many.tool_{number}",
                f"Does the thing with number {number} to whatever is at the path, and says what came of it." * 2,
                schema,
                self._run,
                origin="mcp:many",
            )
            for number in range(count)
        ]

    async def tools(self, owner_id: str) -> list[Tool]:
        return self.found

    async def find(self, owner_id: str, name: str) -> Tool | None:
        return None

    async def _run(self, _call: ToolCall, _args: object) -> ToolResult:
        return ToolResult()


@asynccontextmanager
async def fronted_tools(
    folder: Path, count: int
) -> AsyncIterator[tuple[Callable[[], Awaitable[bytes]], Callable[[], None]]]:
    """What lists the tools, and what tells that they changed."""
    async with open_world(folder, tool_search_from=count * 2) as world:
        source = Many(count)
        world.services.get(ToolRegistry).add_source(source)
        changes = world.services.get(McpDoors).front.changes
        ann = await world.person("ann")
        headers = {
            "authorization": f"Bearer {ann.token}",
            "accept": "application/json, text/event-stream",
            "mcp-protocol-version": "2026-07-28",
            "mcp-method": "tools/list",
        }
        body = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {"_meta": LIST}}

        def changed() -> None:
            source.found = list(source.found)
            changes.tell(None, "many", "tools")

        async with httpx.AsyncClient(headers=headers, timeout=30) as client:

            async def ask() -> bytes:
                answer = (await client.post(f"{world.url}/mcp", json=body)).raise_for_status()
                return answer.content

            yield ask, changed
