"""The inbox: whatever waits for a person, whoever asks. A decision is taken once and wakes who waits for it."""

from __future__ import annotations

from collections.abc import Callable
from fnmatch import fnmatchcase
from typing import Any, Protocol

import msgspec
from sqlalchemy import func, select, tuple_

from entourage.agents.runs import requeue
from entourage.agents.schemas import (
    Approval,
    ApprovalStatus,
    Decide,
    DecidedMany,
    DecidedOne,
    DecideMany,
)
from entourage.agents.service import Agents
from entourage.agents.tables import ApprovalRow
from entourage.agents.told import find_approval, tell_resolved
from entourage.events.event import TEAM
from entourage.events.log import EventLog
from entourage.kit.clock import now_ms
from entourage.kit.errors import Conflict, Invalid, NotFound
from entourage.stores.sql import Database
from entourage.tools.grants.rulings import ANYBODY
from entourage.tools.grants.service import ToolPolicies
from entourage.tools.registry import ToolRegistry

_PREFERENCE = 'Set the preference `plans` to "start" to begin every plan at once.'
_ONE_BY_ONE = "Approve it with the edited arguments, and make a policy for further calls."

STATUS_OF: dict[str, ApprovalStatus] = {"approve": "approved", "deny": "denied", "answer": "answered"}


class InboxFilter(msgspec.Struct, frozen=True):
    """Which approvals; None means any. `app` is `team` for those of one's own agents, `tool` may be a pattern."""

    status: ApprovalStatus | None = None
    app: str | None = None
    tool: str | None = None


class PlanCheck(Protocol):
    """Who knows what a plan is."""

    async def check_args(self, owner_id: str, args: dict[str, Any]) -> None:
        """Whether an edited plan is one. Raises Invalid."""
        ...


class Inbox:
    """Approvals by owner. `listeners` are told the id of each one that is decided here."""

    def __init__(
        self, database: Database, log: EventLog, agents: Agents, tools: ToolRegistry, policies: ToolPolicies
    ) -> None:
        self._database = database
        self._log = log
        self._agents = agents
        self._tools = tools
        self._policies = policies
        self.listeners: list[Callable[[str], None]] = []
        self.plans: PlanCheck | None = None

    async def list(
        self, owner_id: str, where: InboxFilter, *, before: tuple[int, str] | None, limit: int
    ) -> list[Approval]:
        """Newest first."""
        query = select(ApprovalRow).order_by(ApprovalRow.created_ms.desc(), ApprovalRow.id.desc()).limit(limit)
        if where.status:
            query = query.where(ApprovalRow.status == where.status)
        if where.app:
            query = query.where(ApprovalRow.app == where.app if where.app != TEAM else ApprovalRow.app.is_(None))
        if where.tool:
            query = query.where(ApprovalRow.tool.like(_like(where.tool), escape="\\"))
        if before:
            query = query.where(tuple_(ApprovalRow.created_ms, ApprovalRow.id) < before)
        async with self._database.read(owner_id) as session:
            return [Approval.of(row) for row in await session.scalars(query)]

    async def count(self, owner_id: str) -> int:
        """How many wait for a decision."""
        query = select(func.count(ApprovalRow.id)).where(ApprovalRow.status == "pending")
        async with self._database.read(owner_id) as session:
            return await session.scalar(query) or 0

    async def get(self, owner_id: str, approval_id: str) -> Approval:
        """Raises NotFound."""
        async with self._database.read(owner_id) as session:
            return Approval.of(await find_approval(session, approval_id))

    async def decide(self, owner_id: str, approval_id: str, said: Decide) -> Approval:
        """Decide once; who waits goes on. Raises NotFound, Conflict when it is decided, Invalid."""
        async with self._database.read(owner_id) as session:
            await self._check(owner_id, await find_approval(session, approval_id), said)
        async with self._database.write(owner_id) as session:
            row = await find_approval(session, approval_id, lock=True)
            if row.status != "pending" or row.expires_ms <= now_ms():
                raise _late(row)
            row.status = STATUS_OF[said.decision]
            row.answer, row.reason, row.decided_ms = said.answer, said.reason, now_ms()
            row.edited_args = said.args if said.decision == "approve" else None
            await requeue(session, row.run_id)
        if said.remembers and said.decision == "approve":
            await self._remember(owner_id, row, said)
        await tell_resolved(self._log, row)
        for listener in self.listeners:
            listener(row.id)
        return Approval.of(row)

    async def decide_many(self, owner_id: str, said: DecideMany) -> DecidedMany:
        """The same decision for each; one that is decided or not there does not hold up the others."""
        items = [await self._one_of_many(owner_id, one, said) for one in dict.fromkeys(said.ids)]
        decided = sum(item.error is None for item in items)
        late = sum(item.error is not None and item.status is not None for item in items)
        return DecidedMany(items=items, decided=decided, late=late)

    async def _one_of_many(self, owner_id: str, approval_id: str, said: DecideMany) -> DecidedOne:
        one = Decide.model_validate({"decision": said.decision, "reason": said.reason})
        try:
            made = await self.decide(owner_id, approval_id, one)
        except NotFound as problem:
            return DecidedOne(id=approval_id, status=None, error=problem.detail)
        except (Conflict, Invalid) as problem:
            status = (await self.get(owner_id, approval_id)).status
            return DecidedOne(id=approval_id, status=status, error=problem.detail)
        return DecidedOne(id=approval_id, status=made.status)

    async def _remember(self, owner_id: str, row: ApprovalRow, said: Decide) -> None:
        """Allow the tool (or what the pattern says) to the agent that asked, to callers like it, or to everyone."""
        if not _is_ours(row):
            return
        tool = said.remember_tool or row.tool
        if said.remember_for == "everyone":
            await self._policies.allow(owner_id, ANYBODY, tool)
        elif row.app is None:
            await self._agents.allow(owner_id, row.agent, tool)
        else:
            await self._policies.allow(owner_id, f"source:{row.app}", tool)

    async def _check(self, owner_id: str, row: ApprovalRow, said: Decide) -> None:
        if (row.kind == "question") != (said.decision == "answer") and said.decision != "deny":
            wanted = '"answer"' if row.kind == "question" else '"approve" or "deny"'
            raise _invalid("decision", f"This {row.kind} takes {wanted}.", "does not fit")
        if said.decision == "answer" and said.answer is None:
            raise _invalid("answer", "An answer is needed.", "is missing")
        if row.kind == "plan" and said.remembers:
            raise _invalid("remember", "Plans are not remembered.", "not for plans", _PREFERENCE)
        if said.remember_tool and not fnmatchcase(row.tool, said.remember_tool):
            raise _invalid("remember_tool", f"{said.remember_tool!r} does not stand for {row.tool}.", "does not fit")
        if said.args is not None and said.remembers and row.call_hash is not None:
            raise _invalid("remember", "A call is either edited or remembered.", "not with args", _ONE_BY_ONE)
        if said.args is not None and row.kind == "plan" and self.plans:
            await self.plans.check_args(owner_id, said.args)
        elif said.args is not None and _is_ours(row):
            await self._check_args(owner_id, row.tool, said)

    async def _check_args(self, owner_id: str, name: str, said: Decide) -> None:
        try:
            (await self._tools.find(owner_id, name)).validate(said.args or {})
        except NotFound:  # the tool is away for now; it is validated again before it runs
            return
        except ValueError as error:
            raise Invalid("The edited arguments do not fit the tool.", hint=str(error)[:500]) from None


def _is_ours(row: ApprovalRow) -> bool:
    """Whether it is about a tool of ours, and not about one that an outside agent brings along."""
    return row.app is None or row.call_hash is not None


def _late(row: ApprovalRow) -> Conflict:
    status = "expired" if row.status == "pending" else row.status
    return Conflict(f"This was already {status}.", hint="Nothing was changed.")


def _invalid(field: str, detail: str, message: str, hint: str | None = None) -> Invalid:
    return Invalid(detail, hint=hint, errors=[{"field": field, "message": message}])


def _like(pattern: str) -> str:
    escaped = pattern.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return escaped.replace("*", "%").replace("?", "_")
