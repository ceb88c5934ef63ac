"""How far the projection is behind the log."""

from __future__ import annotations

from sqlalchemy import func, select

from entourage.observe.tables import CheckpointRow
from entourage.stores.log.tables import heads
from entourage.stores.sql import EVERYONE, Database


async def projector_lag(database: Database) -> int:
    """Events of everybody that are committed and not yet projected."""
    behind = heads.c.seq - func.coalesce(CheckpointRow.seq, 0)
    query = select(func.coalesce(func.sum(behind), 0)).select_from(heads)
    query = query.outerjoin(CheckpointRow, CheckpointRow.owner_id == heads.c.owner_id)
    async with database.read(EVERYONE) as session:
        return int(await session.scalar(query) or 0)
