"""What people hand in to be remembered: taken in whole or not at all, then read in the background."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import msgspec
from sqlalchemy import func, select

from entourage.artifacts.service import Artifacts
from entourage.kit.clock import now_ms
from entourage.kit.errors import Invalid, QuotaExceeded, TooMany
from entourage.kit.ids import new_id
from entourage.memory.ingest.finishing import Finishing
from entourage.memory.ingest.limits import MAX_OPEN_FILES, Limits
from entourage.memory.ingest.naming import clean_path
from entourage.memory.ingest.origins import Origins, too_large
from entourage.memory.ingest.schemas import Job, NewIngest
from entourage.memory.ingest.skipping import Skipping
from entourage.memory.ingest.sweeping import Sweeping
from entourage.memory.ingest.tables import FileRow, JobRow
from entourage.memory.ingest.telling import job_of
from entourage.memory.ingest.unpacking import blob_key, fresh
from entourage.memory.ingest.usage import used_bytes
from entourage.memory.ingest.worker import Worker
from entourage.memory.schemas import Author
from entourage.stores.blobs import Blobs
from entourage.stores.sql import Database


class Options(msgspec.Struct, frozen=True):
    """How what is read shall be kept."""

    tags: list[str]
    agent: str | None
    shared: bool
    author: Author | None = None
    """Who hands it in, where it goes into the memory of a workspace."""


class Upload(msgspec.Struct, frozen=True):
    """A file as it comes in; `name` may be a path within a folder."""

    name: str
    read: Callable[[], Awaitable[bytes]]


class Ingest:
    """Takes in files and sources."""

    def __init__(
        self,
        database: Database,
        blobs: Blobs,
        artifacts: Artifacts,
        origins: Origins,
        worker: Worker,
        finishing: Finishing,
        sweeping: Sweeping,
        limits: Limits,
    ) -> None:
        self._database = database
        self._blobs = blobs
        self._artifacts = artifacts
        self._origins = origins
        self._worker = worker
        self._finishing = finishing
        self._sweeping = sweeping
        self._limits = limits

    async def add_source(self, owner_id: str, new: NewIngest, author: Author | None = None) -> Job:
        """Read one source, of the `author` where the owner is a workspace.

        Raises NotFound (artifact, path), Invalid, Forbidden, QuotaExceeded, TooMany.
        """
        options = Options(list(new.tags), new.agent, new.shared, author)
        if new.text is not None:
            name = clean_path(new.name or "")
            upload = Upload(name, _given(new.text.encode(errors="replace")))
            return await self._uploaded(owner_id, [upload], options, {"type": "person", "name": name})
        source = await self._source(author.id if author else owner_id, new)
        job = await self._begin(owner_id, source, options)
        row = _row(job, 1, str(source.get("name") or source.get("url")), source)
        return await self._queue(job, [row])

    async def add_files(self, owner_id: str, uploads: Sequence[Upload], options: Options) -> Job:
        """Read uploaded files; names with folders in them make it a repository. Raises Invalid, QuotaExceeded."""
        return await self._uploaded(owner_id, uploads, options, None)

    async def _source(self, person_id: str, new: NewIngest) -> dict[str, Any]:
        if new.url is not None:
            if not new.url.lower().startswith(("http://", "https://")):
                raise Invalid("Only http and https addresses are read.", errors=[{"field": "url", "message": "scheme"}])
            return {"type": "url", "url": new.url, "name": new.name or new.url[:512]}
        if new.artifact_id is not None:
            artifact = await self._artifacts.get(person_id, new.artifact_id)
            return {"type": "artifact", "id": artifact.id, "name": artifact.title, "session_id": artifact.chat_id}
        assert new.path
        assert new.session_id
        await self._origins.stat(person_id, new.session_id, new.path)
        return {"type": "file", "name": new.path, "session_id": new.session_id}

    async def _uploaded(
        self, owner_id: str, uploads: Sequence[Upload], options: Options, source: dict[str, Any] | None
    ) -> Job:
        job = await self._begin(owner_id, source or {"type": "file"}, options)
        try:
            rows = await self._received(job, uploads, source)
            if not rows:
                raise Invalid("There is no file to read.", errors=[{"field": "files", "message": "none were sent"}])
        except BaseException:
            await self._sweeping.forget(owner_id, job.id)
            raise
        if source is None and any("/" in row.name for row in rows):
            job.source = {"type": "repository", "name": rows[0].name.split("/", 1)[0]}
        elif len(rows) == 1:
            job.source = {"type": job.source["type"], "name": rows[0].name}
        return await self._queue(job, rows)

    async def _begin(self, owner_id: str, source: dict[str, Any], options: Options) -> JobRow:
        """A job whose files are still on their way in. Raises TooMany, QuotaExceeded."""
        job = JobRow(
            id=new_id(),
            status="receiving",
            source=source,
            tags=list(dict.fromkeys(options.tags)),
            agent=options.agent,
            shared=options.shared,
            skipped=0,
            created_ms=now_ms(),
            ended_ms=None,
            author=options.author.model_dump() if options.author else None,
        )
        open_files = select(func.count()).select_from(FileRow).where(FileRow.status.in_(("waiting", "reading")))
        async with self._database.write(owner_id) as session:
            if (await session.scalar(open_files) or 0) >= MAX_OPEN_FILES:
                raise TooMany(f"{MAX_OPEN_FILES:,} of your files wait to be read already.", retry_after_seconds=60)
            if await used_bytes(session) >= self._limits.quota_bytes:
                raise _no_room(self._limits.quota_bytes)
            session.add(job)
        return job

    async def _received(self, job: JobRow, uploads: Sequence[Upload], source: dict[str, Any] | None) -> list[FileRow]:
        async with self._database.read(job.owner_id) as session:
            left = self._limits.quota_bytes - await used_bytes(session)
        named = {clean_path(upload.name): upload for upload in uploads}
        worth = await _worth_reading(named)
        job.skipped = len(named) - len(worth)
        rows: list[FileRow] = []
        for place, name in enumerate(worth, 1):
            data = await named[name].read()
            left -= len(data)
            if left < 0:
                raise _no_room(self._limits.quota_bytes)
            rows.append(await self._kept(job, place, name, data, source or _uploaded_as(name)))
        return rows

    async def _kept(self, job: JobRow, place: int, name: str, data: bytes, source: dict[str, Any]) -> FileRow:
        if len(data) > self._limits.file_bytes:
            error = fresh(too_large(len(data), self._limits.file_bytes))
            return _row(job, place, name, source, bytes=len(data), **error)
        row = _row(job, place, name, source, bytes=len(data))
        row.blob_key = key = blob_key(job.id, row.id)
        await self._blobs.put(job.owner_id, key, data)
        return row

    async def _queue(self, job: JobRow, rows: list[FileRow]) -> Job:
        async with self._database.write(job.owner_id) as session:
            row = await session.merge(job)
            row.status = "queued"
            session.add_all(rows)
            await session.flush()
            shown = await job_of(session, row)
        await self._finishing.begun(job.owner_id, job.id)
        self._worker.wake()
        return shown


def _row(job: JobRow, place: int, name: str, source: dict[str, Any], **values: Any) -> FileRow:
    columns = {"bytes": 0, "blob_key": None, "author": job.author, **fresh(), **values}
    return FileRow(id=new_id(), job_id=job.id, place=place, name=name, source=source, **columns)


async def _worth_reading(named: dict[str, Upload]) -> list[str]:
    """Of a folder what its .gitignore files leave; single files whatever they are called."""
    rules = Skipping()
    for name, upload in named.items():
        folder, _, file = name.rpartition("/")
        if folder and file == ".gitignore":
            text = (await upload.read()).decode(errors="replace")
            rules.add_gitignore(folder, text)
            named[name] = Upload(name, _given(text.encode()))
    return [name for name in named if "/" not in name or not rules.skips(name)]


def _uploaded_as(name: str) -> dict[str, Any]:
    return {"type": "repository" if "/" in name else "file", "name": name}


def _given(data: bytes) -> Callable[[], Awaitable[bytes]]:
    async def read() -> bytes:
        return data

    return read


def _no_room(quota_bytes: int) -> QuotaExceeded:
    return QuotaExceeded(
        f"Your documents would take more than {quota_bytes:,} bytes.", hint="Delete documents you no longer need."
    )
