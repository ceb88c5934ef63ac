"""A sandbox's files as one stream, packed and unpacked by tar inside it: the host walks nothing that was made there."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator, AsyncIterable
from contextlib import aclosing

from entourage.kit.errors import Problem, TimedOut, Upstream
from entourage.sandboxes.interpreter.pipes import write_all
from entourage.sandboxes.live.base import WORK, Live, Process
from entourage.sandboxes.live.channel import readable

READ_BYTES = 256 * 1024
STILL_SECONDS = 60.0
"""How long tar may say or take nothing."""

_SAFE_PATH = {"PATH": "/usr/local/bin:/usr/bin:/bin"}  # whatever the sandbox's own is
_PACK = ("/bin/sh", "-c", "tar --create --sparse --use-compress-program='gzip -1' --file=- . 2>/dev/null; [ $? -le 1 ]")
"""Of tar's codes 1 says that a file changed while it was read: whoever wants none to pauses what writes."""
_UNPACK = ("/bin/sh", "-c", "exec tar --extract --gzip --file=- 2>/dev/null")


async def packed(live: Live) -> AsyncGenerator[bytes]:
    """Everything in its work folder. Raises Conflict (paused), Upstream (it went while it was packed), TimedOut."""
    program = await live.start(_PACK, env=_SAFE_PATH, cwd=WORK)
    try:
        while chunk := await _read(program.stdout):
            yield chunk
        if await program.wait():
            raise Upstream("The files of the sandbox could not be packed.", hint="Is it still running?")
    finally:
        await program.close()


async def unpack(live: Live, archive: AsyncIterable[bytes]) -> None:
    """Put what was packed into its work folder. Raises Upstream when not all of it could be, TimedOut."""
    program = await live.start(_UNPACK, env=_SAFE_PATH, cwd=WORK, stdin=True)
    try:
        async for chunk in archive:
            await _write(program, chunk)
        program.close_stdin()
        if await program.wait():
            raise _incomplete()
    finally:
        await program.close()


async def in_parts(stream: AsyncGenerator[bytes], size: int) -> AsyncGenerator[bytes]:
    """The same bytes in parts of `size`, the last one shorter."""
    held = bytearray()
    async with aclosing(stream):
        async for chunk in stream:
            held += chunk
            while len(held) >= size:
                yield bytes(held[:size])
                del held[:size]
    if held:
        yield bytes(held)


async def _read(fd: int) -> bytes:
    while True:
        try:
            return os.read(fd, READ_BYTES)
        except BlockingIOError:
            try:
                async with asyncio.timeout(STILL_SECONDS):
                    await readable(fd)
            except TimeoutError:
                raise TimedOut("The sandbox says nothing of its files.") from None


async def _write(program: Process, chunk: bytes) -> None:
    assert program.stdin is not None
    try:
        await write_all(program.stdin, chunk, seconds=STILL_SECONDS)
    except BrokenPipeError:
        raise _incomplete() from None
    except TimeoutError:
        raise TimedOut("The sandbox takes no more of its files.") from None


def _incomplete() -> Problem:
    return Upstream(
        "The files of the snapshot could not be put into the sandbox.",
        hint="A sandbox takes fewer or smaller files than this snapshot has: see its limits.",
    )
