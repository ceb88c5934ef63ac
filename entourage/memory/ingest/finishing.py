"""Files whose memories are all indexed are done, and so are jobs whose files are: decided from rows."""

from __future__ import annotations

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from entourage.kit.clock import now_ms
from entourage.memory.ingest.tables import DocumentRow, FileRow, JobRow
from entourage.memory.ingest.telling import Telling
from entourage.memory.service import Memories
from entourage.stores.sql import EVERYONE, Database

OPEN = ("waiting", "reading", "indexing")
_FILES_AT_ONCE = 500


class Finishing:
    """Looks at what is being indexed. Two who look at the same time end a file once."""

    def __init__(self, database: Database, memories: Memories, telling: Telling) -> None:
        self._database = database
        self._memories = memories
        self._telling = telling

    async def look(self) -> bool:
        """Look at everybody's files; whether any are still being indexed."""
        async with self._database.read(EVERYONE) as session:
            query = select(FileRow.owner_id).where(FileRow.status == "indexing").distinct()
            owners = list(await session.scalars(query))
        return any([await self.look_at(owner_id) for owner_id in owners])

    async def look_at(self, owner_id: str) -> bool:
        """Look at the files of one person; whether any are still being indexed."""
        query = select(FileRow).where(FileRow.status == "indexing").order_by(FileRow.job_id, FileRow.place)
        async with self._database.read(owner_id) as session:
            files = list(await session.scalars(query.limit(_FILES_AT_ONCE)))
            progress = await self._memories.progress(session, [row.document_id for row in files if row.document_id])
        is_waiting = False
        for row in files:
            total, settled = progress.get(row.document_id or "", (0, 0))
            if settled >= total:
                await self._end(row, total)
            else:
                is_waiting = True
                await self._note(row, settled)
        return is_waiting

    async def begun(self, owner_id: str, job_id: str) -> None:
        """Tell of a new job, which is over when none of its files can be read."""
        async with self._database.write(owner_id) as session:
            await _end_job(session, job_id)
        await self._telling.job(owner_id, job_id)

    async def job(self, owner_id: str, job_id: str) -> None:
        """End a job when none of its files is open; tell of it in any case."""
        async with self._database.write(owner_id) as session:
            ended = await _end_job(session, job_id)
        if ended:
            await self._telling.job(owner_id, job_id)
        else:
            self._telling.soon(owner_id, job_id)

    async def _note(self, row: FileRow, settled: int) -> None:
        if settled == row.indexed:
            return
        here = update(FileRow).where(FileRow.id == row.id, FileRow.status == "indexing")
        async with self._database.write(row.owner_id) as session:
            await session.execute(here.values(indexed=settled))
        self._telling.soon(row.owner_id, row.job_id)

    async def _end(self, row: FileRow, total: int) -> None:
        now = now_ms()
        here = update(FileRow).where(FileRow.id == row.id, FileRow.status == "indexing")
        ending = here.values(status="done", indexed=total, chunks=total, updated_ms=now).returning(FileRow.id)
        async with self._database.write(row.owner_id) as session:
            if (await session.execute(ending)).first() is None:
                return
            document = await session.get(DocumentRow, row.document_id)
            if document:
                document.status, document.chunks, document.updated_ms = "done", total, now
        if document:
            await self._telling.stored(document)
        await self.job(row.owner_id, row.job_id)


async def _end_job(session: AsyncSession, job_id: str) -> bool:
    counted = select(FileRow.status, func.count()).where(FileRow.job_id == job_id).group_by(FileRow.status)
    counts = dict((await session.execute(counted)).tuples().all())
    if any(counts.get(status) for status in OPEN):
        return False
    good = counts.get("done", 0) + counts.get("unchanged", 0)
    status = "failed" if counts.get("failed") and not good else "done"
    going = update(JobRow).where(JobRow.id == job_id, JobRow.status.in_(("queued", "running")))
    ended = await session.execute(going.values(status=status, ended_ms=now_ms()).returning(JobRow.id))
    return ended.first() is not None
