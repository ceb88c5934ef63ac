"""Folders and archives become files of the same job, each read by itself."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from typing import Any

import msgspec
from sqlalchemy import func, select

from entourage.kit.clock import now_ms
from entourage.kit.ids import derived_id
from entourage.memory.ingest.claiming import hold
from entourage.memory.ingest.keeping import Lost
from entourage.memory.ingest.limits import Limits
from entourage.memory.ingest.naming import MAX_NAME
from entourage.memory.ingest.readers.parts import Member, Unreadable
from entourage.memory.ingest.reading import ReadChunk, Whole
from entourage.memory.ingest.tables import FileRow
from entourage.memory.ingest.usage import used_bytes
from entourage.stores.blobs import Blobs
from entourage.stores.sql import Database

_FILES_AT_ONCE = 20


class Unpacking:
    """Keeps the bytes of each file as a blob. Done again after a crash it adds only what is missing."""

    def __init__(self, database: Database, blobs: Blobs, limits: Limits) -> None:
        self._database = database
        self._blobs = blobs
        self._limits = limits

    async def unpack(self, file: FileRow, members: AsyncGenerator[Member | ReadChunk | Whole]) -> int:
        """Add the files to the job of `file`; how many were left out. Raises Lost, Unreadable, QuotaExceeded."""
        async with self._database.read(file.owner_id) as session:
            left = self._limits.quota_bytes - await used_bytes(session)
            place = await session.scalar(select(func.max(FileRow.place)).where(FileRow.job_id == file.job_id)) or 0
        skipped, found = 0, list[_Found]()
        async for one in members:
            if isinstance(one, Whole):
                skipped = one.skipped
            elif isinstance(one, Member):
                place += 1
                left -= len(one.data)
                found.append(_Found(derived_id("ingest", file.id, one.name), one, place, left >= 0))
            if len(found) >= _FILES_AT_ONCE:
                await self._add(file, found)
                found = []
        await self._add(file, found)
        return skipped

    async def _add(self, file: FileRow, found: Sequence[_Found]) -> None:
        """What a former try added may have been read since, and its bytes removed: they are not kept once more."""
        async with self._database.read(file.owner_id) as session:
            known = set(await session.scalars(select(FileRow.id).where(FileRow.id.in_([one.id for one in found]))))
        missing = {one.id: one for one in found if one.id not in known}  # an archive may hold a name twice
        rows = [await self._row(file, one) for one in missing.values()]
        async with self._database.write(file.owner_id) as session:
            if not await hold(session, file.id, file.fence):
                raise Lost
            session.add_all(rows)
            await session.flush()

    async def _row(self, file: FileRow, one: _Found) -> FileRow:
        error = one.member.error if one.has_room else Unreadable("quota", "There is no room left for it.")
        row = FileRow(
            id=one.id,
            job_id=file.job_id,
            place=one.place,
            name=one.member.name[-MAX_NAME:],
            source=_source(file, one.member.name),
            bytes=len(one.member.data),
            blob_key=None,
            author=file.author,
            **fresh(error),
        )
        if error is None:
            row.blob_key = key = blob_key(file.job_id, row.id)
            await self._blobs.put(file.owner_id, key, one.member.data)
        return row


class _Found(msgspec.Struct, frozen=True):
    """A file of an archive or folder, and its row's id, which is the same at each try."""

    id: str
    member: Member
    place: int
    has_room: bool


def fresh(error: Unreadable | None = None) -> dict[str, Any]:
    """The columns of a file that nobody has read yet, or that failed before it was read."""
    return {
        "type": None,
        "status": "failed" if error else "waiting",
        "document_id": None,
        "chunks": 0,
        "indexed": 0,
        "error_code": error.code if error else None,
        "error_detail": error.detail if error else None,
        "lease_ms": 0,
        "fence": 0,
        "attempts": 0,
        "updated_ms": now_ms(),
    }


def blob_key(job_id: str, file_id: str) -> str:
    """Where a file's bytes wait."""
    return f"ingest/{job_id}/{file_id}"


def _source(file: FileRow, name: str) -> dict[str, Any]:
    source = {"type": "repository", "name": name[-MAX_NAME:], "member": True}
    if file.source.get("session_id"):
        return source | {"session_id": file.source["session_id"]}
    return source | {"within": file.name}
