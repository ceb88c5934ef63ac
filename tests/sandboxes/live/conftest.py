"""Live sandboxes of every way of counting memory that this machine offers."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from entourage.kit.ids import new_id
from entourage.sandboxes import BubblewrapSandbox, Limits
from entourage.sandboxes.live.base import Live, NewLive, Process
from entourage.sandboxes.live.bubblewrap import BubblewrapBackend
from entourage.sandboxes.live.channel import readable
from tests.sandboxes.conftest import Host

MIB = 1024 * 1024
LIMITS = Limits(wall_seconds=20, memory_bytes=256 * MIB, file_bytes=256 * MIB, files=10_000, processes=64)

Make = Callable[..., Awaitable[Live]]


@pytest.fixture
async def make(sandbox: BubblewrapSandbox, host: Host) -> AsyncIterator[Make]:
    """Makes live sandboxes; all are ended afterwards, and then nothing of them is left."""
    rooms = host.folder / "rooms"
    backend = BubblewrapBackend(sandbox, rooms, ["127.0.0.0/8"])
    made: list[Live] = []

    async def make_one(**options: object) -> Live:
        values = {"id": new_id(), "owner_id": new_id(), "work_folder": host.work, "limits": LIMITS, **options}
        made.append(await backend.make(NewLive(**values)))
        return made[-1]

    yield make_one
    for live in made:
        await live.kill()
    assert not rooms.exists() or not list(rooms.iterdir())


@pytest.fixture
async def live(make: Make) -> Live:
    return await make()


async def read_until(process: Process, wanted: bytes, seconds: float = 10) -> bytes:
    """What a program says, up to and with `wanted`."""
    said = b""
    async with asyncio.timeout(seconds):
        while wanted not in said:
            await readable(process.stdout)
            try:
                chunk = os.read(process.stdout, 65_536)
            except OSError:  # a terminal whose program has gone
                chunk = b""
            assert chunk, said
            said += chunk
    return said


async def content(live: Live, path: str) -> bytes:
    return b"".join([chunk async for chunk in live.files.read(path)])


__all__ = ["LIMITS", "MIB", "Make", "Path", "content", "read_until"]
