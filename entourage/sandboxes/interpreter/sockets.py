"""Reaching a socket in a folder that sandboxed code writes to, and nothing else.

A name in that folder may become a link to any other socket of the host between a look and a `connect`. So it is opened
once, refusing links, looked at, and connected to through its descriptor: that also has no 108-byte limit.
"""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path

from entourage.kit.errors import Unavailable

O_PATH = os.O_PATH | os.O_CLOEXEC | os.O_NOFOLLOW


def open_socket(folder: Path, name: str) -> int:
    """A descriptor that stands for the socket `name` in `folder`; the caller closes it. Raises Unavailable."""
    if "/" in name or name in {"", ".", ".."}:
        raise ValueError(f"{name!r} is no name")
    at = os.open(folder, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fd = os.open(name, O_PATH, dir_fd=at)
    except OSError as error:
        raise Unavailable(f"the interpreter's socket {name!r} is not there: {error.strerror}") from None
    finally:
        os.close(at)
    if not stat.S_ISSOCK(os.fstat(fd).st_mode):
        os.close(fd)
        raise Unavailable(f"the interpreter's {name!r} is no socket")
    return fd


def address(fd: int) -> str:
    """The ZeroMQ address of a socket that `open_socket` opened."""
    return f"ipc:///proc/self/fd/{fd}"


def remove_sockets(folder: Path, name: str) -> None:
    """Remove the names that a kernel named `name` has left in `folder`."""
    at = os.open(folder, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for port in range(1, 6):
            with suppress(OSError):
                os.unlink(f"{name}-{port}", dir_fd=at)
    finally:
        os.close(at)
