"""The tools of an endpoint as its clients see them, encoded once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

import msgspec

from entourage.tools.finding import CALL_TOOL, FIND_TOOLS, MOST_FOUND, ToolIndex
from entourage.tools.mcp.front.param_headers import ParamHeader, param_headers
from entourage.tools.tool import BUILTIN, Tool

FIND_DEFINITION: dict[str, Any] = {
    "name": FIND_TOOLS,
    "title": "Find tools",
    "description": "Find tools for a task. Gives their names, descriptions and input schemas; call them by call_tool.",
    "inputSchema": {
        "type": "object",
        "properties": {
            "query": {"type": "string", "description": "What the tool should do, in a few words."},
            "limit": {"type": "integer", "minimum": 1, "maximum": MOST_FOUND, "default": 5},
        },
        "required": ["query"],
    },
    "annotations": {"readOnlyHint": True, "openWorldHint": False},
}
CALL_DEFINITION: dict[str, Any] = {
    "name": CALL_TOOL,
    "title": "Call a tool",
    "description": "Call a tool that find_tools found.",
    "inputSchema": {
        "type": "object",
        "properties": {
            "name": {"type": "string", "description": "The tool's name."},
            "args": {"type": "object", "description": "Its arguments, as its input schema says."},
        },
        "required": ["name"],
    },
}


class Shown:
    """The tools that one endpoint offers one client. `source` is the catalogue they were chosen from."""

    def __init__(
        self, source: object, tools: Sequence[Tool], name_of: Callable[[Tool], str], search_from: int | None
    ) -> None:
        self.source = source
        self.by_name: dict[str, Tool] = {}
        for tool in tools:
            self.by_name.setdefault(name_of(tool), tool)
        self.is_search = search_from is not None and len(self.by_name) > search_from
        self._headers: dict[str, tuple[ParamHeader, ...]] = {}

    @cached_property
    def encoded(self) -> msgspec.Raw:
        """The list of definitions."""
        return msgspec.Raw(msgspec.json.encode(self._definitions()))

    @cached_property
    def index(self) -> ToolIndex:
        """For finding tools among these."""
        return ToolIndex(self.by_name.values())

    def find(self, name: str) -> Tool | None:
        """A tool by the name it is shown under."""
        return self.by_name.get(name)

    def headers_of(self, name: str) -> tuple[ParamHeader, ...]:
        """The arguments of a tool that clients repeat in headers."""
        known = self._headers.get(name)
        if known is None:
            known = self._headers[name] = param_headers(self.by_name[name].parameters)
        return known

    def found(self, query: str, limit: int) -> list[dict[str, Any]]:
        """What `find_tools` tells."""
        names = {id(tool): name for name, tool in self.by_name.items()}
        return [definition(names[id(tool)], tool) for tool in self.index.search(query, limit) if id(tool) in names]

    def _definitions(self) -> list[dict[str, Any]]:
        if not self.is_search:
            return [definition(name, tool) for name, tool in self.by_name.items()]
        builtin = [definition(name, tool) for name, tool in self.by_name.items() if tool.origin == BUILTIN]
        return [FIND_DEFINITION, CALL_DEFINITION, *builtin]


def definition(name: str, tool: Tool) -> dict[str, Any]:
    """A tool as MCP describes it: as its own server does where it has one, under the name it is shown under."""
    if tool.definition is not None:
        return {**tool.definition, "name": name}
    told: dict[str, Any] = {"name": name, "description": tool.description, "inputSchema": tool.parameters}
    if tool.title:
        told["title"] = tool.title
    if tool.output_schema is not None:
        told["outputSchema"] = tool.output_schema
    told["annotations"] = {
        "readOnlyHint": tool.read_only,
        "destructiveHint": tool.destructive,
        "idempotentHint": tool.idempotent,
        "openWorldHint": tool.open_world,
    }
    return told
