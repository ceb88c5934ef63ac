"""Runs as the rest of the house sees them: the queue they wait in is `bus/`, here are their rows and recorded steps."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from sqlalchemy import ColumnElement, func, select

from entourage.agents.bus.rows import find_run, requeue, row_of
from entourage.agents.bus.sql import SqlTasks
from entourage.agents.bus.store import Claim, LeaseLost, QueueFull
from entourage.agents.tables import RunRow, StepRow
from entourage.events.log import EventLog
from entourage.events.message import MessageUsage, total_of
from entourage.kit.clock import now_ms
from entourage.stores.log import Rider
from entourage.stores.sql import EVERYONE, Database
from entourage.stores.sql.notices import Notices

__all__ = ["Claim", "LeaseLost", "QueueFull", "RunFilter", "Runs", "find_run", "requeue", "row_of"]

_RECORD = """
    INSERT INTO run_steps (run_id, key, kind, ordinal, value, created_ms, owner_id)
    SELECT id, :key, :kind, CAST(:ordinal AS integer), :value, CAST(:created_ms AS bigint), owner_id FROM runs
    WHERE id = :run_id AND owner_id = :owner_id AND fence = CAST(:fence AS integer) AND status = 'running'
    ON CONFLICT (run_id, key) DO UPDATE SET key = excluded.key
"""
"""One statement in the log's next transaction: every tool call waits for it. It checks the fence as it writes; on
PostgreSQL a worker that stands still between this and its commit may end that one commit after losing its lease.

What is recorded stays: a repeat (the engine went away before it could say that it had committed) changes nothing.
"""


class RunFilter(msgspec.Struct, frozen=True):
    """Which runs; None means any."""

    chat_id: str | None = None
    status: str | None = None
    agent: str | None = None
    kind: str | None = None
    plan_id: str | None = None
    dead: bool | None = None

    def terms(self) -> Iterator[ColumnElement[bool]]:
        """What a row must fulfil."""
        for name in ("chat_id", "status", "agent", "kind", "plan_id"):
            value = getattr(self, name)
            if value is not None:
                yield getattr(RunRow, name) == value
        if self.dead is not None:
            yield RunRow.dead_ms.is_not(None) if self.dead else RunRow.dead_ms.is_(None)


class Runs(SqlTasks):
    """The rows of runs and of their steps."""

    def __init__(
        self, database: Database, log: EventLog, *, lease_seconds: float, notices: Notices | None = None
    ) -> None:
        super().__init__(database, notices, lease_seconds=lease_seconds)
        self._log = log

    async def get(self, owner_id: str, run_id: str) -> RunRow:
        """Raises NotFound."""
        async with self._database.read(owner_id) as session:
            return await find_run(session, run_id)

    async def list(self, owner_id: str, where: RunFilter, *, before: str | None, limit: int) -> list[RunRow]:
        """Newest first."""
        query = select(RunRow).where(*where.terms()).order_by(RunRow.id.desc()).limit(limit)
        if before:
            query = query.where(RunRow.id < before)
        async with self._database.read(owner_id) as session:
            return list(await session.scalars(query))

    async def waiting(self) -> int:
        """How many runs of everybody wait for a worker."""
        query = select(func.count(RunRow.id)).where(RunRow.status == "queued")
        async with self._database.read(EVERYONE) as session:
            return await session.scalar(query) or 0

    async def spent(self, owner_id: str, run_id: str) -> MessageUsage:
        """What a run and those that it started have used."""
        family = select(RunRow.id).where(RunRow.id == run_id).cte("family", recursive=True)
        family = family.union_all(select(RunRow.id).join(family, RunRow.parent_run_id == family.c.id))
        query = select(RunRow.usage).join(family, RunRow.id == family.c.id)
        async with self._database.read(owner_id) as session:
            used = [MessageUsage.model_validate(usage) for usage in await session.scalars(query) if usage]
        return total_of(used)

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
