"""Opening files below a folder that hostile code can write in, so that no name leads out of it.

`openat2` (Linux 5.6) refuses links, `..` and magic links in one step, whatever is renamed meanwhile. Where the kernel
lacks it, each component is opened on its own without following links, which is as safe and slower.
"""

from __future__ import annotations

import ctypes
import errno
import os
import stat
import struct
import sys
from collections.abc import Generator
from contextlib import contextmanager

from entourage.kit.errors import Conflict, Forbidden, Invalid, NotFound, Problem, QuotaExceeded

OPENAT2 = 437
HAS_OPENAT2 = sys.platform == "linux"
RESOLVE_NO_MAGICLINKS, RESOLVE_NO_SYMLINKS, RESOLVE_BENEATH = 0x02, 0x04, 0x08
RESOLVE = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_SYMLINKS
ALWAYS = os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY
FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
MAX_PATH_BYTES, MAX_NAME_BYTES = 4095, 255
OPENAT2_ATTEMPTS = 100

_libc = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long


def parts_of(path: str, mount: str) -> tuple[str, ...]:
    """The components of a path given by a person or a model; empty for the workspace itself.

    A path below `mount` (where the sandbox sees the workspace) is taken as relative to it. Raises Invalid.
    """
    relative = path
    if path == mount or path.startswith(mount + "/"):
        relative = path[len(mount) :].lstrip("/")
    if relative.startswith("/"):
        raise Invalid(f"{path!r} is outside the workspace", hint="Give a path relative to the workspace.")
    parts = tuple(part for part in relative.split("/") if part not in ("", "."))
    if ".." in parts:
        raise Invalid(f"{path!r} has '..' in it", hint="Give a path relative to the workspace, without '..'.")
    if any(not character.isprintable() for character in relative):
        raise Invalid(f"{path!r} has characters that cannot be printed", hint="Use a plain name.")
    try:
        sizes = [len(part.encode()) for part in parts]
    except UnicodeEncodeError:
        raise Invalid(f"{path!r} cannot be written as UTF-8", hint="Use a plain name.") from None
    if any(size > MAX_NAME_BYTES for size in sizes) or sum(sizes) + len(sizes) > MAX_PATH_BYTES:
        raise Invalid(f"{path[:80]!r}... is too long", hint="A name has at most 255 bytes, a path 4,095.")
    return parts


def open_beneath(folder: int, parts: tuple[str, ...], flags: int, mode: int = 0) -> int:
    """A descriptor of what `parts` name below the open `folder`, never through a link. Raises OSError."""
    if not HAS_OPENAT2:
        return _open_by_steps(folder, parts, flags | ALWAYS, mode)
    path = "/".join(parts) or "."
    how = struct.pack("=QQQ", flags | ALWAYS, mode, RESOLVE)
    error = errno.EAGAIN
    for _ in range(OPENAT2_ATTEMPTS):
        fd = int(_libc.syscall(ctypes.c_long(OPENAT2), folder, path.encode(), how, ctypes.c_size_t(len(how))))
        if fd >= 0:
            return fd
        error = ctypes.get_errno()
        if error in (errno.ENOSYS, errno.EPERM):
            return _open_by_steps(folder, parts, flags | ALWAYS, mode)
        if error not in (errno.EAGAIN, errno.EINTR):
            break
    raise OSError(error, os.strerror(error), path)


def open_file(folder: int, parts: tuple[str, ...], flags: int) -> int:
    """As `open_beneath`, for regular files only. Raises OSError with EINVAL for anything else."""
    fd = open_beneath(folder, parts, flags)
    if not stat.S_ISREG(os.fstat(fd).st_mode):
        os.close(fd)
        raise OSError(errno.EISDIR if not parts else errno.EINVAL, "not a regular file", "/".join(parts))
    return fd


@contextmanager
def opened(fd: int) -> Generator[int, None, None]:
    """Closes a descriptor at the end."""
    try:
        yield fd
    finally:
        os.close(fd)


@contextmanager
def problems(path: str) -> Generator[None, None, None]:
    """Tells what the system refused in words, naming `path`."""
    try:
        yield
    except OSError as error:
        raise _problem(error, path) from error


def _problem(error: OSError, path: str) -> Problem:
    match error.errno:
        case errno.ENOENT | errno.ENOTDIR:
            return NotFound(f"there is no {path!r}", hint="List the folder to see what is there.")
        case errno.ELOOP | errno.EXDEV:
            return Forbidden(f"{path!r} is a link or leads through one", hint="Name the file itself.")
        case errno.EACCES | errno.EPERM:
            return Forbidden(f"{path!r} may not be opened", hint="Change its permissions from inside the sandbox.")
        case errno.EISDIR:
            return Invalid(f"{path!r} is a folder", hint="Name a file in it.")
        case errno.EEXIST | errno.ENOTEMPTY:
            return Conflict(f"{path!r} is there already", hint="Choose another name, or allow overwriting.")
        case errno.EINVAL | errno.ENXIO | errno.ENODEV:
            return Invalid(f"{path!r} is not a regular file", hint="Only regular files can be used.")
        case errno.ENOSPC | errno.EDQUOT:
            return QuotaExceeded(f"no room is left for {path!r}", hint="Delete files first.")
        case errno.ENAMETOOLONG:
            return Invalid(f"{path[:80]!r}... is too long", hint="A name has at most 255 bytes.")
        case _:
            return Invalid(f"{path!r}: {error.strerror}")


def _open_by_steps(folder: int, parts: tuple[str, ...], flags: int, mode: int) -> int:
    current = os.open(".", FOLDER, dir_fd=folder)
    for name in parts[:-1]:
        with opened(current):
            current = os.open(name, FOLDER, dir_fd=current)
    with opened(current):
        return os.open(parts[-1] if parts else ".", flags | os.O_NOFOLLOW, mode, dir_fd=current)
