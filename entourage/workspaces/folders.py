"""Where the working folders are: one for each conversation and each workspace, below its owner's."""

from __future__ import annotations

import asyncio
import os
import threading
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from pathlib import Path

from entourage.kit.ids import is_id
from entourage.workspaces.files import WorkspaceFiles
from entourage.workspaces.kept import GONE, KEPT, Kept, remove, sweep_all
from entourage.workspaces.metering import Meter
from entourage.workspaces.walk import MOST_VISITED

MAX_FILE_BYTES = 64 * 1_048_576
DELETING = "deleting"
PERSON_FILES = 2_000_000
PERSON_FRESH_SECONDS = 60.0
MOST_METERS = 4_000


class Folders:
    """Working folders under `root/<owner>/<id>`. `owner` is the uid and gid of sandboxed programs.

    `quota_bytes` is what all folders of a person may hold together, trash and all; a single one, if it is a workspace,
    at most `workspace_bytes` and `workspace_files`.
    """

    def __init__(
        self,
        root: Path,
        *,
        quota_bytes: int,
        owner: tuple[int, int] | None = None,
        workspace_bytes: int | None = None,
        workspace_files: int = MOST_VISITED,
    ) -> None:
        self._root = root
        self.quota_bytes = quota_bytes
        self._owner = owner
        self.workspace_bytes = min(workspace_bytes or quota_bytes, quota_bytes)
        self.workspace_files = workspace_files
        self._meters: OrderedDict[Path, Meter] = OrderedDict()
        self._metering = threading.Lock()
        self.on_parting: list[Callable[[Path], Awaitable[None]]] = []
        """Called before a folder goes, or when somebody may no longer use it: programs in it must end."""
        root.mkdir(parents=True, exist_ok=True)

    def path(self, owner_id: str, folder_id: str) -> Path:
        """The folder, made when it is not there."""
        if not is_id(owner_id) or not is_id(folder_id):
            raise ValueError("owner and conversation must be ids")
        folder = self._root / owner_id / folder_id
        if not folder.is_dir():
            folder.mkdir(parents=True, exist_ok=True)
            if self._owner:
                os.chown(folder, *self._owner)
        return folder

    def has(self, owner_id: str, folder_id: str) -> bool:
        """Whether there is such a folder."""
        return is_id(owner_id) and is_id(folder_id) and (self._root / owner_id / folder_id).is_dir()

    def of(self, owner_id: str, folder_id: str) -> WorkspaceFiles:
        """Safe access to the files of a conversation's folder."""
        return self._files(owner_id, folder_id, self.quota_bytes, MOST_VISITED)

    def of_workspace(self, owner_id: str, workspace_id: str) -> WorkspaceFiles:
        """Safe access to the files of a workspace."""
        return self._files(owner_id, workspace_id, self.workspace_bytes, self.workspace_files)

    async def part(self, owner_id: str, folder_id: str) -> None:
        """End what works in the folder; does nothing when there is none."""
        if self.has(owner_id, folder_id):
            for listener in self.on_parting:
                await listener(self.path(owner_id, folder_id))

    async def delete(self, owner_id: str, folder_id: str) -> None:
        """Remove the folder, all in it and all that is kept beside it."""
        await self.part(owner_id, folder_id)
        await asyncio.to_thread(self._delete, owner_id, folder_id)

    def mark_deleting(self, owner_id: str, folder_id: str) -> None:
        """Remember that a folder is about to go with its row: whichever comes second may be done after a restart."""
        Kept.beside(self.path(owner_id, folder_id)).mark(DELETING)

    def marked_deleting(self) -> list[tuple[str, str]]:
        """Owners and ids of folders that were about to go."""
        return [(mark.parents[2].name, mark.parent.name) for mark in self._root.glob(f"*/{KEPT}/*/{DELETING}")]

    def empty_trash(self, before_ms: int) -> int:
        """Remove for good what was deleted before a time, of everybody; how many things that were."""
        removed = 0
        for trash in self._root.glob(f"*/{KEPT}/*/trash"):
            owner_id, folder_id = trash.parents[2].name, trash.parent.name
            if self.has(owner_id, folder_id):
                removed += self.of_workspace(owner_id, folder_id).trash.empty(before_ms)
        return removed

    def sweep(self, *, alone: bool) -> None:
        """Remove what killed servers left half made."""
        sweep_all(self._root, alone=alone)

    def _files(self, owner_id: str, folder_id: str, quota_bytes: int, max_files: int) -> WorkspaceFiles:
        path = self.path(owner_id, folder_id)
        mine = self._meter(path, quota_bytes, max_files, "the workspace")
        person = self._meter(path.parent, self.quota_bytes, PERSON_FILES, "its owner", PERSON_FRESH_SECONDS)
        return WorkspaceFiles(
            path, quota_bytes, MAX_FILE_BYTES, owner=self._owner, meters=[mine, person], max_files=max_files
        )

    def _meter(self, path: Path, most_bytes: int, most_files: int, what: str, fresh_seconds: float = 5.0) -> Meter:
        with self._metering:
            meter = self._meters.get(path)
            if meter is None or meter.most_bytes != most_bytes:
                meter = Meter(
                    path, most_bytes=most_bytes, most_files=most_files, what=what, fresh_seconds=fresh_seconds
                )
                self._meters[path] = meter
            self._meters.move_to_end(path)
            if len(self._meters) > MOST_METERS:
                self._meters.popitem(last=False)
            return meter

    def _delete(self, owner_id: str, folder_id: str) -> None:
        folder = self.path(owner_id, folder_id)
        kept = folder.parent / KEPT
        kept.mkdir(mode=0o700, exist_ok=True)
        for path, name in ((folder, f"{folder_id}-files{GONE}"), (kept / folder_id, f"{folder_id}-kept{GONE}")):
            if path.exists():
                path.rename(kept / name)  # at once: what a killed server leaves of it is removed at the next start
                remove(kept / name)
