"""Copies of a workspace's files from before a program runs: what it changes can be reviewed then.

A copy is kept until the file is another. The index is in memory: a server that was started anew copies once more.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from pathlib import Path

from entourage.kit.errors import Problem
from entourage.workspaces.files import WorkspaceFiles
from entourage.workspaces.kept import remove
from entourage.workspaces.review.bases import MOST_TEXT_BYTES
from entourage.workspaces.walk import tag_of
from entourage.workspaces.watching.scanning import FOLDER_TAG, Scan, Seen

MOST_BYTES = 128 * 1_048_576
"""Of all copies: the smallest files come first, as a program waits until they are made (half a second)."""
MOST_FILES = 5_000


class Shadow:
    """The copies of one workspace. Blocking."""

    def __init__(self, files: WorkspaceFiles) -> None:
        self._files = files
        self._copied: dict[str, Seen] = {}

    def follow(self, scan: Scan) -> None:
        """Copy what changed since the last time."""
        for path in [path for path, seen in self._copied.items() if scan.get(path) != seen]:
            self._drop(path)
        total = sum(seen.size for seen in self._copied.values())
        wanted = [
            (seen.size, path)
            for path, seen in scan.items()
            if seen.tag != FOLDER_TAG and seen.size <= MOST_TEXT_BYTES and path not in self._copied
        ]
        for size, path in sorted(wanted):
            if len(self._copied) >= MOST_FILES or total + size > MOST_BYTES:
                break
            if self._copy(path, scan[path]):
                total += size

    def content(self, path: str, seen: Seen) -> bytes | None:
        """A file as it was when it was seen so; None when there is no copy."""
        if self._copied.get(path) != seen:
            return None
        with suppress(OSError):
            return self._place(path).read_bytes()
        return None

    def _copy(self, path: str, seen: Seen) -> bool:
        with suppress(Problem, OSError):
            data, status = self._files.reading.content_and_status(path)
            if Seen(tag_of(status), status.st_size) == seen:
                self._place(path).write_bytes(data)
                self._copied[path] = seen
                return True
        return False

    def _drop(self, path: str) -> None:
        remove(self._place(path))
        del self._copied[path]

    def _place(self, path: str) -> Path:
        return self._files.kept.shadow / hashlib.blake2b(path.encode(), digest_size=16).hexdigest()
