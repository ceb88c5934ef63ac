"""Carrying out what is due, once, however many processes look.

The run begins in the transaction that moves the schedule to its next time, and only while it still stands at the time
that was due: whoever comes second changes nothing. After a downtime one late run is made, not one for each time missed.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress

import structlog
from sqlalchemy import CursorResult, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from entourage.accounts.tables import User
from entourage.agents.runs import Runs
from entourage.agents.schedules.cron import next_ms
from entourage.agents.schedules.service import find_schedule
from entourage.agents.schedules.speaking import Speaking
from entourage.agents.schedules.tables import ScheduleRow
from entourage.agents.schemas import ENDED
from entourage.agents.tables import RunRow
from entourage.kit.clock import now_ms
from entourage.kit.errors import NotFound, Problem
from entourage.stores.sql import EVERYONE, Database

logger = structlog.get_logger(__name__)

BATCH = 100
STILL_GOING = "Its last run still goes on."


class FiredAlready(Exception):
    """Another process was quicker, or the schedule was changed meanwhile."""


class Firing:
    """Looks once a minute: no schedule is finer than that."""

    def __init__(self, database: Database, runs: Runs, speaking: Speaking) -> None:
        self._database = database
        self._runs = runs
        self._speaking = speaking
        self._looking: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to look; what was missed while nobody did is carried out at once."""
        self._looking = asyncio.create_task(self._look(), name="schedules")

    async def close(self) -> None:
        """Look no more."""
        if self._looking:
            self._looking.cancel()
            await asyncio.gather(self._looking, return_exceptions=True)

    async def fire_due(self, now: int) -> int:
        """Carry out what is due at `now` (milliseconds); how many runs were begun."""
        here = select(User.id).where(User.is_active)
        due = (ScheduleRow.status == "active") & (ScheduleRow.next_ms <= now) & ScheduleRow.owner_id.in_(here)
        query = select(ScheduleRow).where(due)
        async with self._database.read(EVERYONE) as session:
            rows = list(await session.scalars(query.order_by(ScheduleRow.next_ms).limit(BATCH)))
        return sum([await self._fire(row, now) for row in rows])

    async def run_now(self, owner_id: str, schedule_id: str) -> RunRow:
        """A run beside its times. Raises NotFound, and what speaking raises."""
        async with self._database.read(owner_id) as session:
            row = await find_schedule(session, schedule_id)

        async def noted(session: AsyncSession, run: RunRow) -> None:
            values = {"session_id": run.chat_id, "last_run_id": run.id, "last_ms": now_ms(), "error": None}
            await session.execute(update(ScheduleRow).where(ScheduleRow.id == row.id).values(**values))

        return await self._speaking.say(row, await self._speaking.opened(row), None, noted)

    async def _fire(self, row: ScheduleRow, now: int) -> bool:
        due = row.next_ms or 0
        following = _after(row, max(now, due))

        async def moved(session: AsyncSession, run: RunRow) -> None:
            await _move(session, row, due, next_ms=following, last_ms=now, last_run_id=run.id, session_id=run.chat_id)

        try:
            if await self._is_going(row):
                await self._pass_over(row, due, following, STILL_GOING)
                return False
            await self._speaking.say(row, await self._speaking.opened(row), f"schedule:{row.id}:{due}", moved)
        except FiredAlready:
            return False
        except Problem as problem:  # no such agent any more, a full queue: the next time is another chance
            await self._pass_over(row, due, following, problem.detail)
            return False
        return True

    async def _is_going(self, row: ScheduleRow) -> bool:
        if row.last_run_id is None:
            return False
        with suppress(NotFound):
            return (await self._runs.get(row.owner_id, row.last_run_id)).status not in ENDED
        return False

    async def _pass_over(self, row: ScheduleRow, due: int, following: int | None, why: str) -> None:
        with suppress(FiredAlready):
            async with self._database.write(row.owner_id) as session:
                await _move(session, row, due, next_ms=following, error=why)

    async def _look(self) -> None:
        while True:
            try:
                while await self.fire_due(now_ms()) >= BATCH:
                    pass
            except Exception:  # the database may be away for a while; the next minute is another chance
                logger.exception("schedules.failed")
            await asyncio.sleep(60.05 - time.time() % 60)


async def _move(session: AsyncSession, row: ScheduleRow, due: int, **values: object) -> None:
    """Put it to its next time. Raises FiredAlready when it does not stand at the one that was due."""
    here = (ScheduleRow.id == row.id) & (ScheduleRow.next_ms == due) & (ScheduleRow.status == "active")
    done = await session.execute(update(ScheduleRow).where(here).values(**{"error": None, **values}))
    if not isinstance(done, CursorResult) or done.rowcount != 1:
        raise FiredAlready(row.id)


def _after(row: ScheduleRow, now: int) -> int | None:
    try:
        return next_ms(row.cron, row.timezone, now)
    except ValueError:  # it was the last time for fifty years
        return None
