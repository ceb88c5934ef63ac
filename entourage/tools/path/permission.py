"""May this caller make this call at all."""

from __future__ import annotations

from entourage.tools.grants.rulings import granted
from entourage.tools.grants.service import ToolPolicies
from entourage.tools.pipeline import Middleware
from entourage.tools.tool import ToolCall, ToolResult


class Permission(Middleware):
    """Refuses what the token's scope does not have and what is not granted; later steps read `terms` and `grant`."""

    def __init__(self, policies: ToolPolicies) -> None:
        self._policies = policies

    async def before(self, call: ToolCall) -> ToolResult | None:
        policies = self._policies.known(call.owner_id) or await self._policies.of(call.owner_id)
        name = call.tool.name
        call.terms = policies.terms(call.caller, name)
        call.grant = granted(call.tool, call.grants, call.terms)
        if not call.caller.may_call(name):
            return ToolResult.failure(f"This token may not call {name}: its scope does not have it.", "denied")
        if call.terms.forbidden:
            return ToolResult.failure(f"An admin does not allow the tool {name} here.", "denied")
        if call.grant == "deny":
            whom = call.agent or f"callers by {call.caller.source}"
            return ToolResult.failure(f"The tool {name} is not granted to {whom}.", "denied")
        return None
