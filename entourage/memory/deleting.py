"""Rows go at once; a tombstone stays until their vectors have gone as well."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.elements import ColumnElement

from entourage.memory.rows import BATCH
from entourage.memory.tables import MemoryRow, TombstoneRow
from entourage.stores.sql.inserting import insert_unless_there

EVERY = "*"
"""In place of a memory's id: all vectors of a person under an embedder."""

CURRENT = ""
"""In place of a slug: the embedders that the person has when the tombstone is worked off. With EVERY in place of the
memory: all that is not in rows, for an owner who is no more."""


async def delete_ids(session: AsyncSession, owner_id: str, ids: Sequence[str]) -> list[str]:
    """Delete these memories in the caller's transaction; the ids of those that were there."""
    gone: list[str] = []
    for start in range(0, len(ids), BATCH):
        statement = (
            delete(MemoryRow)
            .where(MemoryRow.owner_id == owner_id, MemoryRow.id.in_(ids[start : start + BATCH]))
            .returning(MemoryRow.id, MemoryRow.points, MemoryRow.due_ms)
            .execution_options(synchronize_session=False)
        )
        rows = (await session.execute(statement)).all()
        # whoever works on it just now may still write its vectors: they are taken away after that
        await bury(session, [_tomb(owner_id, memory_id, points, due) for memory_id, points, due in rows])
        gone += [memory_id for memory_id, _, _ in rows]
    return gone


async def delete_where(session: AsyncSession, owner_id: str, *conditions: ColumnElement[bool]) -> list[str]:
    """Delete what fits in the caller's transaction; the ids."""
    ids = await session.scalars(select(MemoryRow.id).where(MemoryRow.owner_id == owner_id, *conditions))
    return await delete_ids(session, owner_id, list(ids))


async def bury(session: AsyncSession, tombs: Sequence[dict[str, Any]]) -> None:
    """Keep tombstones."""
    if tombs:
        statement = insert_unless_there(session, TombstoneRow, "memory_id", "owner_id", "embedder")
        await session.execute(statement, list(tombs))


def tomb_of_all(owner_id: str, slug: str, due_ms: int) -> dict[str, Any]:
    """All vectors of a person under an embedder that is no longer theirs."""
    return {"memory_id": EVERY, "owner_id": owner_id, "embedder": slug, "points": 0, "due_ms": due_ms}


def tomb_of_owner(owner_id: str, due_ms: int) -> dict[str, Any]:
    """What an owner who is no more has besides vectors."""
    return {"memory_id": EVERY, "owner_id": owner_id, "embedder": CURRENT, "points": 0, "due_ms": due_ms}


def _tomb(owner_id: str, memory_id: str, points: int, due_ms: int) -> dict[str, Any]:
    return {"memory_id": memory_id, "owner_id": owner_id, "embedder": CURRENT, "points": points, "due_ms": due_ms}
