"""Saved views of the event table."""

from __future__ import annotations

from sqlalchemy import delete, func, select

from entourage.kit.clock import now_ms
from entourage.kit.errors import Conflict, NotFound
from entourage.observe.schemas import ViewIn, ViewOut
from entourage.observe.tables import ViewRow
from entourage.stores.sql import Database

MAX_VIEWS = 200


class Views:
    """Makes, lists, changes and deletes the views of a person."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all_of(self, owner_id: str) -> list[ViewOut]:
        """Every view, by name."""
        async with self._database.read(owner_id) as session:
            rows = (await session.scalars(select(ViewRow).order_by(ViewRow.name, ViewRow.id))).all()
        return [_shown(row) for row in rows]

    async def make(self, owner_id: str, body: ViewIn) -> ViewOut:
        """Raises Conflict past 200 views."""
        row = ViewRow(name=body.name, query=body.query)
        async with self._database.write(owner_id) as session:
            if (await session.scalar(select(func.count(ViewRow.id))) or 0) >= MAX_VIEWS:
                raise Conflict(f"There are {MAX_VIEWS} views already.", hint="Delete one.")
            session.add(row)
        return _shown(row)

    async def change(self, owner_id: str, view_id: str, body: ViewIn) -> ViewOut:
        """Replace a view. Raises NotFound."""
        async with self._database.write(owner_id) as session:
            row = await session.scalar(select(ViewRow).where(ViewRow.id == view_id))
            if row is None:
                raise _unknown(view_id)
            row.name, row.query, row.updated_ms = body.name, body.query, now_ms()
        return _shown(row)

    async def delete(self, owner_id: str, view_id: str) -> None:
        """Raises NotFound."""
        async with self._database.write(owner_id) as session:
            gone = await session.scalar(delete(ViewRow).where(ViewRow.id == view_id).returning(ViewRow.id))
        if gone is None:
            raise _unknown(view_id)


def _unknown(view_id: str) -> NotFound:
    return NotFound(f"There is no view {view_id}.")


def _shown(row: ViewRow) -> ViewOut:
    return ViewOut(id=row.id, name=row.name, query=row.query, created_at=row.created_ms, updated_at=row.updated_ms)
