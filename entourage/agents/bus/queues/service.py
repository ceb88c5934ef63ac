"""What the queues of a person's agents hold, and letting one stand still."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import Row, case, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from entourage.agents.bus.queues.schemas import Queue, QueueWithRuns
from entourage.agents.bus.rows import WAKE
from entourage.agents.runs import Runs
from entourage.agents.schemas import Run
from entourage.agents.service import Agents
from entourage.agents.tables import AgentRow, RunRow
from entourage.kit.clock import now_ms
from entourage.kit.errors import NotFound
from entourage.stores.sql import Database

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
"""Runs that are older are not looked at, whenever they ended."""
MOST_RUNS = 10_000
MOST_SHOWN = 200


class _Hour(msgspec.Struct):
    waits: list[int] = msgspec.field(default_factory=list[int])
    ended: int = 0
    failed: int = 0


class Queues:
    """The queues of one person at a time."""

    def __init__(self, database: Database, runs: Runs, agents: Agents) -> None:
        self._database = database
        self._runs = runs
        self._agents = agents

    async def list(self, owner_id: str) -> list[Queue]:
        """One for each agent of the team, in its order, then those of agents that are gone and still have runs."""
        team = [agent.name for agent in await self._agents.list(owner_id)]
        async with self._database.read(owner_id) as session:
            return await _queues(session, team)

    async def get(self, owner_id: str, agent: str) -> QueueWithRuns:
        """Raises NotFound."""
        (queue,) = [queue for queue in await self.list(owner_id) if queue.agent == agent] or [None]
        if queue is None:
            raise _unknown(agent)
        order = (case((RunRow.status == "running", 0), else_=1), RunRow.priority.desc(), RunRow.place, RunRow.id)
        inside = select(RunRow).where(RunRow.agent == agent, RunRow.status.in_(("running", "queued")))
        async with self._database.read(owner_id) as session:
            rows = await session.scalars(inside.order_by(*order).limit(MOST_SHOWN))
            return QueueWithRuns(**queue.model_dump(), items=[Run.of(row) for row in rows])

    async def pause(self, owner_id: str, agent: str, *, paused: bool) -> QueueWithRuns:
        """Let it stand still or go on; what is running is not touched. Raises NotFound."""
        await self._agents.list(owner_id)  # a new person's team is made when it is first asked for
        change = update(AgentRow).where(AgentRow.name == agent).values(paused=paused).returning(AgentRow.id)
        async with self._database.write(owner_id) as session:
            if (await session.execute(change)).first() is None:
                raise _unknown(agent)
            self._runs.notices.say(session, WAKE)
        return await self.get(owner_id, agent)


async def _queues(session: AsyncSession, team: Sequence[str]) -> list[Queue]:
    now = now_ms()
    paused = set(await session.scalars(select(AgentRow.name).where(AgentRow.paused)))
    counts = {row.agent: row for row in await session.execute(_counts(now))}
    dead = {row.agent: row.dead for row in await session.execute(_DEAD)}
    hours = _hours(await session.execute(_last_hour(now)), now)
    names = [*team, *sorted((counts.keys() | dead.keys() | hours.keys()) - set(team))]
    return [_queue(name, counts.get(name), dead.get(name, 0), hours[name], name in paused, now) for name in names]


_DEAD = (
    select(RunRow.agent, func.count(RunRow.id).label("dead"))
    .where(RunRow.dead_ms.is_not(None), RunRow.status == "failed")
    .group_by(RunRow.agent)
)


def _counts(now: int) -> Any:
    waits, runs = RunRow.status == "queued", (RunRow.status == "running") & (RunRow.lease_ms >= now)
    return (
        select(
            RunRow.agent,
            func.count(case((runs, 1))).label("running"),
            func.count(case((waits, 1))).label("waiting"),
            func.min(case((waits, RunRow.created_ms))).label("oldest"),
        )
        .where(RunRow.status.in_(("queued", "running")))
        .group_by(RunRow.agent)
    )


def _last_hour(now: int) -> Any:
    columns = (RunRow.agent, RunRow.status, RunRow.created_ms, RunRow.started_ms, RunRow.ended_ms)
    recent = select(*columns).where(RunRow.created_ms >= now - DAY_MS)
    return recent.order_by(RunRow.created_ms.desc()).limit(MOST_RUNS)


def _hours(rows: Iterable[Row[Any]], now: int) -> defaultdict[str, _Hour]:
    hours: defaultdict[str, _Hour] = defaultdict(_Hour)
    for row in rows:
        hour = hours[row.agent]
        if row.started_ms is not None and row.started_ms >= now - HOUR_MS:
            hour.waits.append(row.started_ms - row.created_ms)
        if row.ended_ms is not None and row.ended_ms >= now - HOUR_MS:
            hour.ended += 1
            hour.failed += row.status == "failed"
    return hours


def _queue(name: str, counts: Row[Any] | None, dead: int, hour: _Hour, paused: bool, now: int) -> Queue:
    oldest = counts.oldest if counts else None
    return Queue(
        agent=name,
        running=counts.running if counts else 0,
        waiting=counts.waiting if counts else 0,
        paused=paused,
        dead=dead,
        oldest_ms=None if oldest is None else max(0, now - oldest),
        wait_p50_ms=_quantile(hour.waits, 0.5),
        wait_p95_ms=_quantile(hour.waits, 0.95),
        ended_1h=hour.ended,
        failed_1h=hour.failed,
    )


def _quantile(values: Sequence[int], share: float) -> int | None:
    return sorted(values)[round(share * (len(values) - 1))] if values else None


def _unknown(agent: str) -> NotFound:
    return NotFound(f"There is no agent {agent!r} in your team.", hint="See GET /my/queues.")
