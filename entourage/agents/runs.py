"""Durable runs: rows with a lease and a fence. Whoever holds an old fence cannot write any more.

A run is queued, running (a worker holds its lease), waiting (for a person or for a run it started) or ended.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from entourage.agents.schemas import ENDED, RunStatus
from entourage.agents.tables import ApprovalRow, RunRow, StepRow
from entourage.events.log import EventLog
from entourage.kit.clock import now_ms
from entourage.kit.errors import NotFound
from entourage.kit.tracing import current_trace_id, new_trace_id
from entourage.stores.log import Rider
from entourage.stores.sql import EVERYONE, Database

_RECORD = """
    INSERT INTO run_steps (run_id, key, kind, ordinal, value, created_ms, owner_id)
    SELECT id, :key, :kind, CAST(:ordinal AS integer), :value, CAST(:created_ms AS bigint), owner_id FROM runs
    WHERE id = :run_id AND owner_id = :owner_id AND fence = CAST(:fence AS integer) AND status = 'running'
"""
"""One statement in the log's next transaction: every tool call waits for it. It checks the fence as it writes."""


class LeaseLost(Exception):
    """Another worker took this run over, or it ended: stop without writing anything."""


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to work on a run, until the lease runs out or another worker takes it."""

    run_id: str
    owner_id: str
    fence: int


class Runs:
    """The rows of runs and of their steps."""

    def __init__(self, database: Database, log: EventLog, *, lease_seconds: float) -> None:
        self._database = database
        self._log = log
        self._lease_ms = round(lease_seconds * 1000)

    def new(self, *, worker: str | None, **values: Any) -> RunRow:
        """A row to add in the caller's transaction; with a `worker` it is claimed at once."""
        now = now_ms()
        return RunRow(
            status="running" if worker else "queued",
            worker=worker,
            lease_ms=now + self._lease_ms if worker else 0,
            fence=1 if worker else 0,
            trace_id=current_trace_id() or new_trace_id(),
            created_ms=now,
            started_ms=now if worker else None,
            **values,
        )

    async def get(self, owner_id: str, run_id: str) -> RunRow:
        """Raises NotFound."""
        async with self._database.read(owner_id) as session:
            return await find_run(session, run_id)

    async def list(self, owner_id: str, *, chat_id: str | None, before: str | None, limit: int) -> list[RunRow]:
        """Newest first."""
        query = select(RunRow).order_by(RunRow.id.desc()).limit(limit)
        if chat_id:
            query = query.where(RunRow.chat_id == chat_id)
        if before:
            query = query.where(RunRow.id < before)
        async with self._database.read(owner_id) as session:
            return list(await session.scalars(query))

    async def waiting(self) -> int:
        """How many runs of everybody wait for a worker."""
        query = select(func.count(RunRow.id)).where(RunRow.status == "queued")
        async with self._database.read(EVERYONE) as session:
            return await session.scalar(query) or 0

    async def adopt(self) -> None:
        """Free every lease: only for the one process of an embedded database, at its start."""
        async with self._database.write(EVERYONE) as session:
            await session.execute(update(RunRow).where(RunRow.status == "running").values(lease_ms=0))

    async def claim(self, worker: str, limit: int) -> list[RunRow]:
        """Take up to `limit` runs that are queued or whose worker died, oldest first."""
        now = now_ms()
        ready = or_(RunRow.status == "queued", and_(RunRow.status == "running", RunRow.lease_ms < now))
        query = select(RunRow).where(ready).order_by(RunRow.created_ms, RunRow.id).limit(limit)
        async with self._database.read(EVERYONE) as session:
            if not (await session.scalars(query.limit(1))).first():
                return []
        async with self._database.write(EVERYONE) as session:
            rows = list(await session.scalars(query.with_for_update(skip_locked=True)))
            for row in rows:
                row.status, row.worker = "running", worker
                row.lease_ms, row.fence = now + self._lease_ms, row.fence + 1
                row.started_ms = row.started_ms or now
        return rows

    async def renew(self, worker: str, claims: Sequence[Claim]) -> tuple[set[str], set[str]]:
        """Extend the leases; `(lost, cancelling)` ids of runs to stop."""
        ids = [claim.run_id for claim in claims]
        mine = and_(RunRow.id.in_(ids), RunRow.worker == worker, RunRow.status == "running")
        async with self._database.write(EVERYONE) as session:
            await session.execute(update(RunRow).where(mine).values(lease_ms=now_ms() + self._lease_ms))
            rows = list(await session.execute(select(RunRow.id, RunRow.fence, RunRow.cancelling).where(mine)))
        fences = {claim.run_id: claim.fence for claim in claims}
        kept = {row.id for row in rows if row.fence == fences[row.id]}
        return set(ids) - kept, {row.id for row in rows if row.cancelling}

    async def steps(self, claim: Claim) -> list[StepRow]:
        """Everything recorded, responses in order."""
        query = select(StepRow).where(StepRow.run_id == claim.run_id).order_by(StepRow.ordinal, StepRow.created_ms)
        async with self._database.read(claim.owner_id) as session:
            return list(await session.scalars(query))

    async def record(self, claim: Claim, kind: str, key: str, ordinal: int, value: str) -> None:
        """Keep a finished boundary for ever. Raises LeaseLost."""
        values = {"kind": kind, "key": key, "ordinal": ordinal, "value": value, "created_ms": now_ms()}
        mine = {"run_id": claim.run_id, "owner_id": claim.owner_id, "fence": claim.fence}
        if await self._log.carry(Rider(_RECORD, {**values, **mine})) != 1:
            raise LeaseLost(claim.run_id)

    async def park(self, claim: Claim) -> RunStatus:
        """Wait for people and for own children; `queued` when there is nothing to wait for any more."""
        async with self._database.write(claim.owner_id) as session:
            row = await self._hold(session, claim)
            asked = exists().where(ApprovalRow.run_id == row.id, ApprovalRow.status == "pending")
            child = aliased(RunRow)
            working = exists().where(child.parent_run_id == row.id, child.status.not_in(ENDED))
            must_wait = bool(await session.scalar(select(or_(asked, working))))
            row.status, row.worker, row.lease_ms = "waiting" if must_wait else "queued", None, 0
            return row.status  # pyright: ignore[reportReturnType]

    async def release(self, claim: Claim) -> None:
        """Give the run back for another worker (shutdown)."""
        async with self._database.write(claim.owner_id) as session:
            row = await self._hold(session, claim)
            row.status, row.worker, row.lease_ms = "queued", None, 0

    async def finish(
        self, session: AsyncSession, claim: Claim, status: RunStatus, output: dict[str, Any] | None
    ) -> RunRow:
        """End the run in the caller's transaction and wake the run that waits for it. Raises LeaseLost."""
        row = await self._hold(session, claim)
        row.status, row.worker, row.lease_ms = status, None, 0
        row.output, row.ended_ms = output, now_ms()
        if row.parent_run_id:
            await requeue(session, row.parent_run_id)
        return row

    async def request_cancel(self, owner_id: str, run_id: str) -> tuple[RunRow, list[RunRow]]:
        """Mark the run and its descendants; the marked rows that nobody works on are returned to be ended.

        Raises NotFound.
        """
        async with self._database.write(owner_id) as session:
            root = await find_run(session, run_id)
            family = [root]
            for row in family:
                family += list(await session.scalars(select(RunRow).where(RunRow.parent_run_id == row.id)))
            for row in family:
                row.cancelling = row.status not in ENDED
        return root, [row for row in family if row.cancelling]

    async def seize(self, owner_id: str, run_id: str, worker: str) -> Claim | None:
        """Take a run that is queued or waiting, to end it; None when a worker has it or it has ended."""
        async with self._database.write(owner_id) as session:
            row = await find_run(session, run_id)
            if row.status not in ("queued", "waiting"):
                return None
            row.status, row.worker = "running", worker
            row.lease_ms, row.fence = now_ms() + self._lease_ms, row.fence + 1
            return Claim(row.id, row.owner_id, row.fence)

    async def _hold(self, session: AsyncSession, claim: Claim) -> RunRow:
        row = await session.get(RunRow, claim.run_id, with_for_update=True)
        if row is None or row.fence != claim.fence or row.status != "running":
            raise LeaseLost(claim.run_id)
        return row


async def find_run(session: AsyncSession, run_id: str) -> RunRow:
    """The row. Raises NotFound."""
    row = await session.get(RunRow, run_id)
    if row is None:
        raise NotFound(f"There is no run {run_id}.")
    return row


async def requeue(session: AsyncSession, run_id: str) -> None:
    """Let a waiting run go on."""
    await session.execute(
        update(RunRow).where(RunRow.id == run_id, RunRow.status == "waiting").values(status="queued", lease_ms=0)
    )
