"""A live sandbox's own folder on the host: its sockets, and a work folder when it was given none."""

from __future__ import annotations

import asyncio
import fcntl
import os
import subprocess
from contextlib import AsyncExitStack, ExitStack
from pathlib import Path
from typing import NamedTuple

from entourage.sandboxes.launcher import Launcher

LOCK = ".lock"
OWN_WORK = "work"
NOTE = "paused.json"
"""In the room of a sandbox that is paused: with it the work folder outlives the processes, and the server."""


class Room(NamedTuple):
    """Where its things are on the host."""

    folder: Path
    work: Path
    run: Path
    proxy_socket: Path


async def make_room(folder: Path, work: Path | None, launcher: Launcher, stack: AsyncExitStack) -> Room:
    """Make the folder, around what one that was paused has left there; it goes when the stack closes.

    Raises Invalid when the work folder is not there.
    """
    stack.push_async_callback(asyncio.to_thread, _leave, folder)
    return await asyncio.to_thread(_make, folder, work, launcher)


def _make(folder: Path, work: Path | None, launcher: Launcher) -> Room:
    folder.mkdir(parents=True, exist_ok=True, mode=0o711)
    run = _given(folder / "run", launcher)
    return Room(
        folder=folder,
        work=_given(folder / OWN_WORK, launcher) if work is None else launcher.given(work),
        run=run,
        proxy_socket=folder / "proxy.sock",
    )


def _given(folder: Path, launcher: Launcher) -> Path:
    folder.mkdir(exist_ok=True, mode=0o700)
    return launcher.given(folder)


def claim(folder: Path, server_id: str, stack: ExitStack | AsyncExitStack) -> Path:
    """A folder for this server's rooms, locked for as long as its process lives.

    Those of dead servers are removed, but for what is paused: that moves in here.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o711)
    handle = os.open(folder / f"{server_id}{LOCK}", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    rooms = folder / server_id
    rooms.mkdir(mode=0o711)
    stack.callback(_release, handle, rooms)
    for lock in folder.glob(f"*{LOCK}"):
        _sweep(lock, rooms)
    return rooms


def _sweep(lock: Path, rooms: Path) -> None:
    """Remove the rooms of a server that holds its lock no more; take over what is paused."""
    handle = os.open(lock, os.O_RDWR | os.O_CLOEXEC)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        for note in lock.with_suffix("").glob(f"*/{NOTE}"):
            _leave(note.parent)
            note.parent.rename(rooms / note.parent.name)
        remove(lock.with_suffix(""))
        lock.unlink(missing_ok=True)
    except BlockingIOError:
        pass
    finally:
        os.close(handle)


def _release(handle: int, rooms: Path) -> None:
    if not any(rooms.glob(f"*/{NOTE}")):
        remove(rooms)
        rooms.with_suffix(LOCK).unlink(missing_ok=True)
    os.close(handle)


def _leave(folder: Path) -> None:
    """Remove a room; of one that is paused, all but its note and its files."""
    if not (folder / NOTE).exists():
        remove(folder)
        return
    for path in folder.iterdir():
        if path.name in (NOTE, OWN_WORK):
            continue
        if path.is_dir() and not path.is_symlink():
            remove(path)
        else:
            path.unlink()


def remove(folder: Path) -> None:
    """Remove a folder that an enemy wrote into: its trees may be too deep for anything that recurses."""
    if not folder.exists():
        return
    folder.chmod(0o700)
    subprocess.run(["rm", "-rf", "--", str(folder)], check=False, capture_output=True)
