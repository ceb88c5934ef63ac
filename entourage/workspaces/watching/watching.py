"""Looking at workspaces in which programs run, and telling what those changed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager

import msgspec
import structlog

from entourage.kit.errors import Problem
from entourage.workspaces.files import WorkspaceFiles
from entourage.workspaces.folders import Folders
from entourage.workspaces.kept import remove
from entourage.workspaces.review.service import Review
from entourage.workspaces.telling import By, Changed, Telling
from entourage.workspaces.watching.scanning import FOLDER_TAG, Scan, differences, scan
from entourage.workspaces.watching.shadow import Shadow

logger = structlog.get_logger(__name__)

LOOK_SECONDS = 1.0
SHARE = 0.03
"""How much of a processor looking at one workspace may take."""
WATCHED_SECONDS = 15 * 60.0
MOST_WATCHED = 200
MOST_REVIEWED = 500
A_PROGRAM = By(process="sandbox")


class Doing(msgspec.Struct, frozen=True):
    """For whom a program runs. With a `review` what it changes waits for one."""

    by: By
    review: bool = False
    run_id: str | None = None
    chat_id: str | None = None
    user_id: str = ""


class _Watched(msgspec.Struct):
    workspace_id: str
    files: WorkspaceFiles
    shadow: Shadow
    until: float = 0.0
    next_look: float = 0.0
    known: Scan | None = None
    doing: list[Doing] = msgspec.field(default_factory=list[Doing])
    looking: asyncio.Lock = msgspec.field(default_factory=asyncio.Lock)


class Watching:
    """Watches workspaces by looking at them again: cheap, and the same on every file system."""

    def __init__(self, folders: Folders, telling: Telling) -> None:
        self._folders = folders
        self._telling = telling
        self._watched: dict[str, _Watched] = {}
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to look."""
        self._task = asyncio.create_task(self._look_around(), name="workspace-watching")

    async def close(self) -> None:
        """Look no more."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def note(self, owner_id: str, workspace_id: str) -> None:
        """A program may write there for the next quarter of an hour."""
        watched = self._of(owner_id, workspace_id)
        watched.until = time.monotonic() + WATCHED_SECONDS
        if watched.known is None:
            await self._look(watched)

    @asynccontextmanager
    async def program(self, owner_id: str, workspace_id: str, doing: Doing) -> AsyncGenerator[None]:
        """What changes while this is open was done by `doing`."""
        watched = self._of(owner_id, workspace_id)
        watched.until = time.monotonic() + WATCHED_SECONDS
        await self._look(watched)
        if doing.review and watched.known is not None:
            await asyncio.to_thread(watched.shadow.follow, watched.known)
        watched.doing.append(doing)
        try:
            yield
        finally:
            try:
                await self._look(watched)
            finally:
                watched.doing.remove(doing)

    def _of(self, owner_id: str, workspace_id: str) -> _Watched:
        watched = self._watched.get(workspace_id)
        if watched is None:
            files = self._folders.of_workspace(owner_id, workspace_id)
            watched = self._watched[workspace_id] = _Watched(workspace_id, files, Shadow(files))
        return watched

    async def _look_around(self) -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            now = time.monotonic()
            for watched in list(self._watched.values()):
                if watched.until < now and not watched.doing:
                    del self._watched[watched.workspace_id]
                    await asyncio.to_thread(remove, watched.files.kept.path / "shadow")
                elif watched.next_look <= now and not watched.looking.locked():
                    await self._look(watched)

    async def _look(self, watched: _Watched) -> None:
        """Tell what changed since the last look. A folder that is gone is watched no more."""
        async with watched.looking:
            began = time.monotonic()
            try:
                now = await asyncio.to_thread(scan, watched.files.reading)
            except (Problem, OSError):
                self._watched.pop(watched.workspace_id, None)
                return
            before, watched.known = watched.known, now
            took = time.monotonic() - began
            watched.next_look = time.monotonic() + max(LOOK_SECONDS, took / SHARE)
            if before is None:
                return
            changed = self._telling.untold(watched.workspace_id, differences(before, now))
            doing = watched.doing[-1] if watched.doing else Doing(A_PROGRAM)
            if changed and doing.review:
                await asyncio.to_thread(self._keep, watched, before, changed, doing)
            await self._telling.changed(watched.workspace_id, changed, doing.by)

    def _keep(self, watched: _Watched, before: Scan, changed: Sequence[Changed], doing: Doing) -> None:
        """How files were before the program: for the review."""
        keeping = Review(watched.files).keeping(
            doing.by.agent or "", run_id=doing.run_id, chat_id=doing.chat_id, user_id=doing.user_id
        )
        with watched.files.kept.locked():
            for one in changed[:MOST_REVIEWED]:
                if one.kind == "folder":
                    continue
                was = before.get(one.path)
                if was is None or was.tag == FOLDER_TAG:
                    keeping.keep(one.path, None)
                elif (data := watched.shadow.content(one.path, was)) is not None:
                    keeping.keep(one.path, data)
                else:
                    keeping.note(one.path, was.size)
