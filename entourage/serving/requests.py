"""HTTP with deadlines and doors.

Who sends a request too slowly is answered 408 and let go: a request's head must be there 5 s after its first byte (or
after the connection was made); its body must keep coming: every 64 KB within 10 s. uvicorn alone would keep half a
request for ever.

Requests to the hot doors are answered here; everything else goes to the application by way of ASGI.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import unquote

from httptools import HttpRequestParser
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from entourage.kit.exchange import Door, Header
from entourage.sandboxes.e2b.paths import STREAMED_INPUT
from entourage.serving.direct import DirectExchange
from entourage.serving.doors import Doors
from entourage.serving.heads import lines

if TYPE_CHECKING:
    from collections.abc import Iterable

HEAD_SECONDS = 5.0
BODY_SECONDS = 10.0
BODY_STEP_BYTES = 65_536
LINGER_SECONDS = 1.0
TYPED = STREAMED_INPUT.encode()
TYPING_SECONDS = 3600.0
"""How long a body may take that is typed by somebody: the input of a running process."""

_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
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
        self._idle_until: float | None = None
        self._is_dismissed = False
        self._got_bytes = 0
        self._patience = BODY_SECONDS
        app = cast("object", self.app)  # pyright: ignore[reportUnknownMemberType]
        self._doors = app if isinstance(app, Doors) else None
        self._receiving: DirectExchange | None = None
        self._serving: DirectExchange | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._deadline = self.loop.time() + HEAD_SECONDS

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._receiving = None
        if self._serving:
            self._serving.lost()
            self._serving = None

    def data_received(self, data: bytes) -> None:
        if not self._is_dismissed:
            super().data_received(data)

    def on_message_begin(self) -> None:
        self._deadline = self.loop.time() + HEAD_SECONDS
        self._idle_until = None
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._patience = TYPING_SECONDS if self.url.startswith(TYPED) else BODY_SECONDS
        self._deadline = self.loop.time() + self._patience
        self._got_bytes = 0
        parser = self.parser
        assert parser is not None
        if self._doors and self._is_free(parser) and (exchange := self._exchange(self._doors, parser)):
            self.cycle = cast("RequestResponseCycle", exchange)
            self._receiving = self._serving = exchange
            if self.expect_100_continue:
                self.transport.write(_CONTINUE)
            return
        super().on_headers_complete()

    def _is_free(self, parser: HttpRequestParser) -> bool:
        cycle = cast("RequestResponseCycle | None", self.cycle)
        return (cycle is None or cycle.response_complete) and not parser.should_upgrade()

    def _exchange(self, doors: Doors, parser: HttpRequestParser) -> DirectExchange | None:
        raw_path, _, query = self.url.partition(b"?")
        method, path = parser.get_method().decode("ascii"), raw_path.decode("latin-1")
        if "%" in path:
            path = unquote(path)
        door = doors.find(method, path)
        if door is None:
            return None
        is_modern = parser.get_http_version() != "1.0"
        keep_alive = is_modern and parser.should_keep_alive()
        return DirectExchange(self, door, method, path, query, is_modern=is_modern, keep_alive=keep_alive)

    def on_body(self, body: bytes) -> None:
        self._got_bytes += len(body)
        if self._got_bytes >= BODY_STEP_BYTES:
            self._deadline = self.loop.time() + self._patience
            self._got_bytes = 0
        if self._receiving:
            self._receiving.take(body)
        else:
            super().on_body(body)

    def on_message_complete(self) -> None:
        self._deadline = None
        exchange, self._receiving = self._receiving, None
        if exchange:
            exchange.complete()
        else:
            super().on_message_complete()

    # what exchanges need

    def run(self, door: Door, exchange: DirectExchange) -> None:
        """Have the door answer."""
        assert self._doors is not None
        try:
            work = door.serve(exchange)
        except Exception as error:  # the client gets an id, the log has the rest
            self._doors.failed(door, exchange, error)
            return
        if work is not None:
            task = self.loop.create_task(self._doors.finish(door, exchange, work))
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)

    def answered(self, method: str, template: str, status: int, seconds: float) -> None:
        """Tell the metrics."""
        if self._doors:
            self._doors.answered(method, template, status, seconds)

    def standing_lines(self, asked: Sequence[Header]) -> bytes:
        """The date, and what a page of another site needs."""
        allowed = self._doors.origins.headers(asked) if self._doors else ()
        return lines((*self.server_state.default_headers, *allowed))

    def exchanged(self, exchange: DirectExchange) -> None:
        """An exchange is over: the connection is free for the next request, or closed."""
        if self._serving is exchange:
            self._serving = None
        self.server_state.total_requests += 1
        if not exchange.keep_alive:
            self.transport.close()
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        if self.pipeline:
            cycle, app = self.pipeline.pop()
            self._start_asgi_task(cycle, app)
        else:
            self._idle_until = self.loop.time() + self.timeout_keep_alive

    def too_late(self, now: float) -> bool:
        """Whether the client missed its deadline. Waiting for the application to read on is not its fault."""
        if self._deadline is None or now < self._deadline:
            return False
        if self.flow.read_paused:
            self._deadline = now + self._patience
            return False
        return True

    def is_idle(self, now: float) -> bool:
        """Whether nothing came for so long after a door's answer that the connection may be closed."""
        return self._idle_until is not None and now >= self._idle_until

    def dismiss(self) -> None:
        """Answer 408 and close, unless an answer has begun: then only close.

        What the client still sends is thrown away for a moment: closed at once, it would not see the answer.
        """
        self._deadline = None
        if self.transport.is_closing():
            return
        cycle = cast("RequestResponseCycle | None", self.cycle)
        if cycle is not None and cycle.response_started and not cycle.response_complete:
            self.transport.close()
            return
        self.transport.write(_ANSWER + b"content-length: %d\r\n\r\n" % len(_TOO_SLOW) + _TOO_SLOW)
        self._is_dismissed = True
        self._idle_until = self.loop.time() + LINGER_SECONDS
        self.flow.resume_reading()
        self.transport.write_eof()


def sweep(connections: Iterable[object], now: float) -> None:
    """Dismiss every client that is too late, close what nobody uses."""
    for connection in list(connections):
        if isinstance(connection, PunctualRequests):
            if connection.too_late(now):
                connection.dismiss()
            elif connection.is_idle(now):
                connection.transport.close()
