"""Reading and writing the pipes of a process in a sandbox, from the event loop."""

from __future__ import annotations

import asyncio
import errno
import os
from collections.abc import Callable

READ_BYTES = 65_536
PIPE_BYTES = 1024 * 1024
WRITE_SECONDS = 30.0


class Reader:
    """Calls `on_chunk` with what comes out of a descriptor, `on_end` once when nothing more can come.

    `pause` lets the pipe fill up, which holds its writer back.
    """

    def __init__(self, fd: int, on_chunk: Callable[[bytes], None], on_end: Callable[[], None]) -> None:
        self._fd = fd
        self._on_chunk = on_chunk
        self._on_end = on_end
        self._loop = asyncio.get_running_loop()
        self._is_open = True
        self._is_paused = False
        self._loop.add_reader(fd, self._read)

    def pause(self) -> None:
        """Read no more for now."""
        if self._is_open and not self._is_paused:
            self._is_paused = True
            self._loop.remove_reader(self._fd)

    def resume(self) -> None:
        """Read on."""
        if self._is_open and self._is_paused:
            self._is_paused = False
            self._loop.add_reader(self._fd, self._read)

    def drain(self) -> None:
        """Take what is there now, without waiting, up to what a pipe holds."""
        left = PIPE_BYTES
        while self._is_open and left > 0:
            try:
                chunk = os.read(self._fd, READ_BYTES)
            except OSError:
                return
            if not chunk:
                return
            left -= len(chunk)
            self._on_chunk(chunk)

    def close(self) -> None:
        """Let go of the descriptor, which stays its owner's."""
        if self._is_open:
            self._is_open = False
            if not self._is_paused:
                self._loop.remove_reader(self._fd)

    def _read(self) -> None:
        try:
            chunk = os.read(self._fd, READ_BYTES)
        except OSError as error:
            if error.errno in (errno.EAGAIN, errno.EINTR):
                return
            chunk = b""  # EIO is how a terminal says that nobody has it open any more
        if chunk:
            self._on_chunk(chunk)
            return
        self.close()
        self._on_end()


async def write_all(fd: int, data: bytes, *, seconds: float = WRITE_SECONDS) -> None:
    """Write to a non-blocking descriptor. Raises BrokenPipeError when nobody reads any more, TimeoutError when nobody
    does for so long."""
    left = memoryview(data)
    while left:
        try:
            left = left[os.write(fd, left) :]
        except BlockingIOError:
            await asyncio.wait_for(_writable(fd), seconds)
        except OSError as error:
            raise BrokenPipeError(str(error)) from None


async def _writable(fd: int) -> None:
    loop = asyncio.get_running_loop()
    ready = loop.create_future()
    loop.add_writer(fd, lambda: ready.done() or ready.set_result(None))
    try:
        await ready
    finally:
        loop.remove_writer(fd)
