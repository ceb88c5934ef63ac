"""The guard of outside agents: the person's policy answers their calls, the person answers their questions."""

from __future__ import annotations

from entourage.agents.outside import OutsideApprovals, OutsideQuestion
from entourage.kit.ids import derived_id, new_id
from entourage.observe.guard import PERMISSION_REQUEST, PRE_TOOL_USE, Decision, HookBody, Source
from entourage.tools.policy.evaluate import ToolUse
from entourage.tools.policy.rules import Ruling
from entourage.tools.policy.service import Policies


class PolicyGuard:
    """Implements `observe.guard.Guard`."""

    def __init__(self, policies: Policies, approvals: OutsideApprovals) -> None:
        self._policies = policies
        self._approvals = approvals

    async def decide(self, owner_id: str, source: Source, hook: HookBody) -> Decision | None:
        """The policy's word on a call that is about to be made, a person's on a question of permission."""
        if hook.kind == PRE_TOOL_USE and source.mode == "guard":
            return _told(await self._rule(owner_id, source, hook))
        if hook.kind == PERMISSION_REQUEST and source.route_permissions:
            return await self._permission(owner_id, source, hook)
        return None

    async def _rule(self, owner_id: str, source: Source, hook: HookBody) -> Ruling:
        return await self._policies.rule(
            owner_id, ToolUse(hook.tool or "", hook.tool_input, source.app, hook.cwd or "")
        )

    async def _permission(self, owner_id: str, source: Source, hook: HookBody) -> Decision | None:
        ruling = await self._rule(owner_id, source, hook)
        if ruling.verdict == "deny":
            return _told(ruling)
        row = await self._approvals.ask(owner_id, _question(owner_id, source, hook, ruling))
        if row is None:
            return None
        allowed = row.status == "approved"
        return Decision(
            behavior="allow" if allowed else "deny",
            reason=row.reason or ("" if allowed else "A person did not allow it."),
            by="person",
            approval_id=row.id,
            updated_input=row.edited_args if allowed else None,
        )


def _told(ruling: Ruling) -> Decision | None:
    """Only a person's own rule lets something through: what the guards find harmless is still the agent's business."""
    if ruling.verdict is None or (ruling.verdict == "allow" and not ruling.is_own):
        return None
    return Decision(behavior=ruling.verdict, reason=f"Entourage ({ruling.rule}): {ruling.reason}", rule=ruling.rule)


def _question(owner_id: str, source: Source, hook: HookBody, ruling: Ruling) -> OutsideQuestion:
    given = hook.body.get("id")
    mark = given if isinstance(given, str) else new_id()  # a body that is delivered twice asks once
    return OutsideQuestion(
        id=derived_id("permission", owner_id, source.app, hook.session_id, mark),
        app=source.app,
        session_id=hook.session_id,
        lane_id=hook.lane_id,
        agent=hook.agent or source.app,
        tool=hook.tool or "",
        args=hook.tool_input,
        tool_use_id=hook.tool_use_id or "",
        reason=ruling.reason if ruling.verdict == "ask" else None,
    )
