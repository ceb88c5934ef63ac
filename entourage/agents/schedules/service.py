"""Schedules of people: kept here, carried out by `firing`."""

from __future__ import annotations

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from entourage.agents.schedules.cron import next_ms
from entourage.agents.schedules.schemas import ChangeSchedule, NewSchedule, Schedule
from entourage.agents.schedules.speaking import Speaking
from entourage.agents.schedules.tables import ScheduleRow
from entourage.agents.service import Agents
from entourage.agents.tables import RunRow
from entourage.kit.clock import now_ms
from entourage.kit.errors import Invalid, NotFound, QuotaExceeded
from entourage.kit.etag import check_if_match, etag_of
from entourage.kit.ids import new_id
from entourage.stores.sql import Database

MAX_SCHEDULES = 100


class Schedules:
    """Schedules by owner."""

    def __init__(self, database: Database, agents: Agents, speaking: Speaking) -> None:
        self._database = database
        self._agents = agents
        self._speaking = speaking

    async def list(self, owner_id: str, *, after: str | None, limit: int) -> list[Schedule]:
        """Oldest first."""
        query = _with_status().order_by(ScheduleRow.id).limit(limit)
        if after:
            query = query.where(ScheduleRow.id > after)
        async with self._database.read(owner_id) as session:
            return [Schedule.of(row, status) for row, status in await session.execute(query)]

    async def get(self, owner_id: str, schedule_id: str) -> Schedule:
        """Raises NotFound."""
        async with self._database.read(owner_id) as session:
            found = (await session.execute(_with_status().where(ScheduleRow.id == schedule_id))).first()
        if found is None:
            raise NotFound(f"There is no schedule {schedule_id}.")
        return Schedule.of(*found)

    async def create(self, owner_id: str, new: NewSchedule) -> Schedule:
        """Raises NotFound (no such agent or conversation), QuotaExceeded, Invalid."""
        await self._check(owner_id, new.agent, new.session_id)
        now = now_ms()
        row = ScheduleRow(id=new_id(), version=1, created_ms=now, **new.model_dump())
        row.next_ms = _due(row, now)
        async with self._database.write(owner_id) as session:
            if (await session.scalar(select(func.count(ScheduleRow.id))) or 0) >= MAX_SCHEDULES:
                raise QuotaExceeded(f"You have {MAX_SCHEDULES} schedules already.", hint="Delete one first.")
            session.add(row)
        return Schedule.of(row)

    async def change(self, owner_id: str, schedule_id: str, change: ChangeSchedule, if_match: str | None) -> Schedule:
        """Raises NotFound, Stale, Invalid."""
        await self._check(owner_id, change.agent, change.session_id)
        async with self._database.write(owner_id) as session:
            row = await find_schedule(session, schedule_id)
            check_if_match(if_match, etag_of(row.id, row.version))
            values = change.values()
            for name, value in values.items():
                setattr(row, name, value)
            if values.keys() & {"cron", "timezone", "status"}:
                row.next_ms = _due(row, now_ms())
            row.version += 1
        return await self.get(owner_id, schedule_id)

    async def delete(self, owner_id: str, schedule_id: str, if_match: str | None) -> None:
        """Its conversation and runs stay. Raises NotFound, Stale."""
        async with self._database.write(owner_id) as session:
            row = await find_schedule(session, schedule_id)
            check_if_match(if_match, etag_of(row.id, row.version))
            await session.delete(row)

    async def _check(self, owner_id: str, agent: str | None, session_id: str | None) -> None:
        if agent is not None:
            await self._agents.named(owner_id, agent)
        if session_id is not None and not await self._speaking.has(owner_id, session_id):
            raise NotFound(f"There is no conversation {session_id}.")


async def find_schedule(session: AsyncSession, schedule_id: str) -> ScheduleRow:
    """Raises NotFound."""
    row = await session.get(ScheduleRow, schedule_id)
    if row is None:
        raise NotFound(f"There is no schedule {schedule_id}.")
    return row


def _due(row: ScheduleRow, now: int) -> int | None:
    if row.status == "paused":
        return None
    try:
        return next_ms(row.cron, row.timezone, now)
    except ValueError as error:
        raise Invalid(f"This cron line {error}.", errors=[{"field": "cron", "message": str(error)}]) from None


def _with_status() -> Select[ScheduleRow, str]:
    return select(ScheduleRow, RunRow.status).outerjoin(RunRow, RunRow.id == ScheduleRow.last_run_id)
