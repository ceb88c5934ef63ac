"""Does a person have to say yes first."""

from __future__ import annotations

from entourage.tools.path.validation import Validation
from entourage.tools.pipeline import Middleware
from entourage.tools.tool import Decision, Question, Risk, ToolCall, ToolResult


class Approval(Middleware):
    """Calls that are granted with "ask", or that the policy wants asked, wait for a person, who may edit them."""

    def __init__(self, policy: Middleware) -> None:
        self._look_again = (Validation(), policy)

    async def before(self, call: ToolCall) -> ToolResult | None:
        if call.grant == "ask" or call.must_ask:
            decision = await call.team.ask(call, Question("approval", risk=_risk(call)))
        else:
            decision = await call.team.decided(call)
        return None if decision is None else await self._follow(call, decision)

    async def _follow(self, call: ToolCall, decision: Decision) -> ToolResult | None:
        if not decision.approved:
            reason = f": {decision.reason}" if decision.reason else "."
            return ToolResult.failure(f"The user did not allow this call{reason}", "denied")
        if decision.args is not None and decision.args != call.args:
            call.args = decision.args
            return await self._edited(call)
        return None

    async def _edited(self, call: ToolCall) -> ToolResult | None:
        """Edited arguments are looked at again; the person who edited them need not be asked twice."""
        for step in self._look_again:
            if (refused := await step.before(call)) is not None:
                return refused
        return None


def _risk(call: ToolCall) -> Risk:
    if call.tool.destructive or call.must_ask:
        return "high"
    return "medium" if call.tool.open_world else "low"
