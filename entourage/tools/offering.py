"""What a model is offered: the tools that its agent was granted, under names that providers take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from entourage.tools.registry import ToolRegistry
from entourage.tools.tool import Grant, Tool


class Offered:
    """The tools of one run."""

    def __init__(self, tools: Sequence[Tool]) -> None:
        self.shown = list(tools)
        self._by_name = {name: tool for tool in tools for name in (tool.name, tool.wire_name)}

    def find(self, name: str) -> Tool | None:
        """The tool of this wire or canonical name."""
        return self._by_name.get(name)

    def meant(self, name: str, args: dict[str, Any]) -> tuple[Tool | None, dict[str, Any]]:
        """The tool that a call means, and its arguments."""
        return self.find(name), args

    def told(self, name: str, args: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        """The call as people are told of it: also of a tool that is not there."""
        tool = self.find(name)
        return (tool.name if tool else name), args


class Offering:
    """What each agent is offered."""

    def __init__(self, registry: ToolRegistry) -> None:
        self._registry = registry

    async def of(self, owner_id: str, agent: str, grants: Mapping[str, Grant]) -> Offered:
        """The tools that are not denied to this agent."""
        tools = self._registry.all()
        return Offered([tool for tool in tools if grants.get(tool.name, tool.default_grant) != "deny"])
