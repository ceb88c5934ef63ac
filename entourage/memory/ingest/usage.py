"""How much room files and documents of a person take."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from entourage.memory.ingest.tables import DocumentRow, FileRow


async def used_bytes(session: AsyncSession) -> int:
    """Bytes of files that wait, and of documents that were read."""
    waiting = select(func.coalesce(func.sum(FileRow.bytes), 0)).where(FileRow.blob_key.is_not(None))
    read = select(func.coalesce(func.sum(DocumentRow.bytes), 0)).where(DocumentRow.status != "failed")
    return int(await session.scalar(waiting) or 0) + int(await session.scalar(read) or 0)
