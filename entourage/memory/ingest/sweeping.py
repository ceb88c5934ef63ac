"""Bytes that nobody needs any more go: of files that were read, that failed long ago, that never came in whole."""

from __future__ import annotations

from sqlalchemy import delete, or_, select, update

from entourage.kit.clock import now_ms
from entourage.memory.ingest.limits import KEPT_SECONDS, RECEIVING_SECONDS
from entourage.memory.ingest.tables import FileRow, JobRow
from entourage.stores.blobs import Blobs
from entourage.stores.sql import EVERYONE, Database

_READ = ("indexing", "done", "unchanged")
_BATCH = 500


class Sweeping:
    """Blobs go first, then what names them: a crash in between leaves nothing behind that is not found again."""

    def __init__(self, database: Database, blobs: Blobs) -> None:
        self._database = database
        self._blobs = blobs

    async def read(self, file: FileRow) -> None:
        """A file was dealt with: its bytes go unless another try may need them."""
        if file.blob_key is None:
            return
        async with self._database.read(file.owner_id) as session:
            status = await session.scalar(select(FileRow.status).where(FileRow.id == file.id))
        if status in _READ:
            await self._remove([file])

    async def sweep(self) -> None:
        """What crashes and time left behind."""
        now = now_ms()
        old = FileRow.updated_ms < now - KEPT_SECONDS * 1000
        useless = or_(FileRow.status.in_(_READ), FileRow.status.in_(("failed", "cancelled")) & old)
        async with self._database.read(EVERYONE) as session:
            query = select(FileRow).where(FileRow.blob_key.is_not(None), useless)
            files = list(await session.scalars(query.limit(_BATCH)))
            late = (JobRow.status == "receiving") & (JobRow.created_ms < now - RECEIVING_SECONDS * 1000)
            jobs = list(await session.scalars(select(JobRow).where(late).limit(_BATCH)))
        await self._remove(files)
        for job in jobs:
            await self.forget(job.owner_id, job.id)

    async def forget(self, owner_id: str, job_id: str) -> None:
        """Remove a job that never came in whole."""
        for key in await self._blobs.keys(owner_id, f"ingest/{job_id}/"):
            await self._blobs.delete(owner_id, key)
        async with self._database.write(owner_id) as session:
            await session.execute(delete(JobRow).where(JobRow.id == job_id, JobRow.status == "receiving"))

    async def _remove(self, files: list[FileRow]) -> None:
        for file in files:
            await self._blobs.delete(file.owner_id, file.blob_key or "")
            async with self._database.write(file.owner_id) as session:
                gone = update(FileRow).where(FileRow.id == file.id, FileRow.blob_key == file.blob_key)
                await session.execute(gone.values(blob_key=None))
