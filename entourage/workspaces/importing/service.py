"""Imports: each is a task of this process, and a row that tells how far it is."""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path
from typing import NamedTuple

import structlog
from sqlalchemy import select, update

from entourage.kit.clock import now_ms
from entourage.kit.errors import Conflict, NotFound, Problem, TooMany
from entourage.kit.ids import new_id
from entourage.stores.sql import EVERYONE, Database
from entourage.workspaces.files import WorkspaceFiles
from entourage.workspaces.git.running import Confined
from entourage.workspaces.importing.repository import check_out
from entourage.workspaces.importing.schemas import Import, ImportList, NewImport
from entourage.workspaces.importing.sources import Download, FetchRepository, checked_url, is_archive_url
from entourage.workspaces.memberships import Membership
from entourage.workspaces.metering import count_below
from entourage.workspaces.packing.unpacking import unpack
from entourage.workspaces.service import Workspaces
from entourage.workspaces.tables import ImportRow
from entourage.workspaces.telling import By, Changed, Telling

logger = structlog.get_logger(__name__)

AT_ONCE = 3
MOST_WAITING = 5
TOLD_SECONDS = 0.5
STALE_MS = 180_000
OPEN = ("queued", "running")
MOST_SHOWN = 100


class Sources(NamedTuple):
    """How to reach what is outside, and the sandbox for git."""

    fetch: FetchRepository
    download: Download
    confined: Confined


class Imports:
    """Brings files in. An import whose server died is failed at the next start: nothing of it is in the workspace."""

    def __init__(self, database: Database, workspaces: Workspaces, telling: Telling, sources: Sources) -> None:
        self._database = database
        self._workspaces = workspaces
        self._telling = telling
        self._sources = sources
        self._places = asyncio.Semaphore(AT_ONCE)
        self._tasks: dict[str, asyncio.Task[None]] = {}

    async def begin(self, member: Membership, new: NewImport) -> Import:
        """Begin to import. Raises Invalid (no such address), TooMany."""
        url = checked_url(new.url) if new.url else None
        files = await self._workspaces.files_of(member)
        files.reading.parts(new.path)
        if new.archive:
            await files.stat(new.archive)
        now = now_ms()
        row = ImportRow(
            id=new_id(),
            workspace_id=member.workspace_id,
            user_id=member.user_id,
            kind="git" if url and not is_archive_url(url) else "archive",
            source=url or new.archive or "",
            ref=new.ref,
            path=new.path,
            status="queued",
            phase="waiting",
            received_bytes=0,
            files=0,
            created_ms=now,
            updated_ms=now,
        )
        async with self._database.write(member.owner_id) as session:
            waiting = await session.scalars(select(ImportRow.id).where(ImportRow.status.in_(OPEN)))
            if len(list(waiting)) >= MOST_WAITING:
                raise TooMany("Several imports of yours are going on.", retry_after_seconds=10)
            session.add(row)
        task = asyncio.create_task(self._run(member, row, files, is_url=url is not None), name=f"import-{row.id}")
        self._tasks[row.id] = task
        task.add_done_callback(lambda _: self._tasks.pop(row.id, None))
        return Import.of(row)

    async def get(self, member: Membership, import_id: str) -> Import:
        """Raises NotFound."""
        async with self._database.read(member.owner_id) as session:
            row = await session.get(ImportRow, import_id)
        if row is None or row.workspace_id != member.workspace_id:
            raise NotFound(f"There is no import {import_id} of this workspace.")
        return Import.of(row)

    async def list(self, member: Membership) -> ImportList:
        """Newest first."""
        mine = select(ImportRow).where(ImportRow.workspace_id == member.workspace_id)
        async with self._database.read(member.owner_id) as session:
            rows = await session.scalars(mine.order_by(ImportRow.id.desc()).limit(MOST_SHOWN))
            return ImportList(items=[Import.of(row) for row in rows])

    async def cancel(self, member: Membership, import_id: str) -> Import:
        """Stop it: nothing of it comes in. Raises NotFound, Conflict when it is over."""
        found = await self.get(member, import_id)
        task = self._tasks.get(import_id)
        if found.status not in OPEN or task is None:
            raise Conflict("This import is over.")
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return await self.get(member, import_id)

    async def adopt(self, *, alone: bool) -> None:
        """Fail what a server that died was importing."""
        lost = update(ImportRow).where(ImportRow.status.in_(OPEN))
        if not alone:
            lost = lost.where(ImportRow.updated_ms < now_ms() - STALE_MS)
        async with self._database.write(EVERYONE) as session:
            detail = "The server was stopped meanwhile. Start it again."
            values = {"status": "failed", "phase": "over", "error_code": "stopped", "error_detail": detail}
            await session.execute(lost.values(**values, ended_ms=now_ms()))

    async def close(self) -> None:
        """Stop all of them."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self, member: Membership, row: ImportRow, files: WorkspaceFiles, *, is_url: bool) -> None:
        told = _Told(self, member, row)
        try:
            async with self._places:
                await told.phase("receiving" if is_url else "unpacking", status="running")
                bring = self._clone if row.kind == "git" else self._archive
                row.files = await bring(row, files, told, is_url=is_url)
                await told.phase("over", status="done")
        except asyncio.CancelledError:
            await told.phase("over", status="cancelled")
            raise
        except Problem as problem:
            await told.failed(problem.slug, f"{problem.detail} {problem.hint or ''}".strip())
        except Exception as error:
            logger.exception("workspace.import_failed", import_id=row.id)
            await told.failed("internal", f"It failed: {type(error).__name__}.")
        finally:
            await told.close()

    async def _clone(self, row: ImportRow, files: WorkspaceFiles, told: _Told, *, is_url: bool) -> int:
        assert is_url
        used = await files.usage()
        room = max(0, used.quota_bytes - used.bytes)
        with files.kept.place() as made, files.kept.place() as pack:
            refs = await self._sources.fetch(row.source, pack, room, told.received)
            await told.phase("unpacking")
            await asyncio.to_thread(made.mkdir, 0o755)
            has_pack = await asyncio.to_thread(pack.exists)
            await check_out(self._sources.confined, made, pack if has_pack else None, refs, row.source, row.ref)
            await told.phase("placing")
            return await asyncio.to_thread(_settle, files, made, row.path)

    async def _archive(self, row: ImportRow, files: WorkspaceFiles, told: _Told, *, is_url: bool) -> int:
        if not is_url:
            return len(await asyncio.to_thread(_unpack_inside, files, row.source, row.path, told))
        used = await files.usage()
        with files.kept.place() as archive:
            await self._sources.download(row.source, archive, max(0, used.quota_bytes - used.bytes), told.received)
            await told.phase("unpacking")
            return len(await asyncio.to_thread(_unpack_file, files, archive, row.path, told))

    async def save(self, member: Membership, row: ImportRow) -> None:
        """Keep the row and tell members."""
        row.updated_ms = now_ms()
        kept = ("status", "phase", "received_bytes", "total_bytes", "files", "error_code", "error_detail", "updated_ms")
        values = {name: getattr(row, name) for name in (*kept, "ended_ms")}
        async with self._database.write(member.owner_id) as session:
            await session.execute(update(ImportRow).where(ImportRow.id == row.id).values(**values))
        await self._telling.say(
            member.workspace_id, "workspace_import", {"job": Import.of(row).model_dump(mode="json")}
        )
        if row.status == "done":
            changed = [Changed(row.path or ".", "folder")]
            await self._telling.changed(member.workspace_id, changed, By(user_id=member.user_id))


class _Told:
    """Tells how far an import is, at most twice a second."""

    def __init__(self, imports: Imports, member: Membership, row: ImportRow) -> None:
        self._imports = imports
        self._member = member
        self._row = row
        self._next = 0.0
        self._saving: asyncio.Task[None] | None = None
        self._loop = asyncio.get_running_loop()

    def received(self, count: int, total: int | None) -> None:
        self._row.received_bytes, self._row.total_bytes = count, total
        self._soon()

    def unpacked(self, files: int, _bytes: int) -> None:
        """From a thread."""
        self._row.files = files
        if time.monotonic() >= self._next:
            self._loop.call_soon_threadsafe(self._soon)

    async def phase(self, phase: str, *, status: str | None = None) -> None:
        await self.close()
        self._row.phase = phase
        self._row.status = status or self._row.status
        self._row.ended_ms = now_ms() if phase == "over" else None
        await self._imports.save(self._member, self._row)

    async def failed(self, code: str, detail: str) -> None:
        self._row.error_code, self._row.error_detail = code[:32], detail[:2000]
        await self.phase("over", status="failed")

    async def close(self) -> None:
        if self._saving:
            await asyncio.gather(self._saving, return_exceptions=True)

    def _soon(self) -> None:
        if time.monotonic() < self._next or (self._saving and not self._saving.done()):
            return
        self._next = time.monotonic() + TOLD_SECONDS
        self._saving = asyncio.create_task(self._imports.save(self._member, self._row))


def _settle(files: WorkspaceFiles, made: Path, to: str) -> int:
    fd = os.open(made, os.O_RDONLY | os.O_DIRECTORY)
    try:
        held = count_below(fd, 1_000_000)
    finally:
        os.close(fd)
    files.grafting.reserve(to or "the repository", held.bytes, held.files)
    files.grafting.settle(made, to)
    return held.files


def _unpack_inside(files: WorkspaceFiles, path: str, to: str, told: _Told) -> list[str]:
    opened = files.reading.opened(path)
    with os.fdopen(opened.fd, "rb") as archive:
        return unpack(files, archive, to, overwrite=False, on_file=told.unpacked)


def _unpack_file(files: WorkspaceFiles, path: Path, to: str, told: _Told) -> list[str]:
    with path.open("rb") as archive:
        return unpack(files, archive, to, overwrite=False, on_file=told.unpacked)
