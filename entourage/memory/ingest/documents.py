"""Documents of a person, with what they were cut into."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from entourage.kit.errors import NotFound
from entourage.kit.paging import Page, decode_cursor, page_of
from entourage.memory.ingest.schemas import Document, DocumentStatus, DocumentWithChunks
from entourage.memory.ingest.tables import DocumentRow, FileRow
from entourage.memory.schemas import Memory
from entourage.memory.service import Memories
from entourage.stores.sql import Database


class Documents:
    """Documents by owner."""

    def __init__(self, database: Database, memories: Memories) -> None:
        self._database = database
        self._memories = memories

    async def list(
        self, owner_id: str, *, q: str | None, status: DocumentStatus | None, before: str | None, limit: int
    ) -> list[Document]:
        """Newest first; with `q` those whose name or title has it in."""
        query = select(DocumentRow).order_by(DocumentRow.id.desc()).limit(limit)
        if before:
            query = query.where(DocumentRow.id < before)
        if status:
            query = query.where(DocumentRow.status == status)
        if q:
            here = DocumentRow.name.icontains(q, autoescape=True) | DocumentRow.title.icontains(q, autoescape=True)
            query = query.where(here)
        async with self._database.read(owner_id) as session:
            return [Document.of(row) for row in await session.scalars(query)]

    async def get(self, owner_id: str, document_id: str, *, cursor: str | None, limit: int) -> DocumentWithChunks:
        """A document with a page of its chunks. Raises NotFound, Invalid (cursor)."""
        after = decode_cursor(cursor, tuple[int, str]) if cursor else None
        async with self._database.read(owner_id) as session:
            row = await _find(session, document_id)
        chunks = await self._memories.page(owner_id, document_id=document_id, after=after, limit=limit + 1)
        page: dict[str, Any] = page_of(chunks, limit, lambda one: (one.source.chunk or 0, one.id), lambda one: one)
        return DocumentWithChunks.of(row, Page[Memory].model_validate(page))

    async def delete(self, owner_id: str, document_id: str) -> None:
        """Forget a document and all it was cut into. Raises NotFound."""
        async with self._database.write(owner_id) as session:
            row = await _find(session, document_id)
            await self._memories.drop_document(session, owner_id, document_id)
            was_of = update(FileRow).where(FileRow.document_id == document_id)
            await session.execute(was_of.values(document_id=None))
            await session.delete(row)
        self._memories.wake()


async def _find(session: AsyncSession, document_id: str) -> DocumentRow:
    row = await session.get(DocumentRow, document_id)
    if row is None:
        raise NotFound(f"There is no document {document_id}.")
    return row
