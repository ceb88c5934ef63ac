"""What runs ask people: calls that wait for a yes, and questions of agents. Decisions survive restarts."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import bindparam, select, update

from entourage.agents.runs import requeue
from entourage.agents.schemas import Approval
from entourage.agents.tables import ApprovalRow
from entourage.agents.told import decision_of, tell_resolved
from entourage.agents.work import Work
from entourage.events.log import EventLog
from entourage.events.types import ApprovalRequested
from entourage.kit.clock import now_ms
from entourage.kit.ids import derived_id
from entourage.stores.sql import EVERYONE, Database, Prepared, Within
from entourage.tools.tool import Decision, Parked, Question, ToolCall

_NOBODY_DECIDES = Prepared(
    update(ApprovalRow)
    .where(ApprovalRow.run_id == bindparam("run"), ApprovalRow.status == "pending")
    .values(status="cancelled", decided_ms=bindparam("at"))
)


class Approvals:
    """What runs ask. `wake` tells the dispatcher that a run can go on."""

    def __init__(self, database: Database, log: EventLog, *, wait_seconds: int) -> None:
        self._database = database
        self._log = log
        self._wait_ms = wait_seconds * 1000
        self.wake: Callable[[], None] = lambda: None

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
        return decision_of(row)

    async def decided_before(self, work: Work, call: ToolCall) -> Decision | None:
        """What a person said to this call while it still had to be asked for (they may have edited it)."""
        async with self._database.read(work.owner_id) as session:
            row = await session.get(ApprovalRow, derived_id(call.key, "approval"))
        return decision_of(row) if row is not None and row.status != "pending" else None

    def decided(self, _approval_id: str) -> None:
        """A run may go on."""
        self.wake()

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
            await tell_resolved(self._log, row)
        if rows:
            self.wake()
        return len(rows)

    async def cancel_run(self, within: Within, run_id: str) -> None:
        """Nobody needs to decide any more, in the caller's transaction."""
        await _NOBODY_DECIDES.changed(within, run=run_id, at=now_ms())

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


def _show_waiting(work: Work, row: ApprovalRow) -> None:
    """Show that the call waits; again after the turn was rebuilt, for the rebuilt one does not know (same event id)."""
    data = ApprovalRequested(message_id=row.message_id, part=row.part, approval=Approval.of(row).wire())
    work.turn.emit(data, derived_id(row.id, "requested"))
    part = work.turn.message.call(row.part)
    if part:
        part.status, part.approval_id = "waiting", row.id
