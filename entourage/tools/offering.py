"""What a model is offered: the tools that its agent was granted, under names that providers take.

A large catalogue is not shown whole: the model searches it with `find_tools` and calls what it found with `call_tool`.
Such a call is one of the tool that is meant: grants, approvals and events speak of that one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, cast

import msgspec
from pydantic import Field

from entourage.kit.json import encode
from entourage.kit.schema import Schema
from entourage.tools.caller import Caller
from entourage.tools.finding import CALL_TOOL, FIND_TOOLS, MOST_FOUND, ToolIndex
from entourage.tools.grants.rulings import granted
from entourage.tools.grants.service import ToolPolicies
from entourage.tools.registry import ToolRegistry
from entourage.tools.tool import BUILTIN, Grant, Tool, ToolCall, ToolResult, tool_of


class FindTools(Schema):
    """Search the tools you have beyond those you see: by what you want to do, or by the name of a service. You get
    names, descriptions and the arguments they take; call them with call_tool."""

    query: str = Field(min_length=1, max_length=1000)
    limit: int = Field(5, ge=1, le=MOST_FOUND)


class CallTool(Schema):
    """Call a tool that find_tools told you of."""

    name: str = Field(min_length=1, max_length=256, description="Its name, as find_tools gave it.")
    args: dict[str, Any] = Field({}, description="Its arguments.")


class Offered:
    """The tools of one run; past `search_from` of them most are found by searching."""

    def __init__(self, tools: Sequence[Tool], chosen: Mapping[str, Grant], search_from: int) -> None:
        self._by_name = {name: tool for tool in tools for name in (tool.name, tool.wire_name)}
        self._searched = list(tools)
        self.shown = list(tools)
        if len(tools) > search_from:
            near = [tool for tool in tools if tool.origin == BUILTIN or tool.name in chosen]
            self.shown = [*near[:search_from], *self._search_tools()]

    def find(self, name: str) -> Tool | None:
        """The tool of this wire or canonical name, shown or not."""
        return self._by_name.get(name)

    def meant(self, name: str, args: dict[str, Any]) -> tuple[Tool | None, dict[str, Any]]:
        """The tool that a call means, and its arguments: what `call_tool` names, in its place."""
        inner = self._inner(name, args)
        if inner is not None and (tool := self.find(inner[0])) is not None:
            return tool, inner[1]
        return self.find(name), args

    def told(self, name: str, args: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        """The call as people are told of it: also of a tool that is not there."""
        tool, meant = self.meant(name, args)
        return (tool.name if tool else name), meant

    def _inner(self, name: str, args: dict[str, Any]) -> tuple[str, dict[str, Any]] | None:
        if name != CALL_TOOL or CALL_TOOL not in self._by_name or not isinstance(args.get("name"), str):
            return None
        given: object = args.get("args") or {}
        if isinstance(given, str):  # some models write objects as text
            try:
                given = msgspec.json.decode(given)
            except msgspec.DecodeError:
                return None
        return (args["name"], cast("dict[str, Any]", given)) if isinstance(given, dict) else None

    def _search_tools(self) -> list[Tool]:
        tools = [
            tool_of(FIND_TOOLS, FindTools, self._find, read_only=True, idempotent=True, cache_seconds=0),
            tool_of(CALL_TOOL, CallTool, self._call),
        ]
        self._by_name |= {tool.name: tool for tool in tools}
        return tools

    @cached_property
    def _index(self) -> ToolIndex:
        return ToolIndex(self._searched)

    async def _find(self, _call: ToolCall, args: FindTools) -> ToolResult:
        found = await asyncio.to_thread(lambda: self._index.search(args.query, args.limit))
        return ToolResult("\n\n".join(map(_described, found)) or "No tool fits. Try other words.")

    async def _call(self, _call: ToolCall, args: CallTool) -> ToolResult:
        return ToolResult.failure(f"There is no tool {args.name!r}. Look for it with {FIND_TOOLS}.")


class Offering:
    """What each agent is offered."""

    def __init__(self, registry: ToolRegistry, policies: ToolPolicies, *, search_from: int) -> None:
        self._registry = registry
        self._policies = policies
        self._search_from = search_from

    async def of(self, owner_id: str, agent: str, grants: Mapping[str, Grant]) -> Offered:
        """The tools that are not denied to this agent; `grants` are its own."""
        policies = await self._policies.of(owner_id)
        caller = Caller(owner_id, "team", agent=agent)
        tools = [
            tool
            for tool in await self._registry.of(owner_id)
            if granted(tool, grants, policies.terms(caller, tool.name)) != "deny"
        ]
        return Offered(tools, grants, self._search_from)


def _described(tool: Tool) -> str:
    return f"{tool.wire_name}: {tool.description}\narguments: {encode(tool.parameters).decode()}"
