"""What a running sandbox uses: its processes, as /proc shows them, and its work folder."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

import msgspec

from entourage.sandboxes.bubblewrap import MEMORY_FOLDERS

DEEPEST_FOLDER = 100
FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_TICKS = os.sysconf("SC_CLK_TCK")


class Usage(msgspec.Struct, frozen=True):
    """A sample. `memory_bytes` is anonymous and shared memory, without pages of files."""

    memory_bytes: int = 0
    processes: int = 0
    cpu_seconds: float = 0.0
    file_bytes: int = 0
    files: int = 0


class _TooDeepError(Exception):
    """A tree made to be endless."""


def measure(
    init: int,
    work_folder: Path,
    *,
    most_files: int,
    run_folder: Path | None = None,
    scratch: Mapping[str, int] = MEMORY_FOLDERS,
) -> Usage:
    """Sample the sandbox whose first process is `init`; `run_folder` is another one that it writes to.

    Raises OSError when the work folder is gone.
    """
    memory = cpu_ticks = processes = unlinked = 0
    folder = os.open(work_folder, FOLDER)
    try:
        device = os.fstat(folder).st_dev
        for pid in _descendants(init):
            with suppress(OSError, ValueError, IndexError):
                memory += _resident(pid)
                cpu_ticks += _cpu_ticks(pid)
                processes += 1
                unlinked += _unlinked_bytes(pid, device)
        file_bytes, files = folder_usage(folder, most_files=most_files)
    finally:
        os.close(folder)
    if run_folder is not None:
        more_bytes, more_files = _folder_usage_at(run_folder, most_files)
        file_bytes, files = file_bytes + more_bytes, files + more_files
    files += _scratch_files(init, scratch)
    return Usage(memory, processes, cpu_ticks / _TICKS, file_bytes + unlinked, files)


def folder_usage(folder: int, *, most_files: int) -> tuple[int, int]:
    """Bytes on disk and entries below an open folder, never following a link.

    Stops early above `most_files`; a tree deeper than DEEPEST_FOLDER counts as having too many.
    """
    total = count = 0
    try:
        for status in _walk(folder):
            total += status.st_blocks * 512
            count += 1
            if count > most_files:
                break
    except _TooDeepError:
        count = most_files + 1
    return total, count


def _folder_usage_at(path: Path, most_files: int) -> tuple[int, int]:
    folder = os.open(path, FOLDER)
    try:
        return folder_usage(folder, most_files=most_files)
    finally:
        os.close(folder)


def _walk(folder: int) -> Iterator[os.stat_result]:
    stack = [os.open(".", FOLDER, dir_fd=folder)]
    levels = [os.scandir(stack[0])]
    try:
        while stack:
            entry = next(levels[-1], None)
            if entry is None:
                levels.pop().close()
                os.close(stack.pop())
                continue
            with suppress(OSError):
                status = entry.stat(follow_symlinks=False)
                yield status
                if stat.S_ISDIR(status.st_mode):
                    if len(stack) >= DEEPEST_FOLDER:
                        raise _TooDeepError
                    stack.append(os.open(entry.name, FOLDER, dir_fd=stack[-1]))
                    levels.append(os.scandir(stack[-1]))
    finally:
        for level in levels:
            level.close()
        for fd in stack:
            os.close(fd)


def _descendants(pid: int) -> Iterator[int]:
    pending = [pid]
    while pending:
        current = pending.pop()
        yield current
        with suppress(OSError):
            for task in Path(f"/proc/{current}/task").iterdir():
                children = (task / "children").read_text()
                pending += map(int, children.split())


def _resident(pid: int) -> int:
    kibibytes = 0
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(("RssAnon:", "RssShmem:")):
            kibibytes += int(line.split()[1])
    return kibibytes * 1024


def _cpu_ticks(pid: int) -> int:
    """Own time and that of children already waited for (proc(5): fields 14 to 17)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15]))


def _unlinked_bytes(pid: int, device: int) -> int:
    """Deleted files that a process holds open: they take room, and no folder shows them."""
    total = 0
    with suppress(OSError):
        for descriptor in Path(f"/proc/{pid}/fd").iterdir():
            with suppress(OSError):
                status = descriptor.stat()
                if status.st_nlink == 0 and status.st_dev == device and stat.S_ISREG(status.st_mode):
                    total += status.st_blocks * 512
    return total


def _scratch_files(init: int, scratch: Mapping[str, int]) -> int:
    """Entries in the sandbox's memory folders: they have a size in bytes but no bound on names.

    While bubblewrap sets the sandbox up, these paths are still the host's; the size tells.
    """
    count = 0
    for folder, size in scratch.items():
        with suppress(OSError):
            status = os.statvfs(f"/proc/{init}/root{folder}")
            if status.f_blocks * status.f_frsize == size:
                count += status.f_files - status.f_ffree
    return count
