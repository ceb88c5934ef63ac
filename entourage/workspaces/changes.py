"""Changing a workspace: the blocking half of `WorkspaceFiles` that writes."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

import msgspec

from entourage.kit.errors import Conflict, Invalid, Stale, TooLarge, UnsupportedMedia
from entourage.kit.etag import check_if_match
from entourage.workspaces.beneath import open_file, opened, problems
from entourage.workspaces.editing import replaced, unified
from entourage.workspaces.ground import NEW_FILE_MODE, Ground, status_of
from entourage.workspaces.removing import remove_empty
from entourage.workspaces.search import BINARY_SNIFF_BYTES
from entourage.workspaces.types import Edited, Entry
from entourage.workspaces.walk import Found, entry_of, tag_of

CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


class Only(msgspec.Struct, frozen=True):
    """When a file may be written: `match` is an If-Match header (None: whatever is there), `new`: nothing is there."""

    match: str | None = None
    new: bool = False


ALWAYS = Only()

Before = Callable[[str, bytes | None], None]
"""Told the path and the bytes of a file (None: there was none) before it changes, while the folder is held."""


class Changes:
    """One change at a time, so that quotas and conditions hold. See `WorkspaceFiles` for what methods do."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._reading = ground.reading

    def write(self, path: str, data: bytes, only: Only = ALWAYS, before: Before | None = None) -> Entry:
        """Replace the file whole."""
        parts = self._reading.named(path)
        self._check_size(path, len(data))
        with self._ground.held() as root, self._ground.parent(root, parts, path) as parent:
            there = status_of(parent, parts[-1])
            check(path, there, only)
            more = len(data) - (there.st_size if there else 0)
            self._ground.reserve(path, more, 0 if there else 1)
            if before:
                before("/".join(parts), _bytes_of(root, parts, there))
            mode = stat.S_IMODE(there.st_mode) & 0o777 if there else NEW_FILE_MODE
            self._put(parent, parts[-1], data, mode)
            self._ground.add(more, 0 if there else 1)
            return entry_of(Found(parts, os.stat(parts[-1], dir_fd=parent, follow_symlinks=False)))

    def edit(self, path: str, old: str, new: str, *, replace_all: bool, before: Before | None = None) -> Edited:
        data, status = self._reading.content_and_status(path)
        if b"\0" in data[:BINARY_SNIFF_BYTES]:
            raise UnsupportedMedia(f"{path!r} is not text", hint="Write the whole file instead.")
        try:
            text = data.decode()
        except UnicodeDecodeError:
            raise UnsupportedMedia(f"{path!r} is not UTF-8", hint="Write the whole file instead.") from None
        after, count = replaced(text, old, new, path, replace_all=replace_all)
        try:
            entry = self.write(path, after.encode(), Only(tag_of(status)), before)
        except Stale:
            raise Conflict(f"{path!r} changed while it was edited", hint="Read it again.") from None
        return Edited(entry, count, unified(text, after, entry.path))

    def delete(self, path: str, *, recursive: bool, only: Only = ALWAYS) -> None:
        parts = self._reading.named(path)
        with self._ground.held() as root, self._ground.existing(root, parts, path) as parent, problems(path):
            status = os.stat(parts[-1], dir_fd=parent, follow_symlinks=False)
            check_if_match(only.match, tag_of(status))
            if not stat.S_ISDIR(status.st_mode):
                os.unlink(parts[-1], dir_fd=parent)
                self._ground.add(-status.st_size, -1)
            elif recursive:
                with self._ground.kept.place() as gone:  # at once: nobody meets half of it
                    os.rename(parts[-1], gone, src_dir_fd=parent)
            else:
                remove_empty(parent, parts[-1], path)

    def rename(self, path: str, to: str, *, overwrite: bool) -> Entry:
        parts, target = self._reading.named(path), self._reading.named(to)
        if target[: len(parts)] == parts:
            raise Invalid(f"{path!r} cannot be moved into itself, {to!r}", hint="Choose another place.")
        with (
            self._ground.held() as root,
            self._ground.existing(root, parts, path) as source,
            self._ground.parent(root, target, to) as parent,
        ):
            if not overwrite and status_of(parent, target[-1]):
                raise Conflict(f"{to!r} is there already", hint="Choose another name, or allow overwriting.")
            with problems(to):
                os.rename(parts[-1], target[-1], src_dir_fd=source, dst_dir_fd=parent)
            return entry_of(Found(target, os.stat(target[-1], dir_fd=parent, follow_symlinks=False)))

    def make_folder(self, path: str) -> Entry:
        parts = self._reading.named(path)
        self._ground.reserve(path, 0, len(parts))
        with self._ground.held() as root, self._ground.parent(root, (*parts, "."), path) as folder:
            return entry_of(Found(parts, os.fstat(folder)))

    def _check_size(self, path: str, size: int) -> None:
        most = self._reading.max_file_bytes
        if size > most:
            raise TooLarge(f"{path!r} would have {size:,} bytes; a file has at most {most:,}", hint="Split it.")

    def _put(self, parent: int, name: str, data: bytes, mode: int) -> None:
        """Written beside, then put in place at once: whoever is killed in between leaves the old file."""
        with self._ground.kept.place() as temporary:
            self._fill(temporary, data, mode)
            os.rename(temporary, name, dst_dir_fd=parent)

    def _fill(self, temporary: Path, data: bytes, mode: int) -> None:
        fd = os.open(temporary, CREATE, 0o600)
        with os.fdopen(fd, "wb") as file:
            file.write(data)
            file.flush()
            self._ground.give(fd)
            os.fchmod(fd, mode)


def check(path: str, there: os.stat_result | None, only: Only) -> None:
    """Raises Invalid for what is no regular file, Stale when the condition does not hold."""
    if there is not None and not stat.S_ISREG(there.st_mode):
        raise Invalid(f"{path!r} is not a regular file", hint="Delete it first, or choose another name.")
    if only.new and there is not None:
        raise Stale(f"{path!r} is there already.", hint="Read it first.", headers={"ETag": tag_of(there)})
    if only.match is None:
        return
    if there is None:
        raise Stale(f"{path!r} is not there any more.", hint="Write it as a new file, or leave it.")
    check_if_match(only.match, tag_of(there))


def _bytes_of(root: int, parts: tuple[str, ...], there: os.stat_result | None) -> bytes | None:
    if there is None:
        return None
    with opened(open_file(root, parts, os.O_RDONLY)) as fd, os.fdopen(os.dup(fd), "rb") as file:
        return file.read(there.st_size)
