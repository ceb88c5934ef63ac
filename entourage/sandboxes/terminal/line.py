"""The host's end of a pty: read in gulps, written to without waiting."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from contextlib import suppress

READ_BYTES = 65_536
GULP_BYTES = 256 * 1024
"""Read at most this much before others have their turn."""

TYPED_BYTES = 1_048_576
"""What may wait to be typed; a paste beyond it waits in the client."""

INTERRUPT = b"\x03"


class Line:
    """Calls `on_output(bytes)`, and `on_hangup()` once, when the program's side is closed."""

    def __init__(self, fd: int, on_output: Callable[[bytes], None], on_hangup: Callable[[], None]) -> None:
        self._loop = asyncio.get_running_loop()
        self._fd = fd
        self._on_output = on_output
        self._on_hangup = on_hangup
        self._typed = bytearray()
        self._room = asyncio.Event()
        self._room.set()
        self._is_reading = self._is_closed = False
        os.set_blocking(fd, False)

    def read(self, *, wanted: bool) -> None:
        """Read on, or let the program wait."""
        if self._is_closed or wanted == self._is_reading:
            return
        self._is_reading = wanted
        if wanted:
            self._loop.add_reader(self._fd, self._readable)
        else:
            self._loop.remove_reader(self._fd)

    async def type(self, data: bytes) -> None:
        """Give input to the program, in order. An interrupt on its own overtakes what still waits."""
        if data == INTERRUPT:
            self._typed.clear()
        await self._room.wait()
        if not self._is_closed:
            self._typed += data
            self._write()

    def close(self) -> None:
        """Stop watching. The descriptor stays its owner's."""
        if not self._is_closed:
            self.read(wanted=False)
            self._is_closed = True
            self._typed.clear()
            self._loop.remove_writer(self._fd)
            self._room.set()

    def _readable(self) -> None:
        chunks: list[bytes] = []
        total, hung_up = 0, False
        while total < GULP_BYTES:
            try:
                chunk = os.read(self._fd, READ_BYTES)
            except BlockingIOError:
                break
            except OSError:  # EIO: nobody holds the other side any more
                chunk = b""
            if not chunk:
                hung_up = True
                break
            chunks.append(chunk)
            total += len(chunk)
        if chunks:
            self._on_output(b"".join(chunks))
        if hung_up:
            self.close()
            self._on_hangup()

    def _write(self) -> None:
        with suppress(BlockingIOError, OSError):
            while self._typed:
                del self._typed[: os.write(self._fd, self._typed[:4096])]
        if self._typed:
            self._loop.add_writer(self._fd, self._write)
        else:
            self._loop.remove_writer(self._fd)
        (self._room.clear if len(self._typed) > TYPED_BYTES else self._room.set)()
