"""One child process from its start to its end, and the calls that wait for it. Runs in the server."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import TypeVar, cast

from msgspec import Raw, msgpack

from entourage.kit.errors import Invalid, Problem, Unavailable
from entourage.stores.vectors.base import Damaged
from entourage.stores.vectors.edge import wire
from entourage.stores.vectors.edge.folder import REBUILD

T = TypeVar("T")

START_SECONDS = 60.0
CLOSE_SECONDS = 10.0
"""How long a child may take to open a collection, and to write it to disk at its end."""

_BUFFER_BYTES = 1_048_576
_NOTICE = 0


class Gone(Exception):
    """The child ended before it answered."""


class Life(asyncio.Protocol):
    """A child that runs. `ended` is done once nothing of it is left to wait for."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self._numbers = count(1)
        self._waiting: dict[int, asyncio.Future[wire.Reply]] = {}
        self._notices: asyncio.Queue[wire.Reply | None] = asyncio.Queue()
        self._bytes = bytearray()
        self._is_closing = False
        self._heard = time.monotonic()
        self._transport: asyncio.Transport
        self.ended = asyncio.get_running_loop().create_future()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def is_waited_for(self) -> bool:
        """Whether calls have not been answered yet."""
        return bool(self._waiting)

    @property
    def silent_seconds(self) -> float:
        """How long nothing was heard of it."""
        return time.monotonic() - self._heard

    async def call(self, message: wire.Message, kind: type[T]) -> T:
        """What the child answers. Raises Gone when it ends before, and Problems the child tells of."""
        if self.ended.done():
            raise Gone
        number = next(self._numbers)
        future = self._waiting[number] = asyncio.get_running_loop().create_future()
        try:
            self._transport.write(wire.framed(number, message))
            return msgpack.decode(_given(await future), type=kind)
        finally:
            self._waiting.pop(number, None)

    async def notice(self, kind: type[T]) -> T:
        """The next thing the child says without being asked. Raises Gone, and Problems as `call` does."""
        reply = await self._notices.get()
        if reply is None:
            raise Gone
        return msgpack.decode(_given(reply), type=kind)

    async def answered(self, seconds: float) -> None:
        """Wait until nothing is open, for so long at most."""
        if self._waiting:
            await asyncio.wait(list(self._waiting.values()), timeout=seconds)

    async def close(self) -> None:
        """Let the child write everything to disk and end."""
        self._is_closing = True
        self._transport.close()
        try:
            await asyncio.to_thread(self._process.wait, CLOSE_SECONDS)
        except subprocess.TimeoutExpired:
            await self.kill()

    async def kill(self) -> None:
        """End it at once. What it acknowledged is safe."""
        self._process.kill()
        self._transport.close()
        await asyncio.shield(asyncio.to_thread(self._process.wait))

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports do not derive from asyncio's.
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._heard = time.monotonic()
        self._bytes += data
        start = 0
        while len(self._bytes) - start >= wire.HEAD.size:
            length, number = wire.HEAD.unpack_from(self._bytes, start)
            end = start + wire.HEAD.size + length
            if len(self._bytes) < end:
                break
            self._answered(number, wire.replies.decode(self._bytes[start + wire.HEAD.size : end]))
            start = end
        del self._bytes[:start]

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._is_closing:
            self._process.kill()  # it may only have closed the socket
            asyncio.get_running_loop().run_in_executor(None, self._process.wait)  # no zombie stays
        if not self.ended.done():
            self.ended.set_result(None)
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(Gone())
        self._notices.put_nowait(None)

    def _answered(self, number: int, reply: wire.Reply) -> None:
        if number == _NOTICE:
            self._notices.put_nowait(reply)
        elif (future := self._waiting.get(number)) and not future.done():
            future.set_result(reply)


async def begin(folder: Path, mode: str, lock: int, build_points: int) -> Life:
    """Start a child for a collection. It holds `lock`, a descriptor, as long as it lives.

    To be called in the thread of the loop: the child dies with the thread that started it.
    """
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    for side in (socket.SO_SNDBUF, socket.SO_RCVBUF):
        ours.setsockopt(socket.SOL_SOCKET, side, _BUFFER_BYTES)
    try:
        arguments = [theirs.fileno(), folder, os.getpid(), mode, build_points]
        process = _spawn([str(each) for each in arguments], (theirs.fileno(), lock))
    except OSError as error:
        ours.close()
        raise Unavailable(f"The process of the vectors cannot be started: {error}") from error
    finally:
        theirs.close()
    life = Life(process)
    make: Callable[[], Life] = lambda: life  # noqa: E731  a protocol factory
    await asyncio.get_running_loop().create_unix_connection(make, sock=ours)
    return life


async def end(life: Life | None) -> None:
    """Kill a child, however it stands with it."""
    if life is not None:
        with contextlib.suppress(ProcessLookupError):
            await life.kill()


def _spawn(arguments: list[str], descriptors: tuple[int, ...]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "entourage.stores.vectors.edge.child", *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        pass_fds=descriptors,
    )


def _given(reply: wire.Reply) -> Raw:
    if reply.failed:
        raise _problem(reply.failed)
    return reply.given


def _problem(failed: wire.Failed) -> Problem:
    match failed.kind:
        case "invalid":
            return Invalid(failed.detail)
        case "damaged":
            return Damaged(failed.detail, hint=REBUILD)
        case _:
            return Unavailable(f"The index of vectors failed: {failed.detail}")
