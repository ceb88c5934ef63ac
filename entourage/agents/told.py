"""What is told of approvals, and how one is found."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from entourage.agents.schemas import Approval
from entourage.agents.tables import ApprovalRow
from entourage.events.event import TEAM, NewEvent
from entourage.events.log import EventLog
from entourage.events.types import ApprovalRequested, ApprovalResolved, EventData
from entourage.kit.errors import NotFound
from entourage.kit.ids import derived_id
from entourage.tools.tool import Decision


async def find_approval(session: AsyncSession, approval_id: str, *, lock: bool = False) -> ApprovalRow:
    """The row. Raises NotFound."""
    row = await session.get(ApprovalRow, approval_id, with_for_update=lock)
    if row is None:
        raise NotFound(f"There is no approval {approval_id}.")
    return row


def decision_of(row: ApprovalRow) -> Decision:
    """What a row that is not pending says."""
    reason = row.reason or {"expired": "nobody answered in time", "cancelled": "the run was stopped"}.get(row.status)
    approved = row.status in ("approved", "answered")
    return Decision(approved=approved, answer=row.answer, args=row.edited_args, reason=reason)


async def tell_requested(log: EventLog, row: ApprovalRow) -> None:
    """Tell that somebody outside of our runs asks."""
    approval = Approval.of(row).wire()
    await _tell(log, row, ApprovalRequested(message_id=row.message_id, part=row.part, approval=approval), "requested")


async def tell_resolved(log: EventLog, row: ApprovalRow) -> None:
    """Tell that it was decided, or that nobody needs to decide any more."""
    approval = Approval.of(row).wire()
    await _tell(log, row, ApprovalResolved(message_id=row.message_id, part=row.part, approval=approval), "resolved")


async def _tell(log: EventLog, row: ApprovalRow, data: EventData, what: str) -> None:
    await log.append(
        NewEvent(
            owner_id=row.owner_id,
            data=data,
            id=derived_id(row.id, what),
            session_id=row.session_id if row.app else row.chat_id,
            run_id=row.run_id or None,
            agent=row.agent,
            source=row.app or TEAM,
        )
    )
