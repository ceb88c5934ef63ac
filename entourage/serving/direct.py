"""A request answered in the HTTP protocol itself: no ASGI scope, no messages, no task unless the door wants one."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from entourage.kit.errors import TooLarge
from entourage.kit.exchange import Door, Header
from entourage.serving.heads import STANDING_LINES, client_of, lines, request_id, status_line

if TYPE_CHECKING:
    from entourage.serving.requests import PunctualRequests

DRAINED_BYTES = 16 * 1024 * 1024
"""How much of a body that is not taken is read all the same, so that its sender hears the answer."""

_BODILESS = frozenset({204, 304})


class _NobodyWaits:
    """uvicorn wakes whoever waits for a message of its cycles; nobody waits for ours."""

    def set(self) -> None:
        return


class DirectExchange:
    """Implements `Exchange`; `is_modern` for HTTP/1.1, which has chunks.

    It takes the place of uvicorn's cycle, so it has what the protocol asks of one.
    """

    __slots__ = (
        "_begun",
        "_body_bytes",
        "_chunked",
        "_chunks",
        "_door",
        "_is_modern",
        "_on_gone",
        "_protocol",
        "_started",
        "body",
        "disconnected",
        "headers",
        "keep_alive",
        "method",
        "path",
        "query",
        "request_id",
        "response_complete",
    )

    message_event = _NobodyWaits()

    def __init__(
        self,
        protocol: PunctualRequests,
        door: Door,
        method: str,
        path: str,
        query: bytes,
        *,
        is_modern: bool,
        keep_alive: bool,
    ) -> None:
        self._protocol = protocol
        self._door = door
        self._started = time.perf_counter()
        self._on_gone: Callable[[], None] | None = None
        self._chunks: list[bytes] = []
        self._body_bytes = 0
        self._begun = self._chunked = False
        self._is_modern = is_modern
        self.method = method
        self.path = path
        self.query = query
        self.headers: Sequence[Header] = tuple(protocol.headers)  # what comes after the body is no header
        self.request_id = request_id(self.headers)
        self.body = b""
        self.keep_alive = keep_alive
        self.response_complete = self.disconnected = False

    # what the protocol tells

    def take(self, data: bytes) -> None:
        """A piece of the body. What is too much is thrown away, up to a point."""
        self._body_bytes += len(data)
        if self._body_bytes <= self._door.max_body_bytes:
            self._chunks.append(data)
        elif self._body_bytes > self._door.max_body_bytes + DRAINED_BYTES and not self._begun:
            self.keep_alive = False
            self._refuse_size()

    def complete(self) -> None:
        """The body is there: have it answered."""
        chunks = self._chunks
        self._chunks = []
        if self._begun:
            return
        if self._body_bytes > self._door.max_body_bytes:
            self._refuse_size()
            return
        self.body = chunks[0] if len(chunks) == 1 else b"".join(chunks)
        self._protocol.run(self._door, self)

    def lost(self) -> None:
        """The connection is gone."""
        self.disconnected = True
        if not self.response_complete:
            self.response_complete = True
            if call := self._on_gone:
                self._on_gone = None
                call()

    def _refuse_size(self) -> None:
        self._door.refuse(self, TooLarge(f"The body is larger than {self._door.max_body_bytes} bytes."))

    # what the door sees and does

    @property
    def client(self) -> str:
        address = self._protocol.client
        return client_of(address[0] if address else "unknown", self.headers)

    @property
    def is_gone(self) -> bool:
        return self.disconnected

    @property
    def has_begun(self) -> bool:
        return self._begun

    @property
    def response_started(self) -> bool:
        """As `has_begun`, by the name the protocol knows it by."""
        return self._begun

    @property
    def waiting_bytes(self) -> int:
        return 0 if self.disconnected else self._protocol.transport.get_write_buffer_size()

    def on_gone(self, call: Callable[[], None]) -> None:
        if self.disconnected:
            call()
        else:
            self._on_gone = call

    def answer(self, status: int, headers: Iterable[Header], body: bytes) -> None:
        if self._begun or self.disconnected:
            return
        head = self._head(status, headers)
        if status in _BODILESS:
            answer = b"%b\r\n" % head
        else:
            answer = b"%bcontent-length: %d\r\n\r\n%b" % (head, len(body), b"" if self.method == "HEAD" else body)
        self._protocol.transport.write(answer)
        self._finish()

    def begin(self, status: int, headers: Iterable[Header]) -> None:
        if self._begun or self.disconnected:
            return
        self._chunked = self._is_modern
        if not self._chunked:
            self.keep_alive = False
        head = self._head(status, headers)
        self._protocol.transport.write(head + (b"transfer-encoding: chunked\r\n\r\n" if self._chunked else b"\r\n"))

    def write(self, data: bytes) -> None:
        if data and not self.response_complete:
            self._protocol.transport.write(b"%x\r\n%b\r\n" % (len(data), data) if self._chunked else data)

    def end(self) -> None:
        if self.response_complete:
            return
        if self._chunked:
            self._protocol.transport.write(b"0\r\n\r\n")
        self._finish()

    def cut(self) -> None:
        if not self.response_complete:
            self.keep_alive = False
            self._finish()

    async def drained(self) -> None:
        if not self.disconnected:
            await self._protocol.flow.drain()

    def _head(self, status: int, headers: Iterable[Header]) -> bytes:
        self._begun = True
        seconds = time.perf_counter() - self._started
        protocol = self._protocol
        protocol.answered(self.method, self._door.template, status, seconds)
        told = lines(headers)
        return b"%b%b%b%b%bx-process-time: %.6f\r\n%b" % (
            status_line(status),
            protocol.standing_lines(self.headers),
            told,
            STANDING_LINES,
            b"" if b"x-request-id: " in told else b"x-request-id: %b\r\n" % self.request_id.encode(),
            seconds,
            b"" if self.keep_alive else b"connection: close\r\n",
        )

    def _finish(self) -> None:
        self.response_complete = True
        self._on_gone = None
        self._protocol.exchanged(self)
