"""Who works on what: claiming in turn, leases that are renewed, runs of dead workers taken over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import and_, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from entourage.agents.bus.rows import Rows, find_run
from entourage.agents.bus.statements import CHOOSE, READY, READY_PLANNED, TAKE_ALONE, TAKE_LOCKED
from entourage.agents.bus.store import MAX_RUNNING, Claim, Renewed
from entourage.agents.tables import RunRow
from entourage.kit.clock import now_ms
from entourage.stores.sql import EVERYONE, Writing

TAKEABLE = ("queued", "waiting", "paused")
_LOOKED_AT = (
    RunRow.id,
    RunRow.fence,
    RunRow.cancelling,
    RunRow.holding,
    RunRow.lease_ms,
    RunRow.owner_id,
    RunRow.agent,
)


class Leasing(Rows):
    """`claim` and `renew` of the SQL store."""

    crowded = False
    """Whether the last claim met somebody else at a queue: look again soon."""

    async def claim(self, worker: str, limit: int, *, take_over: bool = True) -> list[RunRow]:
        """See `TaskStore.claim`."""
        now = now_ms()
        self.crowded = False
        values = {
            "worker": worker,
            "limit": limit,
            "now": now,
            "until": now + self._lease_ms,
            "dead": now if take_over else 0,
        }
        take = self._take_locked if self._database.dialect == "postgresql" else self._take_alone
        rows = await take(values)
        return sorted(rows, key=lambda row: (-row.priority, row.place))

    async def _take_alone(self, values: Mapping[str, object]) -> Sequence[RunRow]:
        async with self._database.reading(EVERYONE) as reading:  # there is one writer, whom nobody keeps for nothing
            (is_ready,) = await READY.one(reading, now=values["now"])
        if not is_ready:
            return []
        async with self._database.writing(EVERYONE) as writing:
            return await TAKE_ALONE.all(writing, **values)

    async def _take_locked(self, values: Mapping[str, object]) -> Sequence[RunRow]:
        async with self._database.writing(EVERYONE) as writing:
            (is_ready, *_) = await READY_PLANNED.one(writing, now=values["now"])
            return await self._choose_and_take(writing, values) if is_ready else []

    async def _choose_and_take(self, writing: Writing, values: Mapping[str, object]) -> Sequence[RunRow]:
        """What may begin is counted only when nobody else can change it: a snapshot older than the lock would lie."""
        chosen = await CHOOSE.all(writing, dead=values["dead"], limit=values["limit"])
        queues = [(owner, agent) for owner, agent, locked in chosen if locked]
        self.crowded = len(queues) < len(chosen)
        if not queues:
            return []
        owners, agents = map(list, zip(*queues, strict=True))
        return await TAKE_LOCKED.all(writing, **values, owners=owners, agents=agents)

    async def renew(self, worker: str, claims: Sequence[Claim]) -> Renewed:
        """See `TaskStore.renew`. A lease that ran out is renewed when nobody took the run over and there is room."""
        now = now_ms()
        fences = {claim.run_id: claim.fence for claim in claims}
        mine = and_(RunRow.id.in_(fences), RunRow.worker == worker, RunRow.status == "running")
        live = update(RunRow).where(mine, RunRow.lease_ms >= now)
        async with self._database.write(EVERYONE) as session:
            await session.execute(live.values(lease_ms=now + self._lease_ms))
            rows = [
                row for row in await session.execute(select(*_LOOKED_AT).where(mine)) if row.fence == fences[row.id]
            ]
            kept = {row.id for row in rows if row.lease_ms > now}
            for row in sorted(rows, key=lambda row: (row.owner_id, row.agent)):
                if row.id not in kept and await self._revive(session, row.id, row.owner_id, row.agent):
                    kept.add(row.id)
        return Renewed(set(fences) - kept, {row.id for row in rows if row.cancelling or row.holding})

    async def _revive(self, session: AsyncSession, run_id: str, owner_id: str, agent: str) -> bool:
        await self._lock_queue(session, owner_id, agent)
        now = now_ms()
        alive = select(func.count(RunRow.id)).where(
            RunRow.owner_id == owner_id, RunRow.agent == agent, RunRow.status == "running", RunRow.lease_ms >= now
        )
        if (await session.scalar(alive) or 0) >= MAX_RUNNING:
            return False
        again = update(RunRow).where(RunRow.id == run_id, RunRow.status == "running", RunRow.lease_ms < now)
        done = await session.execute(again.values(lease_ms=now + self._lease_ms).returning(RunRow.id))
        return done.first() is not None

    async def adopt(self) -> None:
        """Free every lease: only for the one process of an embedded database, at its start."""
        async with self._database.write(EVERYONE) as session:
            await session.execute(update(RunRow).where(RunRow.status == "running").values(lease_ms=0))

    async def seize(self, owner_id: str, run_id: str, worker: str) -> Claim | None:
        """Take a run that nobody works on, to end it; None when a worker has it or it has ended."""
        async with self._database.write(owner_id) as session:
            row = await find_run(session, run_id, lock=True)
            if row.status not in TAKEABLE:
                return None
            row.status, row.worker = "running", worker
            row.lease_ms, row.fence = now_ms() + self._lease_ms, row.fence + 1
            return Claim.of(row)
