"""The tools there are: those every server has, and what MCP servers and services offer each person."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from itertools import chain
from operator import is_
from typing import Protocol

import structlog

from entourage.kit.errors import NotFound
from entourage.tools.tool import Tool

logger = structlog.get_logger(__name__)

_MAX_REMEMBERED = 1_000

SOURCE_SECONDS = 3.0
"""A source that takes longer is left out of a catalogue: none may hold up the others."""


class ToolSource(Protocol):
    """Something that offers tools, other ones to each person."""

    async def tools(self, owner_id: str) -> Sequence[Tool]:
        """What it offers this person: from memory, never changed in place; a dead backend is left out."""
        ...

    async def find(self, owner_id: str, name: str) -> Tool | None:
        """One of them by its canonical name. Quick: it is asked at every call."""
        ...


class ToolRegistry:
    """Built-in tools, and sources in the order in which they were added: an earlier one's names go first."""

    def __init__(self, tools: Iterable[Tool]) -> None:
        self._builtin = {tool.name: tool for tool in tools}
        self._sources: list[ToolSource] = []
        self._known: OrderedDict[str, tuple[list[Sequence[Tool]], list[Tool]]] = OrderedDict()

    @property
    def builtin(self) -> Sequence[Tool]:
        """The tools every server has, sorted by name."""
        return [self._builtin[name] for name in sorted(self._builtin)]

    def has(self, name: str) -> bool:
        """Whether it is the name of a built-in tool."""
        return name in self._builtin

    def builtin_named(self, name: str) -> Tool:
        """The built-in tool of this name. Raises KeyError."""
        return self._builtin[name]

    def add(self, tool: Tool) -> None:
        """One more built-in tool."""
        self._builtin[tool.name] = tool

    def add_source(self, source: ToolSource) -> None:
        """Offer what this source offers, too."""
        self._sources.append(source)

    async def of(self, owner_id: str) -> list[Tool]:
        """Every tool of one person, sorted by name; the very same list as long as nothing changed."""
        offered = [await _offered(source, owner_id) for source in self._sources]  # one by one: none of them waits
        parts: list[Sequence[Tool]] = [list(self._builtin.values()), *offered]
        known = self._known.get(owner_id)
        if known is not None and all(map(_same, known[0], parts)):
            return known[1]
        found: dict[str, Tool] = {}
        for tool in chain.from_iterable(parts):
            found.setdefault(tool.name, tool)
        tools = [found[name] for name in sorted(found)]
        self._known[owner_id] = (parts, tools)
        if len(self._known) > _MAX_REMEMBERED:
            self._known.popitem(last=False)
        return tools

    async def find(self, owner_id: str, name: str) -> Tool:
        """The tool of this canonical or wire name. Raises NotFound."""
        tool = self._builtin.get(name)
        if tool is None:
            tool = await self._sought(owner_id, name)
        if tool is None:
            raise NotFound(f"There is no tool {name[:200]!r}.", hint="GET /my/tools lists them.")
        return tool

    async def _sought(self, owner_id: str, name: str) -> Tool | None:
        for canonical in dict.fromkeys((name.replace("__", "."), name)):
            for source in self._sources:
                if (tool := await source.find(owner_id, canonical)) is not None:
                    return tool
        if "_" not in name:
            return None
        return next((tool for tool in await self.of(owner_id) if tool.wire_name == name), None)


def _same(before: Sequence[Tool], after: Sequence[Tool]) -> bool:
    """Whether both hold the very same tools."""
    return before is after or (len(before) == len(after) and all(map(is_, before, after)))


async def _offered(source: ToolSource, owner_id: str) -> Sequence[Tool]:
    try:
        async with asyncio.timeout(SOURCE_SECONDS):
            return await source.tools(owner_id)
    except Exception:  # one source's trouble is not the others'
        logger.exception("tools.source_failed", source=type(source).__name__)
        return ()
