"""Who reads which file: in turn between people, held by a lease that is renewed, taken over when its reader died."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count

from sqlalchemy import ColumnElement, and_, case, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from entourage.kit.clock import now_ms
from entourage.memory.ingest.limits import Limits
from entourage.memory.ingest.tables import FileRow, JobRow
from entourage.stores.sql import EVERYONE, Database


class Claims:
    """Claims of this process. Next comes who has the fewest files in work; among equals, who waited longest."""

    def __init__(self, database: Database, limits: Limits) -> None:
        self._database = database
        self._lease_ms = round(limits.lease_seconds * 1000)
        self._served: dict[str, int] = {}
        self._turns = count(1)

    async def claim(self) -> FileRow | None:
        """The next file to read, held until its lease ends; None when there is none."""
        now = now_ms()
        async with self._database.read(EVERYONE) as session:
            owners = await self._waiting(session, now)
        for owner_id in owners:
            if row := await self._take(owner_id, now):
                self._served[owner_id] = next(self._turns)
                return row
        if not owners:
            self._served.clear()
        return None

    async def renew(self, held: Mapping[str, int]) -> set[str]:
        """Hold these files (by id, with their fences) on; gives those that are no longer ours to deal with."""
        kept: set[str] = set()
        async with self._database.write(EVERYONE) as session:
            for file_id, fence in held.items():
                is_held = await hold(session, file_id, fence, lease_ms=now_ms() + self._lease_ms)
                if is_held or await _is_read(session, file_id, fence):  # a moment ago; what belongs to that goes on
                    kept.add(file_id)
        return set(held) - kept

    async def adopt(self) -> None:
        """Free every lease: only for the one process of an embedded database, at its start."""
        async with self._database.write(EVERYONE) as session:
            await session.execute(update(FileRow).where(FileRow.status == "reading").values(lease_ms=0))

    async def _waiting(self, session: AsyncSession, now: int) -> list[str]:
        free = func.sum(case((_takeable(now), 1), else_=0))
        going = func.count() - free
        query = select(FileRow.owner_id, going, free).where(FileRow.status.in_(("waiting", "reading")))
        rows = [
            (owner, busy) for owner, busy, open_ in await session.execute(query.group_by(FileRow.owner_id)) if open_
        ]
        return [owner for owner, _ in sorted(rows, key=lambda row: (row[1], self._served.get(row[0], 0)))]

    async def _take(self, owner_id: str, now: int) -> FileRow | None:
        oldest = (
            select(FileRow.id)
            .where(FileRow.owner_id == owner_id, _takeable(now))
            .order_by(FileRow.job_id, FileRow.place)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        taking = update(FileRow).where(FileRow.id == oldest.scalar_subquery(), _takeable(now))
        values = {
            "status": "reading",
            "lease_ms": now + self._lease_ms,
            "fence": FileRow.fence + 1,
            "attempts": FileRow.attempts + 1,
            "updated_ms": now,
        }
        async with self._database.write(EVERYONE) as session:
            row = await session.scalar(taking.values(values).returning(FileRow))
            if row:
                begun = update(JobRow).where(JobRow.id == row.job_id, JobRow.status == "queued")
                await session.execute(begun.values(status="running"))
        return row


async def hold(session: AsyncSession, file_id: str, fence: int, **values: int) -> bool:
    """Whether this file is still ours to read, as it stays until the transaction ends; writes `values` to it."""
    mine = update(FileRow).where(FileRow.id == file_id, FileRow.fence == fence, FileRow.status == "reading")
    held = await session.execute(mine.values(updated_ms=now_ms(), **values).returning(FileRow.id))
    return held.first() is not None


async def _is_read(session: AsyncSession, file_id: str, fence: int) -> bool:
    ours = (FileRow.id == file_id) & (FileRow.fence == fence)
    query = select(FileRow.id).where(ours, FileRow.status.not_in(("waiting", "cancelled")))
    return await session.scalar(query) is not None


def _takeable(now: int) -> ColumnElement[bool]:
    return or_(FileRow.status == "waiting", and_(FileRow.status == "reading", FileRow.lease_ms < now))
