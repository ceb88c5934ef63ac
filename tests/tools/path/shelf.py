"""Tools of somebody else's, put on a person's shelf by a test; the server offers them like those of an MCP server."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from entourage.tools.path.trail import Trail
from entourage.tools.registry import ToolRegistry
from entourage.tools.schema import json_tool
from entourage.tools.tool import Run, Tool, ToolCall, ToolResult
from tests.world import Person, World

TEXT = {"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]}


class Shelf:
    """A `ToolSource` of tools by owner."""

    def __init__(self) -> None:
        self.tools_of: dict[str, list[Tool]] = {}

    async def tools(self, owner_id: str) -> Sequence[Tool]:
        return self.tools_of.get(owner_id, [])

    async def find(self, owner_id: str, name: str) -> Tool | None:
        return next((tool for tool in self.tools_of.get(owner_id, []) if tool.name == name), None)

    def put(self, person: Person, name: str, run: Run, parameters: dict[str, Any] = TEXT, **fields: Any) -> Tool:
        """One more tool of this person's."""
        server = name.partition(".")[0] if "." in name else None
        tool = json_tool(
            name, f"Does {name}.", parameters, run, **{"server": server, "origin": f"mcp:{server}"} | fields
        )
        self.tools_of[person.id] = [*self.tools_of.get(person.id, []), tool]
        return tool


_SHELVES: dict[int, Shelf] = {}


def shelf_of(world: World) -> Shelf:
    """The shelf of this server."""
    registry = world.services.get(ToolRegistry)
    shelf = _SHELVES.get(id(registry))
    if shelf is None:
        shelf = _SHELVES[id(registry)] = Shelf()
        registry.add_source(shelf)
    return shelf


class Counting:
    """A tool's work that counts how often it is done, and by whom."""

    def __init__(self, answer: Callable[[ToolCall, Any], ToolResult] | None = None) -> None:
        self.calls: list[dict[str, Any]] = []
        self._answer = answer

    async def __call__(self, call: ToolCall, args: Any) -> ToolResult:
        self.calls.append(dict(args))
        if self._answer is not None:
            return self._answer(call, args)
        return ToolResult(f"{call.tool.name} number {len(self.calls)}: {args.get('text', '')}")


async def call(person: Person, name: str, args: dict[str, Any] | None = None, **body: Any) -> dict[str, Any]:
    """Call a tool by the API."""
    return await person.post(f"/my/tools/{name}/call", {"args": args or {}, **body}, 200)


async def settled(world: World) -> None:
    """Wait until everything that calls left behind is in the log."""
    await world.services.get(Trail).flush()
