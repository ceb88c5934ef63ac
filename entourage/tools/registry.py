"""The tools this server has, by name."""

from __future__ import annotations

from collections.abc import Iterable

from entourage.kit.errors import NotFound
from entourage.tools.tool import Tool


class ToolRegistry:
    """Tools by name; the same for every user (grants decide who may call what)."""

    def __init__(self, tools: Iterable[Tool]) -> None:
        self._tools = {tool.name: tool for tool in tools}

    def all(self) -> list[Tool]:
        """Every tool, sorted by name."""
        return [self._tools[name] for name in sorted(self._tools)]

    def get(self, name: str) -> Tool:
        """One tool. Raises NotFound."""
        try:
            return self._tools[name]
        except KeyError:
            raise NotFound(f"There is no tool {name!r}.") from None

    def __contains__(self, name: object) -> bool:
        return name in self._tools
