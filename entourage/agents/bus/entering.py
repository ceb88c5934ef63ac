"""How a task gets into its queue: its place, the bound on how many wait, and starting at once where that is fair."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import BigInteger, bindparam, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from entourage.agents.bus.rows import WAKE, Rows
from entourage.agents.bus.store import MAX_RUNNING, MAX_WAITING, QueueFull
from entourage.agents.schemas import ENDED
from entourage.agents.tables import RunRow
from entourage.kit.clock import now_ms
from entourage.kit.tracing import current_trace_id, new_trace_id
from entourage.stores.sql import Prepared

_NEXT = {"sqlite": "(SELECT coalesce(max(place), 0) + 1 FROM runs)", "postgresql": "nextval('runs_place_seq')"}
_QUEUE = """
    SELECT
        {next} AS place,
        (SELECT count(*) FROM runs WHERE owner_id = :owner AND agent = :agent AND status = 'queued') AS waiting,
        (SELECT count(*) FROM runs
            WHERE owner_id = :owner AND agent = :agent AND status = 'running' AND lease_ms >= :now) AS running,
        EXISTS (SELECT 1 FROM agents WHERE owner_id = :owner AND name = :agent AND paused) AS paused
"""
_QUEUES = Prepared(
    {
        dialect: text(_QUEUE.format(next=following)).bindparams(bindparam("now", type_=BigInteger))
        for dialect, following in _NEXT.items()
    }
)


class _Queue(NamedTuple):
    place: int
    waiting: int
    running: int
    paused: bool

    @property
    def may_begin(self) -> bool:
        return not self.waiting and not self.paused and self.running < MAX_RUNNING


class Entering(Rows):
    """`enqueue` of the SQL store."""

    async def enqueue(
        self,
        session: AsyncSession,
        *,
        worker: str | None,
        priority: int = 0,
        dedupe_key: str | None = None,
        **values: Any,
    ) -> RunRow:
        """See `TaskStore.enqueue`. `values` are further columns of `RunRow`; the owner is the session's."""
        owner: str = values.get("owner_id") or session.info["owner"]
        if dedupe_key is not None:
            await self._lock(session, "dedupe", owner, dedupe_key)
            known = await _unended(session, owner, dedupe_key)
            if known is not None:
                return known
        queue = await self._queue(session, owner, values["agent"])
        if queue.waiting >= MAX_WAITING:
            raise QueueFull(values["agent"])
        begins = worker is not None and queue.may_begin and not values.get("after_run_id")
        row = self._row(worker if begins else None, priority=priority, dedupe_key=dedupe_key, **values)
        row.place = queue.place
        session.add(row)
        if not begins:
            self.notices.say(session, WAKE)
        return row

    def new(self, *, worker: str | None, **values: Any) -> RunRow:
        """A row outside of any order, to add in the caller's transaction; with a `worker` it is claimed at once."""
        return self._row(worker, **values)

    async def _queue(self, session: AsyncSession, owner: str, agent: str) -> _Queue:
        await self._lock_queue(session, owner, agent)
        found = await _QUEUES.one(session, owner=owner, agent=agent, now=now_ms())
        return _Queue(*found)

    def _row(self, worker: str | None, **values: Any) -> RunRow:
        now = now_ms()
        return RunRow(
            status="running" if worker else "queued",
            worker=worker,
            lease_ms=now + self._lease_ms if worker else 0,
            fence=1 if worker else 0,
            attempts=1 if worker else 0,
            trace_id=current_trace_id() or new_trace_id(),
            created_ms=now,
            started_ms=now if worker else None,
            **values,
        )


async def _unended(session: AsyncSession, owner: str, dedupe_key: str) -> RunRow | None:
    query = select(RunRow).where(RunRow.owner_id == owner, RunRow.dedupe_key == dedupe_key, RunRow.status.not_in(ENDED))
    return await session.scalar(query)
