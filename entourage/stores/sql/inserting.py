"""Inserts that both engines know by other names."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.dml import Insert

from entourage.stores.sql.base import Base


def insert_unless_there(session: AsyncSession, table: type[Base], *key: str) -> Insert:
    """An insert that leaves a row with the same key as it is."""
    if session.get_bind().dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert
    else:
        from sqlalchemy.dialects.sqlite import insert
    return insert(table).on_conflict_do_nothing(index_elements=key)
