"""The host's end of the socket to a supervisor. Whatever comes out of it may come from an enemy."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import socket
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, NamedTuple, cast

from entourage.kit.errors import Invalid, Unavailable

PACKET_BYTES = 131_072
MOST_FDS = 4
ANSWER_SECONDS = 15.0
KILLED = 128 + 9

Message = dict[str, Any]


class Answer(NamedTuple):
    """A reply, and the descriptors beside it: whoever asked owns them."""

    message: Message
    fds: list[int]


class Refused(Exception):
    """The supervisor could not do it: an error number of the kernel's."""

    def __init__(self, number: int, reason: str) -> None:
        super().__init__(reason)
        self.number = number
        self.reason = reason


class Channel:
    """Questions and answers over a SOCK_SEQPACKET socket, many at a time, and ends of programs as they come."""

    def __init__(self, sock: socket.socket) -> None:
        self._loop = asyncio.get_running_loop()
        self._socket = sock
        sock.setblocking(False)
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[Answer]] = {}
        self._exits: dict[int, asyncio.Future[int]] = {}
        self._writing = asyncio.Lock()
        self.ready = asyncio.Event()
        self.closed = asyncio.Event()
        self._loop.add_reader(sock.fileno(), self._read)

    async def ask(self, request: Mapping[str, object], fds: Sequence[int] = ()) -> Answer:
        """Ask and wait. Raises Refused, Invalid (too long), and Unavailable when the supervisor is gone or silent."""
        number = next(self._numbers)
        data = json.dumps({**request, "id": number}).encode()
        if len(data) > PACKET_BYTES:
            raise Invalid("the command and its environment are too long", hint="Put them into a file; 128 KiB go.")
        future: asyncio.Future[Answer] = self._loop.create_future()
        self._waiting[number] = future
        taken = False
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await self._send(data, fds)
                answer = await future
            taken = "error" not in answer.message
        except TimeoutError:
            raise Unavailable("the sandbox does not answer", hint="Kill it and make another.") from None
        finally:
            self._waiting.pop(number, None)
            if not taken:
                _close_untaken(future)
        if not taken:
            raise Refused(_number(answer.message["error"]), str(answer.message.get("message", "")))
        return answer

    def exit_of(self, pid: int) -> asyncio.Future[int]:
        """The exit code of what was started as `pid`, when it comes."""
        if pid not in self._exits:
            self._exits[pid] = self._loop.create_future()
            if self.closed.is_set():
                self._exits[pid].set_result(KILLED)
        return self._exits[pid]

    def forget(self, pid: int) -> None:
        """Nobody will ask for the end of `pid` any more."""
        self._exits.pop(pid, None)

    def close(self) -> None:
        """Hang up; whoever waits is told."""
        if self.closed.is_set():
            return
        self.closed.set()
        self._loop.remove_reader(self._socket.fileno())
        self._socket.close()
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(Unavailable("the sandbox has ended", hint="Make another."))
        for ending in self._exits.values():
            if not ending.done():
                ending.set_result(KILLED)

    async def _send(self, data: bytes, fds: Sequence[int]) -> None:
        async with self._writing:
            while True:
                if self.closed.is_set():
                    raise Unavailable("the sandbox has ended", hint="Make another.")
                try:
                    socket.send_fds(self._socket, [data], list(fds), socket.MSG_DONTWAIT)
                except BlockingIOError:
                    await writable(self._socket.fileno())
                except OSError:
                    self.close()
                else:
                    return

    def _read(self) -> None:
        try:
            flags = socket.MSG_DONTWAIT | socket.MSG_CMSG_CLOEXEC
            packet, fds, _, _ = socket.recv_fds(self._socket, PACKET_BYTES, MOST_FDS, flags)
        except BlockingIOError:
            return
        except OSError:
            packet, fds = b"", []
        if not packet or not self._take(packet, list(fds)):
            _close_all(fds)
            self.close()

    def _take(self, packet: bytes, fds: list[int]) -> bool:
        """Hand a message to whom it belongs. Gives False for what no supervisor of ours would say."""
        try:
            found: object = json.loads(packet)
        except (ValueError, RecursionError):
            return False
        if not isinstance(found, dict):
            return False
        message = cast("Message", found)
        if "id" in message:
            future = self._waiting.get(_number(message["id"]))
            if future is None or future.done():
                _close_all(fds)
            else:
                future.set_result(Answer(message, fds))
            return True
        _close_all(fds)
        if "exit" in message:
            self._ended(_number(message["exit"]), _number(message.get("code")))
        if "ready" in message:
            self.ready.set()
        return True

    def _ended(self, pid: int, code: int) -> None:
        future = self._exits.get(pid)
        if future is not None and not future.done():
            future.set_result(code & 0xFF)


def _number(value: object) -> int:
    return value if isinstance(value, int) else -1


def _close_all(fds: Sequence[int]) -> None:
    for fd in fds:
        with suppress(OSError):
            os.close(fd)


def _close_untaken(future: asyncio.Future[Answer]) -> None:
    """Descriptors of an answer that nobody takes must not stay open; one that comes later finds nobody waiting."""
    if not future.done():
        future.cancel()
    elif not future.cancelled() and future.exception() is None:
        _close_all(future.result().fds)


async def writable(fd: int) -> None:
    """Wait until something can be written."""
    loop = asyncio.get_running_loop()
    ready = loop.create_future()
    loop.add_writer(fd, _settle, ready)
    try:
        await ready
    finally:
        loop.remove_writer(fd)


async def readable(fd: int) -> None:
    """Wait until something can be read."""
    loop = asyncio.get_running_loop()
    ready = loop.create_future()
    loop.add_reader(fd, _settle, ready)
    try:
        await ready
    finally:
        loop.remove_reader(fd)


def _settle(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)
