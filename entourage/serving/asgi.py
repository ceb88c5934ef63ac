"""The same exchange over ASGI: for pipelined requests, and for whatever else runs the application."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, cast

from starlette.types import Message, Receive, Scope, Send

from entourage.kit.errors import TooLarge
from entourage.kit.exchange import Door, Header
from entourage.serving.direct import DRAINED_BYTES
from entourage.serving.heads import STANDING, client_of, request_id

if TYPE_CHECKING:
    from entourage.serving.doors import Doors

_HIGH_WATER = 65_536


class Broken(Exception):
    """The answer is cut off: the server must not end it as if it were whole."""


class AsgiExchange:
    """Implements `Exchange` on a scope. What a door writes is sent in order by `run`."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, doors: Doors) -> None:
        self._receive = receive
        self._send = send
        self._doors = doors
        self._started = time.perf_counter()
        self._door: Door | None = None
        self._outgoing: deque[Message] = deque()
        self._news = asyncio.Event()
        self._calm = asyncio.Event()
        self._calm.set()
        self._waiting_bytes = 0
        self._on_gone: Callable[[], None] | None = None
        self._gone = self._begun = self._ended = self._cut = False
        self.method: str = scope["method"]
        self.path: str = scope["path"]
        self.query: bytes = scope["query_string"]
        self.headers: Sequence[Header] = tuple(cast("Iterable[Header]", scope["headers"]))
        self.request_id = request_id(self.headers)
        self.body = b""
        address = cast("tuple[str, int] | None", scope.get("client"))
        self.client = client_of(address[0] if address else "unknown", self.headers)

    async def run(self, door: Door) -> None:
        """Read the body, have the door answer, send what it writes."""
        self._door = door
        if not await self._read(door):
            return
        work = door.serve(self)
        task = asyncio.create_task(self._doors.finish(door, self, work)) if work else None
        watch = asyncio.create_task(self._watch())
        try:
            await self._pump()
            if task:
                await task
        finally:
            watch.cancel()

    async def _read(self, door: Door) -> bool:
        chunks: list[bytes] = []
        size, more = 0, True
        while more and size <= door.max_body_bytes + DRAINED_BYTES:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                self._lose()
                return False
            chunk: bytes = message.get("body", b"")
            size, more = size + len(chunk), bool(message.get("more_body"))
            if size <= door.max_body_bytes:
                chunks.append(chunk)
        if size > door.max_body_bytes:
            door.refuse(self, TooLarge(f"The body is larger than {door.max_body_bytes} bytes."))
            await self._pump()
            return False
        self.body = b"".join(chunks)
        return True

    async def _pump(self) -> None:
        while not (self._ended and not self._outgoing):
            if self._gone:
                return
            if not self._outgoing:
                if self._cut:
                    raise Broken
                self._news.clear()
                await self._news.wait()
                continue
            message = self._outgoing.popleft()
            await self._send(message)
            self._waiting_bytes -= len(message.get("body", b""))
            if self._waiting_bytes < _HIGH_WATER:
                self._calm.set()

    async def _watch(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self._lose()

    def _lose(self) -> None:
        self._gone = True
        self._news.set()
        self._calm.set()
        call, self._on_gone = self._on_gone, None
        if call and not self._ended:
            call()

    @property
    def is_gone(self) -> bool:
        return self._gone

    @property
    def has_begun(self) -> bool:
        return self._begun

    @property
    def waiting_bytes(self) -> int:
        return self._waiting_bytes

    def on_gone(self, call: Callable[[], None]) -> None:
        if self._gone:
            call()
        else:
            self._on_gone = call

    def answer(self, status: int, headers: Iterable[Header], body: bytes) -> None:
        if self._begun or self._gone:
            return
        self.begin(status, (*headers, (b"content-length", b"%d" % len(body))))
        self._put(body, more=False)

    def begin(self, status: int, headers: Iterable[Header]) -> None:
        if self._begun or self._gone:
            return
        self._begun = True
        seconds = time.perf_counter() - self._started
        if self._door:
            self._doors.answered(self.method, self._door.template, status, seconds)
        told = [
            *self._doors.origins.headers(self.headers),
            *headers,
            *STANDING,
            (b"x-process-time", b"%.6f" % seconds),
        ]
        if all(name != b"x-request-id" for name, _ in told):
            told.append((b"x-request-id", self.request_id.encode()))
        self._outgoing.append({"type": "http.response.start", "status": status, "headers": told})
        self._news.set()

    def write(self, data: bytes) -> None:
        if data and not self._ended:
            self._put(data, more=True)

    def end(self) -> None:
        if not self._ended:
            self._put(b"", more=False)

    def cut(self) -> None:
        self._cut = True
        self._news.set()

    async def drained(self) -> None:
        await self._calm.wait()

    def _put(self, data: bytes, *, more: bool) -> None:
        self._ended = not more
        self._waiting_bytes += len(data)
        if self._waiting_bytes >= _HIGH_WATER:
            self._calm.clear()
        self._outgoing.append({"type": "http.response.body", "body": data, "more_body": more})
        self._news.set()
