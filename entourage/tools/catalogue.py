"""The catalogue as people see it: every tool with its grant, what it was used for, how its server is."""

from __future__ import annotations

import asyncio

from entourage.tools.caller import Caller
from entourage.tools.counts import NEVER_CALLED, ToolCount, ToolCounts
from entourage.tools.finding import ToolIndex
from entourage.tools.grants.rulings import PolicySet, granted
from entourage.tools.grants.service import ToolPolicies
from entourage.tools.path.breaker import Breakers
from entourage.tools.registry import ToolRegistry
from entourage.tools.schemas import ServerHealth, ToolView
from entourage.tools.tool import Tool


class Catalogue:
    """Shows tools."""

    def __init__(self, registry: ToolRegistry, policies: ToolPolicies, counts: ToolCounts, breakers: Breakers) -> None:
        self._registry = registry
        self._policies = policies
        self._counts = counts
        self._breakers = breakers

    async def list(self, owner_id: str, *, q: str | None, origin: str | None) -> list[ToolView]:
        """By name, or the best first for a search; `origin` may name a kind (`mcp`) or one of it (`mcp:github`)."""
        tools = [tool for tool in await self._registry.of(owner_id) if _is_from(tool, origin)]
        if q is not None:
            tools = await asyncio.to_thread(lambda: ToolIndex(tools).search(q, len(tools)))
        policies = await self._policies.of(owner_id)
        counts = await self._counts.last_day(owner_id)
        return [self._shown(owner_id, tool, policies, counts) for tool in tools]

    async def get(self, owner_id: str, name: str) -> ToolView:
        """One tool by its canonical or wire name. Raises NotFound."""
        tool = await self._registry.find(owner_id, name)
        counts = await self._counts.last_day(owner_id, tool.name)
        return self._shown(owner_id, tool, await self._policies.of(owner_id), counts)

    def health(self, owner_id: str) -> list[ServerHealth]:
        """How servers have answered this person; replicas under names of their own."""
        return [
            ServerHealth(
                server="/".join(key),
                state=one.state,
                failures=one.failures,
                in_flight=one.in_flight,
                calls=one.calls,
                errors=one.errors,
                latency_ms_p50=one.latency_ms,
                last_error=one.last_error,
            )
            for key, one in self._breakers.of_owner(owner_id)
        ]

    def _shown(self, owner_id: str, tool: Tool, policies: PolicySet, counts: dict[str, ToolCount]) -> ToolView:
        grant = granted(tool, {}, policies.terms(Caller(owner_id, "api"), tool.name))
        is_away = tool.server is not None and self._breakers.is_open(owner_id, tool.server)
        return ToolView.of(tool, grant, counts.get(tool.name, NEVER_CALLED), is_away=is_away)


def _is_from(tool: Tool, origin: str | None) -> bool:
    return origin is None or tool.origin == origin or tool.origin.partition(":")[0] == origin
