"""How a task leaves its worker: it waits, is given back, is put aside, or ends; and how people change its course."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from entourage.agents.bus.rows import LEFT, LOOK, WAKE, Rows, find_run, let_go, requeue, row_of
from entourage.agents.bus.store import Claim, Holding, LeaseLost
from entourage.agents.schemas import ENDED, RunStatus
from entourage.agents.tables import ApprovalRow, RunRow
from entourage.kit.clock import now_ms
from entourage.kit.errors import Conflict
from entourage.stores.sql import Prepared, Within

_END = Prepared(
    update(RunRow)
    .where(RunRow.id == bindparam("run"), RunRow.fence == bindparam("held"), RunRow.status == "running")
    .values(
        status=bindparam("as"),
        worker=None,
        lease_ms=0,
        ended_ms=bindparam("at"),
        holding=None,
        output=bindparam("gave"),
        usage=bindparam("used"),
    )
    .returning(RunRow.notes)
)


class Changing(Rows):
    """The rest of the SQL store."""

    async def park(self, claim: Claim) -> RunStatus:
        """See `TaskStore.park`."""
        async with self._database.write(claim.owner_id) as session:
            row = await row_of(session, claim)
            status: RunStatus = "waiting" if await _must_wait(session, row.id) else "queued"
            if row.holding:
                status, row.holding = "paused", None
            let_go(row, status)
            row.attempts = 0
            self._say_left(session, row.id)
            return status

    async def release(self, claim: Claim) -> None:
        """See `TaskStore.release`. It is no attempt: the worker did not fail at it."""
        async with self._database.write(claim.owner_id) as session:
            row = await row_of(session, claim)
            let_go(row, "queued")
            row.attempts = max(0, row.attempts - 1)
            self._say_left(session, row.id)

    async def pause(self, claim: Claim) -> None:
        """See `TaskStore.pause`."""
        async with self._database.write(claim.owner_id) as session:
            row = await row_of(session, claim)
            let_go(row, "paused")
            row.attempts, row.holding = 0, None
            self._say_left(session, row.id)

    async def finish(
        self,
        within: Within,
        claim: Claim,
        status: RunStatus,
        *,
        output: dict[str, Any] | None = None,
        usage: dict[str, Any] | None = None,
    ) -> int:
        """See `TaskStore.finish`."""
        if claim.parent_id:  # it is locked first, as everywhere: nobody waits in a circle
            await requeue(within, claim.parent_id)
        values = {"run": claim.run_id, "held": claim.fence, "as": status, "at": now_ms()}
        notes = await _END.first(within, **values, gave=output, used=usage)
        if notes is None:
            raise LeaseLost(claim.run_id)
        self._say_left(within, claim.run_id)
        return notes

    async def hold(self, owner_id: str, run_id: str, how: Holding) -> RunRow:
        """See `TaskStore.hold`."""
        async with self._database.write(owner_id) as session:
            row = await find_run(session, run_id, lock=True)
            _check_going(row)
            if row.status == "running":
                row.holding = how
                self.notices.say(session, f"{LOOK}{row.id}")
            elif row.status != "paused":
                let_go(row, "paused")
                self._say_left(session, row.id)
            return row

    async def resume(self, owner_id: str, run_id: str) -> RunRow:
        """See `TaskStore.resume`."""
        async with self._database.write(owner_id) as session:
            row = await find_run(session, run_id, lock=True)
            _check_going(row)
            if row.status == "paused":
                waits = row.kind != "plan" and await _must_wait(session, row.id)  # a plan looks at its tasks itself
                let_go(row, "waiting" if waits else "queued")
                self.notices.say(session, WAKE)
            elif row.holding:
                self.notices.say(session, f"{LOOK}{row.id}")
            row.holding = None
            return row

    async def retry(self, owner_id: str, run_id: str) -> RunRow:
        """See `TaskStore.retry`."""
        async with self._database.write(owner_id) as session:
            row = await find_run(session, run_id, lock=True)
            if row.status not in ("failed", "cancelled"):
                raise Conflict(f"This run is {row.status}.", hint="Only one that failed or was stopped can go on.")
            let_go(row, "queued")
            row.attempts, row.cancelling, row.holding = 0, False, None
            row.dead_ms = row.ended_ms = row.output = row.usage = None
            self.notices.say(session, WAKE)
            return row

    async def request_cancel(self, owner_id: str, run_id: str) -> tuple[RunRow, list[RunRow]]:
        """Mark the run and its descendants; the marked rows that nobody works on are returned to be ended.

        Raises NotFound.
        """
        async with self._database.write(owner_id) as session:
            root = await find_run(session, run_id, lock=True)
            family = [root]
            for row in family:
                children = select(RunRow).where(RunRow.parent_run_id == row.id).order_by(RunRow.id)
                family += list(await session.scalars(children.with_for_update()))
            for row in family:
                row.cancelling = row.status not in ENDED
                if row.status == "running":
                    self.notices.say(session, f"{LOOK}{row.id}", here=False)
        return root, [row for row in family if row.cancelling]

    def _say_left(self, within: Within, run_id: str) -> None:
        self.notices.say(within, f"{LEFT}{run_id}")


async def _must_wait(session: AsyncSession, run_id: str) -> bool:
    asked = exists().where(ApprovalRow.run_id == run_id, ApprovalRow.status == "pending")
    child = aliased(RunRow)
    working = exists().where(child.parent_run_id == run_id, child.status.not_in(ENDED))
    return bool(await session.scalar(select(or_(asked, working))))


def _check_going(row: RunRow) -> None:
    if row.status in ENDED:
        raise Conflict(f"This run has ended: it {row.status}.", hint="Ask again, or let a failed one go on.")
