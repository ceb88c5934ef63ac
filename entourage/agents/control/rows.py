"""How leading a run changes its rows, in the caller's transaction."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from entourage.agents.bus.rows import LEFT, WAKE, find_run, let_go
from entourage.agents.runs import Claim, LeaseLost, Runs
from entourage.agents.schemas import RunStatus
from entourage.agents.tables import RunRow
from entourage.kit.errors import Conflict


async def family_of(session: AsyncSession, run_id: str) -> list[RunRow]:
    """The run and those that it started, callers before the called. Raises NotFound."""
    family = [await find_run(session, run_id)]
    for row in family:
        family += list(await session.scalars(select(RunRow).where(RunRow.parent_run_id == row.id).order_by(RunRow.id)))
    return family


async def rest(session: AsyncSession, runs: Runs, claim: Claim) -> RunStatus:
    """Give up the lease and rest; queued when somebody let it go on meanwhile. Raises LeaseLost."""
    row = await session.get(RunRow, claim.run_id, with_for_update=True)
    if row is None or row.fence != claim.fence or row.status != "running":
        raise LeaseLost(claim.run_id)
    status: RunStatus = "paused" if row.holding else "queued"
    let_go(row, status)
    row.holding, row.attempts = None, 0
    runs.notices.say(session, f"{LEFT}{row.id}")
    return status


async def try_again(session: AsyncSession, runs: Runs, row: RunRow) -> None:
    """Queue a failed run for its next attempt. Raises Conflict for one that cannot go on."""
    if row.status not in ("failed", "cancelled"):
        raise Conflict(f"This run is {row.status}.", hint="Only one that failed or was stopped can go on.")
    if row.kind == "task":
        raise Conflict("The plan went on without this task.", hint="Retry the task in its plan.")
    if row.parent_run_id:
        raise Conflict("The agent that called this run went on without it.", hint="Fork the run, or retry its caller.")
    let_go(row, "queued")
    row.ended_ms = row.dead_ms = row.output = row.usage = row.holding = None
    row.attempts, row.retries, row.cancelling = 0, row.retries + 1, False
    runs.notices.say(session, WAKE)
