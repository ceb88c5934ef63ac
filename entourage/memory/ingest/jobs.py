"""Jobs of a person: looked at, cancelled, tried again."""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from entourage.kit.clock import now_ms
from entourage.kit.errors import Conflict, NotFound
from entourage.memory.ingest.schemas import ENDED_JOB, FileStatus, Job, JobFile
from entourage.memory.ingest.tables import FileRow, JobRow
from entourage.memory.ingest.telling import Telling, job_of
from entourage.memory.ingest.unpacking import fresh
from entourage.memory.ingest.worker import Worker
from entourage.stores.sql import Database

_LISTED_FILES = 20
_STOPPABLE = ("waiting", "reading")


class Jobs:
    """Jobs by owner."""

    def __init__(self, database: Database, worker: Worker, telling: Telling) -> None:
        self._database = database
        self._worker = worker
        self._telling = telling

    async def list(self, owner_id: str, *, before: str | None, limit: int) -> list[Job]:
        """Newest first, each with its first few files."""
        query = select(JobRow).where(JobRow.status != "receiving").order_by(JobRow.id.desc()).limit(limit)
        if before:
            query = query.where(JobRow.id < before)
        async with self._database.read(owner_id) as session:
            return [await job_of(session, row, _LISTED_FILES) for row in await session.scalars(query)]

    async def get(self, owner_id: str, job_id: str) -> Job:
        """Raises NotFound."""
        async with self._database.read(owner_id) as session:
            return await job_of(session, await _find(session, job_id))

    async def files(
        self, owner_id: str, job_id: str, *, status: FileStatus | None, after: int, limit: int
    ) -> list[tuple[int, JobFile]]:
        """Files in order, each with its place. Raises NotFound."""
        query = select(FileRow).where(FileRow.job_id == job_id, FileRow.place > after)
        if status:
            query = query.where(FileRow.status == status)
        async with self._database.read(owner_id) as session:
            await _find(session, job_id)
            rows = await session.scalars(query.order_by(FileRow.place).limit(limit))
            return [(row.place, JobFile.of(row)) for row in rows]

    async def cancel(self, owner_id: str, job_id: str) -> Job:
        """Read no more of it; what was read stays. Raises NotFound, Conflict when it has ended."""
        now = now_ms()
        async with self._database.write(owner_id) as session:
            row = await _find(session, job_id)
            if row.status in ENDED_JOB:
                raise Conflict(f"The job is {row.status} already.")
            open_files = update(FileRow).where(FileRow.job_id == job_id, FileRow.status.in_(_STOPPABLE))
            await session.execute(open_files.values(status="cancelled", lease_ms=0, updated_ms=now))
            row.status, row.ended_ms = "cancelled", now
        self._worker.drop(job_id)
        await self._telling.job(owner_id, job_id)
        return await self.get(owner_id, job_id)

    async def retry(self, owner_id: str, job_id: str, user_id: str) -> Job:
        """Read once more what failed or was cancelled, also of what is this person's own.

        Raises NotFound, Conflict when there is nothing to read.
        """
        async with self._database.write(owner_id) as session:
            row = await _find(session, job_id)
            again = select(FileRow).where(FileRow.job_id == job_id, FileRow.status.in_(("failed", "cancelled")))
            files = [file for file in await session.scalars(again) if _can_be_had(file, user_id)]
            if not files:
                raise Conflict("None of its files can be read again.", hint="Hand them in once more.")
            for file in files:
                fence = file.fence
                for name, value in fresh().items():
                    setattr(file, name, value)
                file.fence = fence + 1
            row.status, row.ended_ms = "queued", None
        self._worker.wake()
        await self._telling.job(owner_id, job_id)
        return await self.get(owner_id, job_id)


def _can_be_had(file: FileRow, user_id: str) -> bool:
    """Whether its bytes are still here, or come from elsewhere: nobody takes what is another's a second time."""
    is_own = file.source["type"] == "artifact" or bool(file.source.get("session_id"))
    is_outside = file.source["type"] == "url" or (is_own and file.person_id == user_id)
    return file.blob_key is not None or (is_outside and not file.source.get("member"))


async def _find(session: AsyncSession, job_id: str) -> JobRow:
    row = await session.get(JobRow, job_id)
    if row is None or row.status == "receiving":
        raise NotFound(f"There is no job {job_id}.")
    return row
