"""What came of a file goes into the database in one transaction, and only while the file is still ours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from entourage.kit.clock import now_ms
from entourage.kit.ids import new_id
from entourage.memory.ingest.claiming import hold
from entourage.memory.ingest.naming import place_key
from entourage.memory.ingest.readers.parts import Unreadable
from entourage.memory.ingest.reading import Whole
from entourage.memory.ingest.tables import DocumentRow, FileRow, JobRow
from entourage.memory.schemas import Author, NewMemory
from entourage.memory.service import Memories
from entourage.stores.sql import Database

_ROWS_AT_ONCE = 200
_ALIKE = ("file", "person")
"""Kinds of sources in which the same bytes under another name are the same document."""


class Lost(Exception):
    """The file is no longer ours: it was cancelled, or another process took it over."""


class Keeping:
    """Ends the reading of files: kept, unchanged, failed. Each raises Lost."""

    def __init__(self, database: Database, memories: Memories) -> None:
        self._database = database
        self._memories = memories

    async def known(self, file: FileRow, job: JobRow, content_hash: str) -> DocumentRow | None:
        """The document that holds these very bytes already, with everything it is cut into."""
        here = place_of(file, job)
        same = (DocumentRow.hash == content_hash) & (DocumentRow.status != "failed")
        async with self._database.read(file.owner_id) as session:
            own = await session.scalar(select(DocumentRow).where(DocumentRow.place_key == here))
            found = own if own and own.hash == content_hash and own.status != "failed" else None
            if own is None and file.source["type"] in _ALIKE:
                scope = (DocumentRow.agent == job.agent) & (DocumentRow.shared == job.shared)
                rows = await session.scalars(select(DocumentRow).where(same, scope).limit(5))
                found = next((row for row in rows if row.source["type"] in _ALIKE), None)
            if found is None or sorted(found.tags) != sorted(job.tags):
                return None
            total, _ = (await self._memories.progress(session, [found.id])).get(found.id, (0, 0))
        return found if total else None

    async def unchanged(self, file: FileRow, document: DocumentRow) -> None:
        """Nothing is to be done: `document` is what the file holds."""
        async with self._database.write(file.owner_id) as session:
            await _end(
                session, file, status="unchanged", document_id=document.id, type=document.type, chunks=document.chunks
            )

    async def document(
        self, file: FileRow, job: JobRow, content_hash: str, size: int, whole: Whole, rows: Sequence[NewMemory]
    ) -> None:
        """The chunks of a file in place of those it had before."""
        async with self._database.write(file.owner_id) as session:
            if not await hold(session, file.id, file.fence):
                raise Lost
            document = await self._document(session, file, job)
            await self._memories.drop_document(session, file.owner_id, document.id)
            author = Author.model_validate(job.author) if job.author else None
            kept: set[str] = set()
            for start in range(0, len(rows), _ROWS_AT_ONCE):
                some = rows[start : start + _ROWS_AT_ONCE]
                kept.update(
                    await self._memories.add(session, file.owner_id, some, document_id=document.id, author=author)
                )
            _fill(document, file, job, type=whole.type, bytes=size, chunks=len(kept), status="indexing")
            document.hash, document.title, document.language = content_hash, whole.title, whole.language
            document.error_code = document.error_detail = None
            session.add(document)
            await _end(
                session,
                file,
                status="indexing",
                document_id=document.id,
                type=whole.type,
                bytes=size,
                chunks=len(kept),
                indexed=0,
            )
        self._memories.wake()

    async def unpacked(self, file: FileRow, type_: str, size: int, skipped: int) -> None:
        """A folder or an archive, whose files are in the job by now."""
        async with self._database.write(file.owner_id) as session:
            await _end(session, file, status="done", type=type_, bytes=size)
            more = update(JobRow).where(JobRow.id == file.job_id)
            await session.execute(more.values(skipped=JobRow.skipped + skipped))

    async def failed(self, file: FileRow, job: JobRow, why: Unreadable) -> None:
        """Say why; what the document held before stays findable."""
        async with self._database.write(file.owner_id) as session:
            document = await self._document(session, file, job)
            if document.status in (None, "failed"):
                _fill(document, file, job, bytes=file.bytes, chunks=0, status="failed")
                document.error_code, document.error_detail = why.code, why.detail[:1000]
                session.add(document)
            error = {"error_code": why.code, "error_detail": why.detail[:1000]}
            await _end(session, file, status="failed", document_id=document.id, **error)

    async def _document(self, session: AsyncSession, file: FileRow, job: JobRow) -> DocumentRow:
        """The document of this place; a new one is to be filled, then added."""
        key = place_of(file, job)
        row = await session.scalar(select(DocumentRow).where(DocumentRow.place_key == key).with_for_update())
        if row is None:
            return DocumentRow(id=new_id(), place_key=key, hash="", title="", created_ms=now_ms())
        return row


def place_of(file: FileRow, job: JobRow) -> str:
    """Where a file is from, and for whom it is kept."""
    return place_key(file.source, str(file.source.get("within") or ""), job.agent, job.shared)


def _fill(document: DocumentRow, file: FileRow, job: JobRow, **values: Any) -> None:
    document.name, document.source, document.job_id = file.name, source_of(file), file.job_id
    document.tags, document.agent, document.shared = job.tags, job.agent, job.shared
    document.updated_ms, document.author = now_ms(), job.author
    for name, value in values.items():
        setattr(document, name, value)


def source_of(file: FileRow) -> dict[str, Any]:
    """A file's source as memories have it."""
    return {name: value for name, value in file.source.items() if name not in ("within", "member") and value}


async def _end(session: AsyncSession, file: FileRow, **values: Any) -> None:
    mine = update(FileRow).where(FileRow.id == file.id, FileRow.fence == file.fence, FileRow.status == "reading")
    done = await session.execute(mine.values(lease_ms=0, updated_ms=now_ms(), **values).returning(FileRow.id))
    if done.first() is None:
        raise Lost
