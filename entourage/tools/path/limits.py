"""How often, how many at once, how many a day."""

from __future__ import annotations

from collections import OrderedDict

from entourage.tools.path.pacing import Gate, Pace
from entourage.tools.path.quotas import Quotas
from entourage.tools.pipeline import Again, Middleware
from entourage.tools.terms import Bound
from entourage.tools.tool import ToolCall, ToolResult

AT_ONCE = 64
"""Calls of one person that one server works on at once; further ones wait for their turn."""

_MAX_REMEMBERED = 20_000


class _Limits:
    """Of one person under one bound."""

    __slots__ = ("gate", "pace")

    def __init__(self, bound: Bound) -> None:
        self.pace = Pace(bound.per_second) if bound.per_second is not None else None
        self.gate = Gate(bound.at_once) if bound.at_once is not None else None


class Limits(Middleware):
    """Calls wait for their turn, for a while; a day's quota that is used up refuses them.

    Pace and turns are counted in this process, quotas by all servers together.
    """

    def __init__(self, quotas: Quotas) -> None:
        self._quotas = quotas
        self._known: OrderedDict[tuple[str, Bound], _Limits] = OrderedDict()

    async def before(self, call: ToolCall) -> ToolResult | None:
        for bound in call.terms.bounds:
            if bound.per_day is not None and not await self._quotas.take(call.owner_id, bound.id, bound.per_day):
                return ToolResult.failure(
                    f"The quota of {bound.per_day} calls a day is used up. It is new at 00:00 UTC."
                )
        for bound in self._bounds(call):
            limits = self._of(call, bound)
            if limits.pace is not None:
                await limits.pace.wait(call.tool.name)
            if limits.gate is not None:
                await limits.gate.enter(call.tool.name)
                call.held.append(limits.gate.leave)
        return None

    async def after(self, call: ToolCall, result: ToolResult) -> ToolResult:
        _leave(call)
        return result

    async def on_error(self, call: ToolCall, error: BaseException) -> ToolResult | Again | None:
        _leave(call)
        return None

    def _bounds(self, call: ToolCall) -> tuple[Bound, ...]:
        server = call.tool.server
        return (*call.terms.bounds, Bound(f"server:{server}", at_once=AT_ONCE)) if server else call.terms.bounds

    def _of(self, call: ToolCall, bound: Bound) -> _Limits:
        key = (call.owner_id, bound)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = _Limits(bound)
            if len(self._known) > _MAX_REMEMBERED:
                self._known.popitem(last=False)
        return found


def _leave(call: ToolCall) -> None:
    while call.held:
        call.held.pop()()
