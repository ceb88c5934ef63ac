"""Changing a workspace: the blocking half of `WorkspaceFiles` that writes."""

from __future__ import annotations

import difflib
import os
import secrets
import stat
import threading
from collections.abc import Generator, Iterator
from contextlib import ExitStack, contextmanager, suppress

from entourage.kit.errors import Conflict, Invalid, QuotaExceeded, TooLarge, UnsupportedMedia
from entourage.workspaces.beneath import FOLDER, open_beneath, opened, problems
from entourage.workspaces.reading import PARENT, Reading, lines_of
from entourage.workspaces.search import BINARY_SNIFF_BYTES
from entourage.workspaces.types import Edited, Entry
from entourage.workspaces.walk import Found, entry_of

NEW_FILE_MODE, NEW_FOLDER_MODE = 0o644, 0o755
CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


class Changes:
    """One change at a time, so that the quota holds. See `WorkspaceFiles` for what methods give and raise."""

    def __init__(self, reading: Reading, owner: tuple[int, int] | None, lock: threading.Lock) -> None:
        self._reading = reading
        self._owner = owner
        self._lock = lock

    def write(self, path: str, data: bytes, expected: os.stat_result | None = None) -> Entry:
        """Replace the file whole; when `expected` is given, only if it is still that one."""
        parts = self._reading.named(path)
        if len(data) > self._reading.max_file_bytes:
            most = self._reading.max_file_bytes
            raise TooLarge(f"{path!r} would have {len(data):,} bytes; a file has at most {most:,}", hint="Split it.")
        with self._lock, opened(self._reading.root()) as root, self._parent(root, parts, path) as parent:
            before = _status(parent, parts[-1])
            self._check(path, before, expected)
            self._reserve(root, path, len(data) - (before.st_size if before else 0))
            mode = stat.S_IMODE(before.st_mode) & 0o777 if before else NEW_FILE_MODE
            self._put(parent, parts[-1], data, mode)
            return entry_of(Found(parts, os.stat(parts[-1], dir_fd=parent, follow_symlinks=False)))

    def edit(self, path: str, old: str, new: str, *, replace_all: bool) -> Edited:
        data, status = self._reading.content_and_status(path)
        if b"\0" in data[:BINARY_SNIFF_BYTES]:
            raise UnsupportedMedia(f"{path!r} is not text", hint="Write the whole file instead.")
        try:
            before = data.decode()
        except UnicodeDecodeError:
            raise UnsupportedMedia(f"{path!r} is not UTF-8", hint="Write the whole file instead.") from None
        count = _occurrences(before, old, path, replace_all=replace_all)
        after = before.replace(old, new)
        entry = self.write(path, after.encode(), status)
        return Edited(entry, count, _diff(before, after, entry.path))

    def delete(self, path: str, *, recursive: bool) -> None:
        parts = self._reading.named(path)
        with self._lock, self._existing(parts, path) as (_, parent), problems(path):
            if not stat.S_ISDIR(os.stat(parts[-1], dir_fd=parent, follow_symlinks=False).st_mode):
                os.unlink(parts[-1], dir_fd=parent)
            elif recursive:
                _remove_tree(parent, parts[-1])
            else:
                _remove_empty(parent, parts[-1], path)

    def rename(self, path: str, to: str, *, overwrite: bool) -> Entry:
        parts, target = self._reading.named(path), self._reading.named(to)
        if target[: len(parts)] == parts:
            raise Invalid(f"{path!r} cannot be moved into itself, {to!r}", hint="Choose another place.")
        with self._lock, self._existing(parts, path) as (root, source), self._parent(root, target, to) as parent:
            if not overwrite and _status(parent, target[-1]):
                raise Conflict(f"{to!r} is there already", hint="Choose another name, or allow overwriting.")
            with problems(to):
                os.rename(parts[-1], target[-1], src_dir_fd=source, dst_dir_fd=parent)
            return entry_of(Found(target, os.stat(target[-1], dir_fd=parent, follow_symlinks=False)))

    def make_folder(self, path: str) -> Entry:
        parts = self._reading.named(path)
        with self._lock, opened(self._reading.root()) as root, self._parent(root, (*parts, "."), path) as folder:
            return entry_of(Found(parts, os.fstat(folder)))

    @contextmanager
    def _existing(self, parts: tuple[str, ...], path: str) -> Generator[tuple[int, int], None, None]:
        """The workspace and the folder in which the last of `parts` is, opened. Raises NotFound when it is not."""
        with opened(self._reading.root()) as root, ExitStack() as found:
            with problems(path):
                parent = found.enter_context(opened(open_beneath(root, parts[:-1], PARENT)))
                os.stat(parts[-1], dir_fd=parent, follow_symlinks=False)
            yield root, parent

    @contextmanager
    def _parent(self, root: int, parts: tuple[str, ...], path: str) -> Generator[int, None, None]:
        """The folder in which the last of `parts` is, opened; made with those above it when missing."""
        with problems(path):
            current = os.open(".", FOLDER, dir_fd=root)
            try:
                for name in parts[:-1]:
                    current = self._enter(current, name)
                yield current
            finally:
                os.close(current)

    def _enter(self, parent: int, name: str) -> int:
        """Open a folder in `parent`, which is closed on success; make it when missing."""
        try:
            os.mkdir(name, NEW_FOLDER_MODE, dir_fd=parent)
        except FileExistsError:
            child = open_beneath(parent, (name,), PARENT)
        else:
            child = open_beneath(parent, (name,), PARENT)
            self._give(child)
        os.close(parent)
        return child

    def _put(self, parent: int, name: str, data: bytes, mode: int) -> None:
        temporary = f".{secrets.token_hex(8)}.part"
        fd = os.open(temporary, CREATE, 0o600, dir_fd=parent)
        try:
            with os.fdopen(fd, "wb") as file:
                file.write(data)
                file.flush()
                self._give(fd)
                os.fchmod(fd, mode)
            os.rename(temporary, name, src_dir_fd=parent, dst_dir_fd=parent)
        except BaseException:
            with suppress(OSError):
                os.unlink(temporary, dir_fd=parent)
            raise

    def _give(self, fd: int) -> None:
        if self._owner is not None:
            os.fchown(fd, *self._owner)

    def _check(self, path: str, before: os.stat_result | None, expected: os.stat_result | None) -> None:
        if before is not None and not stat.S_ISREG(before.st_mode):
            raise Invalid(f"{path!r} is not a regular file", hint="Delete it first, or choose another name.")
        if expected is not None and (before is None or _version(before) != _version(expected)):
            raise Conflict(f"{path!r} changed while it was edited", hint="Read it again.")

    def _reserve(self, root: int, path: str, more_bytes: int) -> None:
        if more_bytes <= 0:
            return
        usage = self._reading.usage_of(root)
        left = usage.quota_bytes - usage.bytes
        if more_bytes > left:
            raise QuotaExceeded(
                f"{path!r} needs {more_bytes:,} bytes more and the workspace has {max(left, 0):,} left",
                hint="Delete files that are no longer needed.",
            )


def _version(status: os.stat_result) -> tuple[int, int, int]:
    return status.st_ino, status.st_mtime_ns, status.st_size


def _status(parent: int, name: str) -> os.stat_result | None:
    try:
        return os.stat(name, dir_fd=parent, follow_symlinks=False)
    except FileNotFoundError:
        return None


def _remove_tree(parent: int, name: str) -> None:
    """Remove a folder with all in it, however deep: folders met are moved up, so neither stack nor descriptors grow."""
    pending = [name]
    while pending:
        current = pending[-1]
        found: list[str] = []
        with opened(os.open(current, FOLDER, dir_fd=parent)) as folder:
            for inner in os.listdir(folder):
                if stat.S_ISDIR(os.stat(inner, dir_fd=folder, follow_symlinks=False).st_mode):
                    found.append(f".{secrets.token_hex(8)}.gone")
                    os.rename(inner, found[-1], src_dir_fd=folder, dst_dir_fd=parent)
                else:
                    os.unlink(inner, dir_fd=folder)
        os.rmdir(current, dir_fd=parent)
        pending.pop()
        pending += found


def _remove_empty(parent: int, name: str, path: str) -> None:
    try:
        os.rmdir(name, dir_fd=parent)
    except OSError as error:
        raise Conflict(f"{path!r} is not empty", hint="Delete it with everything in it (recursive).") from error


def _occurrences(text: str, old: str, path: str, *, replace_all: bool) -> int:
    if not old:
        raise Invalid("the text to replace is empty", hint="Write the whole file instead.")
    count = text.count(old)
    if count == 0:
        raise Invalid(f"{path!r} does not have the text to replace", hint="Read it again and copy the text exactly.")
    if count > 1 and not replace_all:
        lines = [str(number) for number in _lines_with(text, old)]
        raise Invalid(
            f"{path!r} has the text to replace {count} times, at lines {', '.join(lines)}",
            hint="Give more of the text around it, or replace all.",
        )
    return count


def _lines_with(text: str, old: str, most: int = 10) -> Iterator[int]:
    position = -1
    for _ in range(most):
        position = text.find(old, position + 1)
        if position < 0:
            return
        yield text.count("\n", 0, position) + 1


def _diff(before: str, after: str, path: str) -> str:
    lines = difflib.unified_diff(lines_of(before), lines_of(after), f"a/{path}", f"b/{path}")
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)
