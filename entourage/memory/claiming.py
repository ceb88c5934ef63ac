"""Taking rows to work on: one person's at a time, people in turn, each row by one worker until its lease runs out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger, bindparam, select, text, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.elements import ColumnElement

from entourage.kit.clock import now_ms
from entourage.memory.tables import MemoryRow, MemorySettingsRow, TombstoneRow
from entourage.stores.sql import EVERYONE, Database, execute_many

LEASES = 12
"""A batch has the time of so many leases of the server: a slow embedder may need it. Then another takes its rows."""
MAX_PAUSE_SECONDS = 300.0
MAX_ERROR = 1_000

# spelled out, not bound: an engine takes a partial index only for conditions it can read
WAITING: ColumnElement[bool] = text("index_state = 'pending'")  # pyright: ignore[reportAssignmentType]
UNTOLD: ColumnElement[bool] = text("told_state = 'pending' AND index_state = 'indexed'")  # pyright: ignore[reportAssignmentType]


class Claims:
    """Rows that wait, as a worker takes and returns them."""

    def __init__(self, database: Database, lease_seconds: float) -> None:
        self._database = database
        self._lease_ms = round(lease_seconds * LEASES * 1000)

    async def next_owner(self, condition: ColumnElement[bool], after: str) -> str | None:
        """The next person in turn of whom a row waits."""
        query = select(MemoryRow.owner_id).where(condition, MemoryRow.due_ms <= now_ms()).limit(1)
        ordered = query.order_by(MemoryRow.owner_id)
        async with self._database.read(EVERYONE) as session:
            found = await session.scalar(ordered.where(MemoryRow.owner_id > after))
            return found or (await session.scalar(ordered) if after else None)

    async def take(
        self, owner_id: str, condition: ColumnElement[bool], limit: int, *, after: str = ""
    ) -> list[MemoryRow]:
        """Lease up to `limit` rows of a person; with `after` only such as have a later id."""
        now = now_ms()
        free = (
            select(MemoryRow.id)
            .where(MemoryRow.owner_id == owner_id, condition, MemoryRow.due_ms <= now, MemoryRow.id > after)
            .order_by(MemoryRow.id if after else MemoryRow.due_ms, MemoryRow.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        statement = (
            update(MemoryRow)
            .where(MemoryRow.id.in_(free.scalar_subquery()))
            .values(due_ms=now + self._lease_ms, attempts=MemoryRow.attempts + 1)
            .returning(MemoryRow)
            .execution_options(synchronize_session=False)
        )
        async with self._database.write(owner_id) as session:
            return sorted(await session.scalars(statement), key=lambda row: row.id)

    async def finish(
        self, owner_id: str, rows: Sequence[MemoryRow], values: dict[str, Any], *, while_active: str | None = None
    ) -> list[MemoryRow]:
        """Write `values` to those rows that are as they were when they were taken; these. The others may be taken anew.

        With `while_active` nothing is written unless the person still searches the vectors of this slug.
        """
        async with self._database.write(owner_id) as session:
            if while_active is None or await _is_active(session, owner_id, while_active):
                as_taken = tuple_(MemoryRow.id, MemoryRow.version).in_([(row.id, row.version) for row in rows])
                done = (
                    update(MemoryRow)
                    .where(MemoryRow.owner_id == owner_id, as_taken)
                    .values(due_ms=0, attempts=0, **values)
                    .returning(MemoryRow.id)
                    .execution_options(synchronize_session=False)
                )
                kept = set(await session.scalars(done))
            else:
                kept = set[str]()
            await session.execute(
                update(MemoryRow)
                .where(MemoryRow.owner_id == owner_id, MemoryRow.id.in_({row.id for row in rows} - kept))
                .values(due_ms=0)
                .execution_options(synchronize_session=False)
            )
        return [row for row in rows if row.id in kept]

    async def put_off(self, owner_id: str, rows: Sequence[MemoryRow], why: str) -> float:
        """Have them wait after a failure, longer each time; the seconds until the first is due."""
        pauses = {row.id: min(2.0 ** min(row.attempts, 10), MAX_PAUSE_SECONDS) for row in rows}
        now = now_ms()
        statement = (
            update(MemoryRow)
            .where(MemoryRow.id == bindparam("row"), MemoryRow.owner_id == owner_id)
            .values(due_ms=bindparam("due", type_=BigInteger), index_error=why[:MAX_ERROR])
        )
        async with self._database.write(owner_id) as session:
            rows_due = [{"row": one, "due": now + round(pause * 1000)} for one, pause in pauses.items()]
            await execute_many(session, statement, rows_due)
        return min(pauses.values(), default=0.0)

    async def release_all(self) -> None:
        """Give back what a dead server had taken. Only where no other one works."""
        changing = select(MemorySettingsRow.owner_id).where(MemorySettingsRow.next.is_not(None))
        async with self._database.write(EVERYONE) as session:
            for condition in (WAITING, UNTOLD, MemoryRow.owner_id.in_(changing)):
                await session.execute(
                    update(MemoryRow)
                    .where(condition, MemoryRow.due_ms > 0)
                    .values(due_ms=0)
                    .execution_options(synchronize_session=False)
                )
            await session.execute(update(TombstoneRow).values(due_ms=0).execution_options(synchronize_session=False))


async def _is_active(session: AsyncSession, owner_id: str, slug: str) -> bool:
    """Whether these vectors are searched, and will be until the transaction ends."""
    query = select(MemorySettingsRow.active).where(MemorySettingsRow.owner_id == owner_id)
    return await session.scalar(query.with_for_update(read=True)) == slug
