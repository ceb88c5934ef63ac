"""Copies of a workspace's texts from before a program runs: what it changes can be reviewed then.

A copy is kept until the file is another. The index is in memory: a server that was started anew copies once more.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from pathlib import Path

from entourage.kit.errors import Problem
from entourage.workspaces.files import WorkspaceFiles
from entourage.workspaces.kept import remove
from entourage.workspaces.watching.scanning import FOLDER_TAG, Scan

MOST_FILE_BYTES = 512 * 1024
MOST_BYTES = 64 * 1_048_576
MOST_FILES = 5_000


class Shadow:
    """The copies of one workspace. Blocking."""

    def __init__(self, files: WorkspaceFiles) -> None:
        self._files = files
        self._tags: dict[str, str] = {}
        self._sizes: dict[str, int] = {}

    def follow(self, scan: Scan) -> None:
        """Copy what changed since the last time."""
        for path in [path for path in self._tags if scan.get(path) != self._tags[path]]:
            self._drop(path)
        total = sum(self._sizes.values())
        for path, tag in scan.items():
            if tag == FOLDER_TAG or path in self._tags:
                continue
            if len(self._tags) >= MOST_FILES or total >= MOST_BYTES:
                break
            total += self._copy(path, tag)

    def content(self, path: str, tag: str) -> bytes | None:
        """A file as it was when it had this tag; None when there is no copy."""
        if self._tags.get(path) != tag:
            return None
        with suppress(OSError):
            return self._place(path).read_bytes()
        return None

    def _copy(self, path: str, tag: str) -> int:
        with suppress(Problem, OSError):
            if self._files.reading.stat(path).size > MOST_FILE_BYTES:
                return 0
            data = self._files.reading.content(path)
            self._place(path).write_bytes(data)
            self._tags[path], self._sizes[path] = tag, len(data)
            return len(data)
        return 0

    def _drop(self, path: str) -> None:
        remove(self._place(path))
        del self._tags[path], self._sizes[path]

    def _place(self, path: str) -> Path:
        return self._files.kept.shadow / hashlib.blake2b(path.encode(), digest_size=16).hexdigest()
