"""A workspace's files, seen from the server, while programs in a sandbox may do what they like in the same folder."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

from entourage.workspaces.changes import Changes
from entourage.workspaces.reading import Reading
from entourage.workspaces.types import Edited, Entry, FileText, FolderUsage, Listing, SearchResult

MOUNT = "/work"


class WorkspaceFiles:
    """Safe access to the folder `root`, which must exist.

    No path leads out of it, no link is followed, only regular files are opened, and nothing blocks on a pipe or device.
    Paths are relative to the workspace; `mount`, under which the sandbox sees it, may stand before them. `owner`
    (uid, gid) is whom new files are given to by a server that is root.

    Every method raises the problems of `entourage.kit.errors`: Invalid (a path that is none, not a regular file),
    NotFound, Forbidden (a link, permissions), Conflict, TooLarge, QuotaExceeded, UnsupportedMedia (not text).
    """

    def __init__(
        self,
        root: Path,
        quota_bytes: int,
        max_file_bytes: int,
        *,
        owner: tuple[int, int] | None = None,
        mount: str = MOUNT,
    ) -> None:
        self._reading = Reading(root, quota_bytes, max_file_bytes, mount)
        self._changes = Changes(self._reading, owner, threading.Lock())

    async def read(self, path: str, *, offset: int = 0, limit: int = 2_000) -> FileText:
        """Lines `offset` (from 0) to `offset + limit` of a text file; bytes that are not UTF-8 become U+FFFD."""
        return await asyncio.to_thread(self._reading.text, path, offset, limit)

    async def read_bytes(self, path: str) -> bytes:
        """A whole file. Raises TooLarge above `max_file_bytes`."""
        return await asyncio.to_thread(self._reading.content, path)

    async def write(self, path: str, content: str | bytes) -> Entry:
        """Put a whole file in place at once, making the folders above it. An existing file keeps its mode."""
        data = content.encode() if isinstance(content, str) else content
        return await asyncio.to_thread(self._changes.write, path, data)

    async def edit(self, path: str, old: str, new: str, *, replace_all: bool = False) -> Edited:
        """Replace `old`, which must occur exactly once unless `replace_all`. Raises Conflict when the file changed
        meanwhile."""
        return await asyncio.to_thread(self._changes.edit, path, old, new, replace_all=replace_all)

    async def list(
        self, path: str = "", *, glob: str | None = None, recursive: bool = True, limit: int = 1_000
    ) -> Listing:
        """What is in a folder, hidden names too. `glob`: see `walk.matcher`."""
        return await asyncio.to_thread(self._reading.list, path, glob, recursive=recursive, limit=limit)

    async def search(
        self,
        pattern: str,
        *,
        literal: bool = False,
        ignore_case: bool = False,
        path: str = "",
        glob: str | None = None,
        limit: int = 200,
    ) -> SearchResult:
        """Lines of text files that match a regular expression. Raises TimedOut."""
        return await asyncio.to_thread(
            self._reading.search, pattern, path, glob, literal=literal, ignore_case=ignore_case, limit=limit
        )

    async def stat(self, path: str) -> Entry:
        """What a name is; of a link, the link itself."""
        return await asyncio.to_thread(self._reading.stat, path)

    async def usage(self) -> FolderUsage:
        """What the workspace holds now."""
        return await asyncio.to_thread(self._reading.usage)

    async def delete(self, path: str, *, recursive: bool = False) -> None:
        """Remove a file, a link or an empty folder; a full folder with `recursive`."""
        await asyncio.to_thread(self._changes.delete, path, recursive=recursive)

    async def rename(self, path: str, to: str, *, overwrite: bool = False) -> Entry:
        """Move a file or folder, making the folders above `to`."""
        return await asyncio.to_thread(self._changes.rename, path, to, overwrite=overwrite)

    async def make_folder(self, path: str) -> Entry:
        """Make a folder and those above it; no error when it is there."""
        return await asyncio.to_thread(self._changes.make_folder, path)
