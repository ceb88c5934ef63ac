"""A workspace's files, seen from the server, while programs in a sandbox may do what they like in the same folder."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

from entourage.workspaces.changes import ALWAYS, Before, Changes, Only
from entourage.workspaces.grafting import Grafting
from entourage.workspaces.ground import Ground
from entourage.workspaces.kept import Kept
from entourage.workspaces.metering import Meter
from entourage.workspaces.reading import Opened, Reading
from entourage.workspaces.trash import Trash
from entourage.workspaces.types import Edited, Entry, FileText, FolderUsage, Listing, SearchResult
from entourage.workspaces.walk import DEEPEST_FOLDER, MOST_VISITED, Skips

MOUNT = "/work"


class WorkspaceFiles:
    """Safe access to the folder `root`, which must exist.

    No path leads out of it, no link is followed, only regular files are opened, and nothing blocks on a pipe or device.
    Paths are relative to the workspace; `mount`, under which the sandbox sees it, may stand before them. `owner`
    (uid, gid) is whom new files are given to by a server that is root. `meters` are the quotas it counts to; without
    any it has one of its own. What the server keeps for the folder is beside it (see `kept`).

    Every method raises the problems of `entourage.kit.errors`: Invalid (a path that is none, not a regular file),
    NotFound, Forbidden (a link, permissions), Conflict, Stale, TooLarge, QuotaExceeded, UnsupportedMedia (not text).
    """

    def __init__(
        self,
        root: Path,
        quota_bytes: int,
        max_file_bytes: int,
        *,
        owner: tuple[int, int] | None = None,
        mount: str = MOUNT,
        meters: Sequence[Meter] = (),
        max_files: int = MOST_VISITED,
    ) -> None:
        meters = meters or [Meter(root, most_bytes=quota_bytes, most_files=max_files, what="the workspace")]
        self._reading = Reading(root, meters[0], max_file_bytes, mount)
        ground = Ground(self._reading, Kept.beside(root), meters, owner)
        self._changes = Changes(ground)
        self.grafting = Grafting(ground)
        self.trash = Trash(ground)

    @property
    def kept(self) -> Kept:
        """What the server keeps beside the folder."""
        return self.grafting.kept

    @property
    def reading(self) -> Reading:
        """The blocking half that changes nothing, for those who are in a thread already."""
        return self._reading

    async def read(self, path: str, *, offset: int = 0, limit: int = 2_000) -> FileText:
        """Lines `offset` (from 0) to `offset + limit` of a text file; bytes that are not UTF-8 become U+FFFD."""
        return await asyncio.to_thread(self._reading.text, path, offset, limit)

    async def read_bytes(self, path: str) -> bytes:
        """A whole file. Raises TooLarge above `max_file_bytes`."""
        return await asyncio.to_thread(self._reading.content, path)

    async def open(self, path: str) -> Opened:
        """A file of whatever size, to be read piece by piece and closed."""
        return await asyncio.to_thread(self._reading.opened, path)

    async def write(
        self, path: str, content: str | bytes, only: Only = ALWAYS, *, before: Before | None = None
    ) -> Entry:
        """Put a whole file in place at once, making the folders above it. An existing file keeps its mode.

        Raises Stale, with the file's tag now, when the condition `only` does not hold.
        """
        data = content.encode() if isinstance(content, str) else content
        return await asyncio.to_thread(self._changes.write, path, data, only, before)

    async def edit(
        self, path: str, old: str, new: str, *, replace_all: bool = False, before: Before | None = None
    ) -> Edited:
        """Replace `old`, which must occur exactly once unless `replace_all`. Raises Conflict when the file changed
        meanwhile."""
        return await asyncio.to_thread(self._changes.edit, path, old, new, replace_all=replace_all, before=before)

    async def list(
        self,
        path: str = "",
        *,
        glob: str | None = None,
        recursive: bool = True,
        limit: int = 1_000,
        depth: int = DEEPEST_FOLDER,
        skips: Skips | None = None,
    ) -> Listing:
        """What is in a folder, hidden names too, but for what `skips` names. `glob`: see `walk.matcher`."""
        return await asyncio.to_thread(
            self._reading.list, path, glob, recursive=recursive, limit=limit, depth=depth, skips=skips
        )

    async def search(
        self,
        pattern: str,
        *,
        literal: bool = False,
        ignore_case: bool = False,
        path: str = "",
        glob: str | None = None,
        limit: int = 200,
        skips: Skips | None = None,
    ) -> SearchResult:
        """Lines of text files that match a regular expression. Raises TimedOut."""
        return await asyncio.to_thread(
            self._reading.search,
            pattern,
            path,
            glob,
            literal=literal,
            ignore_case=ignore_case,
            limit=limit,
            skips=skips,
        )

    async def stat(self, path: str) -> Entry:
        """What a name is; of a link, the link itself."""
        return await asyncio.to_thread(self._reading.stat, path)

    async def usage(self) -> FolderUsage:
        """What the workspace holds now."""
        return await asyncio.to_thread(self._reading.usage)

    async def delete(self, path: str, *, recursive: bool = False, only: Only = ALWAYS) -> None:
        """Remove a file, a link or an empty folder for good; a full folder with `recursive`."""
        await asyncio.to_thread(self._changes.delete, path, recursive=recursive, only=only)

    async def rename(self, path: str, to: str, *, overwrite: bool = False) -> Entry:
        """Move a file or folder, making the folders above `to`."""
        return await asyncio.to_thread(self._changes.rename, path, to, overwrite=overwrite)

    async def make_folder(self, path: str) -> Entry:
        """Make a folder and those above it; no error when it is there."""
        return await asyncio.to_thread(self._changes.make_folder, path)

    async def copy(self, path: str, to: str, *, overwrite: bool = False) -> Entry:
        """A file or folder a second time; links and devices in it are left out."""
        return await asyncio.to_thread(self.grafting.copy, path, to, overwrite=overwrite)
