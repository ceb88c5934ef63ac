"""HTTP with deadlines: who sends a request too slowly is answered 408 and let go.

A request's head must be there 5 s after its first byte (or after the connection was made); its body must keep coming:
every 64 KB within 10 s. uvicorn alone would keep half a request for ever.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from entourage.observe.requests import REPLY

if TYPE_CHECKING:
    from collections.abc import Iterable

HEAD_SECONDS = 5.0
BODY_SECONDS = 10.0
BODY_STEP_BYTES = 65_536

_TOO_SLOW = (
    b'{"type":"/problems/request-timeout","title":"The request came too slowly","status":408,'
    b'"detail":"The head of a request must be sent within 5 s, every 64 KB of its body within 10 s."}'
)
_ANSWER = b"HTTP/1.1 408 Request Timeout\r\ncontent-type: application/problem+json\r\nconnection: close\r\n"


class PunctualRequests(HttpToolsProtocol):
    """uvicorn's protocol. The server calls `sweep` now and then; nothing is scheduled for a single request."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._deadline: float | None = None
        self._got_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._deadline = self.loop.time() + HEAD_SECONDS

    def on_message_begin(self) -> None:
        self._deadline = self.loop.time() + HEAD_SECONDS
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._deadline = self.loop.time() + BODY_SECONDS
        self._got_bytes = 0
        before = self.cycle
        super().on_headers_complete()
        if self.cycle is not before:  # not so for an upgrade
            self.cycle.scope["extensions"] = cast("Any", {REPLY: _Reply(self.cycle)})

    def on_body(self, body: bytes) -> None:
        self._got_bytes += len(body)
        if self._got_bytes >= BODY_STEP_BYTES:
            self._deadline = self.loop.time() + BODY_SECONDS
            self._got_bytes = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._deadline = None
        super().on_message_complete()

    def too_late(self, now: float) -> bool:
        """Whether the client missed its deadline. Waiting for the application to read on is not its fault."""
        if self._deadline is None or now < self._deadline:
            return False
        if self.flow.read_paused:
            self._deadline = now + BODY_SECONDS
            return False
        return True

    def dismiss(self) -> None:
        """Answer 408, unless an answer has begun, and close."""
        self._deadline = None
        if self.transport.is_closing():
            return
        cycle = cast("RequestResponseCycle | None", self.cycle)
        if cycle is None or not cycle.response_started or cycle.response_complete:
            self.transport.write(_ANSWER + b"content-length: %d\r\n\r\n" % len(_TOO_SLOW) + _TOO_SLOW)
        self.transport.close()


class _Reply:
    """A whole answer in one write, past the messages of ASGI: for doors whose time is mostly the sending."""

    __slots__ = ("_cycle",)

    def __init__(self, cycle: RequestResponseCycle) -> None:
        self._cycle = cycle

    def __call__(self, answer: bytes, *, close: bool) -> None:
        """Send status line, headers and body; `close` when the connection must not be used again."""
        cycle = self._cycle
        if cycle.disconnected or cycle.response_started:
            return
        cycle.response_started = cycle.response_complete = True
        cycle.transport.write(answer)
        cycle.message_event.set()
        if close or not cycle.keep_alive:
            cycle.transport.close()
        cycle.on_response()


def sweep(connections: Iterable[object], now: float) -> None:
    """Dismiss every client that is too late."""
    for connection in list(connections):
        if isinstance(connection, PunctualRequests) and connection.too_late(now):
            connection.dismiss()
