"""How much a folder holds, without counting it at every write."""

from __future__ import annotations

import os
import stat
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from entourage.kit.errors import QuotaExceeded
from entourage.workspaces.beneath import FOLDER

FRESH_SECONDS = 5.0
DEEPEST_FOLDER = 100


class Held(NamedTuple):
    """Bytes of regular files, and names of any kind."""

    bytes: int
    files: int


def count_below(folder: int, most_files: int) -> Held:
    """What is below an open folder, links not followed; counting stops past `most_files`."""
    total = files = 0
    levels = [_opened(".", folder)]
    try:
        while levels and files <= most_files:
            fd, entries = levels[-1]
            entry = next(entries, None)
            if entry is None:
                levels.pop()
                entries.close()
                os.close(fd)
                continue
            files += 1
            with suppress(OSError):
                status = entry.stat(follow_symlinks=False)
                if stat.S_ISREG(status.st_mode):
                    total += status.st_size
                elif stat.S_ISDIR(status.st_mode) and len(levels) < DEEPEST_FOLDER:
                    levels.append(_opened(entry.name, fd))
    finally:
        for fd, entries in levels:
            entries.close()
            os.close(fd)
    return Held(total, files)


def _opened(name: str, parent: int) -> tuple[int, Any]:
    """A folder and the names in it."""
    fd = os.open(name, FOLDER, dir_fd=parent)
    return fd, os.scandir(fd)


class Meter:
    """What a folder holds: counted when the last count is old, and kept up by what is told to `add`.

    Raises QuotaExceeded by `reserve`. Programs in the sandbox write past it; they have limits of their own.
    """

    def __init__(
        self, folder: Path, *, most_bytes: int, most_files: int, what: str, fresh_seconds: float = FRESH_SECONDS
    ) -> None:
        self._folder = folder
        self.most_bytes = most_bytes
        self.most_files = most_files
        self._what = what
        self._fresh_seconds = fresh_seconds
        self._lock = threading.Lock()
        self._held = Held(0, 0)
        self._counted_at = float("-inf")

    def held(self, *, now: bool = False, within_seconds: float | None = None) -> Held:
        """What is there: `now`, or counted within so many seconds (a few, if not told)."""
        with self._lock:
            return self._current(again=now, within_seconds=within_seconds)

    def add(self, more_bytes: int, more_files: int) -> None:
        """Something was written or removed."""
        with self._lock:
            self._held = Held(max(0, self._held.bytes + more_bytes), max(0, self._held.files + more_files))

    def reserve(self, path: str, more_bytes: int, more_files: int = 0) -> None:
        """Raises QuotaExceeded when there is no room for so much more."""
        with self._lock:
            if self._fits(self._current(), more_bytes, more_files):
                return
            held = self._current(again=True)
            if self._fits(held, more_bytes, more_files):
                return
        if more_files and held.files + more_files > self.most_files:
            raise QuotaExceeded(
                f"{self._what} would hold over {self.most_files:,} files and folders with {path[:200]!r}",
                hint="Delete some that are no longer needed.",
            )
        raise QuotaExceeded(
            f"{path[:200]!r} needs {more_bytes:,} bytes more and {self._what} has "
            f"{max(self.most_bytes - held.bytes, 0):,} left",
            hint="Delete files that are no longer needed, and empty the trash.",
        )

    def _fits(self, held: Held, more_bytes: int, more_files: int) -> bool:
        bytes_fit = more_bytes <= 0 or held.bytes + more_bytes <= self.most_bytes
        return bytes_fit and (more_files <= 0 or held.files + more_files <= self.most_files)

    def _current(self, *, again: bool = False, within_seconds: float | None = None) -> Held:
        fresh_seconds = self._fresh_seconds if within_seconds is None else within_seconds
        if again or time.monotonic() - self._counted_at > fresh_seconds:
            try:
                fd = os.open(self._folder, FOLDER)
            except FileNotFoundError:
                return Held(0, 0)
            try:
                self._held = count_below(fd, 2 * self.most_files)
            finally:
                os.close(fd)
            self._counted_at = time.monotonic()
        return self._held
