"""The inbox: calls that wait for a yes, and questions of agents. Decisions survive restarts and count once."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession

from entourage.agents.runs import requeue
from entourage.agents.schemas import Approval, ApprovalStatus, Decide
from entourage.agents.service import Agents
from entourage.agents.tables import ApprovalRow
from entourage.agents.work import Work
from entourage.events.event import TEAM, NewEvent
from entourage.events.log import EventLog
from entourage.events.types import ApprovalRequested, ApprovalResolved
from entourage.kit.clock import now_ms
from entourage.kit.errors import Conflict, Invalid, NotFound
from entourage.kit.ids import derived_id
from entourage.stores.sql import EVERYONE, Database
from entourage.tools.registry import ToolRegistry
from entourage.tools.tool import Decision, Parked, Question, ToolCall


class Approvals:
    """Approvals by owner. `wake` tells the dispatcher that a run can go on, `decided` whoever waits for this one."""

    def __init__(
        self, database: Database, log: EventLog, agents: Agents, tools: ToolRegistry, *, wait_seconds: int
    ) -> None:
        self._database = database
        self._log = log
        self._agents = agents
        self._tools = tools
        self._wait_ms = wait_seconds * 1000
        self.wake: Callable[[], None] = lambda: None
        self.decided: Callable[[str], None] = lambda _approval_id: None

    async def ask(self, work: Work, call: ToolCall, question: Question) -> Decision:
        """The decision on this call. Raises Parked while there is none."""
        approval_id = derived_id(call.key, question.kind)
        async with self._database.read(work.owner_id) as session:
            row = await session.get(ApprovalRow, approval_id)
        if row is None:
            row = await self._request(work, call, question, approval_id)
        if row.status == "pending":
            _show_waiting(work, row)
            raise Parked(approval_id)
        return _decision(row)

    async def list(
        self, owner_id: str, *, status: ApprovalStatus | None, before: tuple[int, str] | None, limit: int
    ) -> list[Approval]:
        """Newest first."""
        query = select(ApprovalRow).order_by(ApprovalRow.created_ms.desc(), ApprovalRow.id.desc()).limit(limit)
        if status:
            query = query.where(ApprovalRow.status == status)
        if before:
            query = query.where(tuple_(ApprovalRow.created_ms, ApprovalRow.id) < before)
        async with self._database.read(owner_id) as session:
            return [Approval.of(row) for row in await session.scalars(query)]

    async def get(self, owner_id: str, approval_id: str) -> Approval:
        """Raises NotFound."""
        async with self._database.read(owner_id) as session:
            return Approval.of(await _find(session, approval_id))

    async def decide(self, owner_id: str, approval_id: str, said: Decide) -> Approval:
        """Decide once; the run goes on. Raises NotFound, Conflict when it is decided, Invalid."""
        async with self._database.write(owner_id) as session:
            row = await _find(session, approval_id, lock=True)
            if row.status != "pending":
                raise Conflict(f"This was already {row.status}.", hint="Nothing was changed.")
            self._check(row, said)
            row.status = {"approve": "approved", "deny": "denied", "answer": "answered"}[said.decision]
            row.answer, row.reason, row.decided_ms = said.answer, said.reason, now_ms()
            row.edited_args = said.args if said.decision == "approve" else None
            await requeue(session, row.run_id)
        if said.remember and said.decision == "approve" and row.app is None:
            await self._agents.allow(owner_id, row.agent, row.tool)
        await self._tell(row)
        self.wake()
        self.decided(row.id)
        return Approval.of(row)

    async def expire(self) -> int:
        """End what nobody answered in time; how many there were."""
        due = (ApprovalRow.status == "pending") & (ApprovalRow.expires_ms < now_ms())
        async with self._database.read(EVERYONE) as session:
            if not (await session.scalars(select(ApprovalRow.id).where(due).limit(1))).first():
                return 0
        async with self._database.write(EVERYONE) as session:
            rows = list(await session.scalars(select(ApprovalRow).where(due).with_for_update(skip_locked=True)))
            for row in rows:
                row.status, row.decided_ms = "expired", now_ms()
                await requeue(session, row.run_id)
        for row in rows:
            await self._tell(row)
        if rows:
            self.wake()
        return len(rows)

    async def cancel_run(self, session: AsyncSession, run_id: str) -> None:
        """Nobody needs to decide any more, in the caller's transaction."""
        pending = (ApprovalRow.run_id == run_id) & (ApprovalRow.status == "pending")
        await session.execute(update(ApprovalRow).where(pending).values(status="cancelled", decided_ms=now_ms()))

    async def _request(self, work: Work, call: ToolCall, question: Question, approval_id: str) -> ApprovalRow:
        now = now_ms()
        row = ApprovalRow(
            id=approval_id,
            kind=question.kind,
            chat_id=call.chat_id,
            run_id=call.run_id,
            message_id=work.turn.message.id,
            part=work.turn.index_of(call.key.partition(":")[2]),
            tool_call_id=call.tool_call_id[:128],
            agent=call.agent,
            tool=call.tool.name,
            args=call.args,
            question=question.question,
            options=list(question.options),
            risk=question.risk,
            status="pending",
            created_ms=now,
            expires_ms=now + self._wait_ms,
        )
        async with self._database.write(work.owner_id) as session:
            session.add(row)
        return row

    async def _tell(self, row: ApprovalRow) -> None:
        approval = Approval.of(row)
        await self._log.append(
            NewEvent(
                owner_id=row.owner_id,
                data=ApprovalResolved(message_id=row.message_id, part=row.part, approval=approval.wire()),
                id=derived_id(row.id, "resolved"),
                session_id=row.session_id if row.app else row.chat_id,
                run_id=row.run_id,
                agent=row.agent,
                source=row.app or TEAM,
            )
        )

    def _check(self, row: ApprovalRow, said: Decide) -> None:
        if (row.kind == "question") != (said.decision == "answer") and said.decision != "deny":
            wanted = '"answer"' if row.kind == "question" else '"approve" or "deny"'
            raise Invalid(f"This {row.kind} takes {wanted}.", errors=[{"field": "decision", "message": "does not fit"}])
        if said.decision == "answer" and said.answer is None:
            raise Invalid("An answer is needed.", errors=[{"field": "answer", "message": "is missing"}])
        if said.args is not None and row.app is None and row.tool in self._tools:
            try:
                self._tools.get(row.tool).validate(said.args)
            except ValueError as error:  # pydantic's ValidationError
                raise Invalid("The edited arguments do not fit the tool.", hint=str(error)[:500]) from None


def _show_waiting(work: Work, row: ApprovalRow) -> None:
    """Show that the call waits; again after the turn was rebuilt, for the rebuilt one does not know (same event id)."""
    data = ApprovalRequested(message_id=row.message_id, part=row.part, approval=Approval.of(row).wire())
    work.turn.emit(data, derived_id(row.id, "requested"))
    part = work.turn.message.call(row.part)
    if part:
        part.status, part.approval_id = "waiting", row.id


async def _find(session: AsyncSession, approval_id: str, *, lock: bool = False) -> ApprovalRow:
    row = await session.get(ApprovalRow, approval_id, with_for_update=lock)
    if row is None:
        raise NotFound(f"There is no approval {approval_id}.")
    return row


def _decision(row: ApprovalRow) -> Decision:
    reason = row.reason or {"expired": "nobody answered in time", "cancelled": "the run was stopped"}.get(row.status)
    approved = row.status in ("approved", "answered")
    return Decision(approved=approved, answer=row.answer, args=row.edited_args, reason=reason)
