"""The policy as a step of the pipeline, after validation and before approval."""

from __future__ import annotations

from entourage.tools.pipeline import Middleware
from entourage.tools.policy.evaluate import ToolUse
from entourage.tools.policy.service import Policies
from entourage.tools.tool import ToolCall, ToolResult


class PolicyStep(Middleware):
    """Refuses what the owner's policy denies, and has a person asked where it says so, whatever is granted."""

    def __init__(self, policies: Policies) -> None:
        self._policies = policies

    async def before(self, call: ToolCall) -> ToolResult | None:
        ruling = await self._policies.rule(call.owner_id, ToolUse(call.tool.name, call.args))
        if ruling.verdict == "deny":
            return ToolResult.failure(f"The policy {ruling.rule} does not allow this: {ruling.reason}", "denied")
        call.must_ask = ruling.verdict == "ask"
        return None
