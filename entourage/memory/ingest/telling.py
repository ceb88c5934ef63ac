"""Jobs as people see them: made from rows, told as events."""

from __future__ import annotations

import asyncio
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from entourage.events.event import NewEvent
from entourage.events.log import EventLog
from entourage.events.types import MemoryJob, MemoryStored
from entourage.kit.ids import derived_id
from entourage.memory.ingest.schemas import ENDED_JOB, FILES_SHOWN, Document, Job
from entourage.memory.ingest.tables import DocumentRow, FileRow, JobRow
from entourage.memory.telling import TellMembers
from entourage.stores.sql import Database

TOLD_FILES = 50
EVERY_SECONDS = 1.0

_ORDER = case({"failed": 0, "reading": 1, "indexing": 2, "waiting": 3}, value=FileRow.status, else_=4)
_HALF_WAY = 0.2
"""How far a file is when it is read: what takes long is making vectors."""


async def job_of(session: AsyncSession, row: JobRow, shown: int = FILES_SHOWN) -> Job:
    """A job with its first files, those that failed before all others."""
    of_job = FileRow.job_id == row.id
    query = select(FileRow).where(of_job).order_by(_ORDER, FileRow.place).limit(shown)
    files = list(await session.scalars(query))
    share = func.sum(1.0 * FileRow.indexed / case((FileRow.chunks > 0, FileRow.chunks), else_=1))
    counted = select(FileRow.status, func.count(), share).where(of_job).group_by(FileRow.status)
    counts: dict[str, int] = {}
    done = 0.0
    for status, count, indexed in await session.execute(counted):
        counts[status] = count
        if status == "indexing":
            done += _HALF_WAY * count + (1 - _HALF_WAY) * float(indexed)
        elif status not in ("waiting", "reading"):
            done += count
    total = sum(counts.values())
    progress = 1.0 if row.status in ENDED_JOB else min(0.9999, done / total) if total else 0.0
    return Job.of(row, files, counts, progress)


class Telling:
    """Tells of jobs, each at most once in EVERY_SECONDS until it ends."""

    def __init__(self, database: Database, log: EventLog) -> None:
        self._database = database
        self._log = log
        self.tell_members: TellMembers | None = None
        self._waiting: dict[str, asyncio.Task[None]] = {}

    def soon(self, owner_id: str, job_id: str) -> None:
        """A job went on a little."""
        if job_id not in self._waiting:
            task = asyncio.create_task(self._later(owner_id, job_id), name=f"tell job {job_id}")
            self._waiting[job_id] = task
            task.add_done_callback(lambda _: self._waiting.pop(job_id, None))

    async def job(self, owner_id: str, job_id: str) -> None:
        """A job began or ended."""
        async with self._database.read(owner_id) as session:
            row = await session.get(JobRow, job_id)
            job = await job_of(session, row, TOLD_FILES) if row else None
        if job and row and row.author:
            await self._tell_members(owner_id, {"job_id": job_id})
        elif job:
            await self._log.append(NewEvent(owner_id=owner_id, data=MemoryJob(job=job.model_dump(mode="json"))))

    async def stored(self, row: DocumentRow) -> None:
        """A document can be searched."""
        if row.author:
            await self._tell_members(row.owner_id, {"document_id": row.id})
            return
        data = MemoryStored(document=Document.of(row).model_dump(mode="json"))
        event = NewEvent(owner_id=row.owner_id, data=data, id=derived_id(row.id, row.updated_ms, "memory_stored"))
        await self._log.append(event)

    async def _tell_members(self, workspace_id: str, what: dict[str, Any]) -> None:
        if self.tell_members:
            await self.tell_members(workspace_id, what)

    async def close(self) -> None:
        """Tell no more."""
        tasks = list(self._waiting.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _later(self, owner_id: str, job_id: str) -> None:
        await asyncio.sleep(EVERY_SECONDS)
        self._waiting.pop(job_id, None)
        await self.job(owner_id, job_id)
