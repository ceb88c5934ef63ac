"""Streams of events that a client can leave and come back to (`Last-Event-ID`)."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

from entourage.tools.mcp.front import writing
from entourage.tools.mcp.front.writing import EVENT_STREAM, PING, UNBUFFERED

if TYPE_CHECKING:
    from entourage.kit.exchange import Exchange, Header

MOST_EVENTS = 1000
MOST_BYTES = 4 * 1024 * 1024
MOST_WAITING_BYTES = 8 * 1024 * 1024
RETRY_MS = 500


class Stream:
    """Events by number, kept while somebody may ask for them again. At most one exchange hears them.

    `primes`: whether an empty event with an id goes first, as revisions from 2025-11-25 on read it.
    """

    def __init__(self, name: int, gone: Callable[[Stream], None], *, primes: bool) -> None:
        self.name = name
        self.has_begun = False
        self.is_finished = False
        self._gone = gone
        self.primes = primes
        self._exchange: Exchange | None = None
        self._events: deque[tuple[int, bytes]] = deque()
        self._bytes = 0
        self._number = 0

    @property
    def is_heard(self) -> bool:
        return self._exchange is not None

    def begin(self, exchange: Exchange, headers: tuple[Header, ...], after: int | None = None) -> None:
        """Have this exchange hear what comes, and with `after` what it missed."""
        self.leave()
        self.has_begun = True
        if exchange.is_gone:
            return
        self._exchange = exchange
        exchange.begin(200, (EVENT_STREAM, UNBUFFERED, *headers))
        exchange.on_gone(lambda: self._lost(exchange))
        if self.primes:
            number = self._number if after is None else after
            exchange.write(b"id: %d-%d\nretry: %d\ndata: \n\n" % (self.name, number, RETRY_MS))
        if after is not None:
            for number, data in self._events:
                if number > after:
                    exchange.write(self._event(number, data))
        if self.is_finished:
            self.leave()

    def put(self, message: bytes) -> None:
        """One more message; it is kept for a client that is away."""
        self._number += 1
        self._events.append((self._number, message))
        self._bytes += len(message)
        while len(self._events) > MOST_EVENTS or (self._bytes > MOST_BYTES and len(self._events) > 1):
            self._bytes -= len(self._events.popleft()[1])
        if self._exchange:
            self._exchange.write(self._event(self._number, message))
            if self._exchange.waiting_bytes > MOST_WAITING_BYTES:
                self._exchange.cut()
                self._exchange = None

    def ping(self) -> None:
        """Show that somebody is still there."""
        if self._exchange:
            self._exchange.write(PING)

    def finish(self) -> None:
        """There is no more to tell. Who was away, or is and nobody has noticed yet, can still fetch it."""
        self.is_finished = True
        self.leave()
        self._gone(self)

    def leave(self) -> None:
        """End what the exchange hears; the events stay."""
        if self._exchange:
            self._exchange.end()
            self._exchange = None

    def drop(self) -> None:
        """Forget it."""
        self.leave()
        self._gone(self)

    def _lost(self, exchange: Exchange) -> None:
        if self._exchange is exchange:
            self._exchange = None

    def _event(self, number: int, data: bytes) -> bytes:
        return writing.event(data, b"%d-%d" % (self.name, number))


def place_of(event_id: str) -> tuple[int, int] | None:
    """The stream and the number behind an event's id; None when it is none of ours."""
    stream, dash, number = event_id.partition("-")
    if not (dash and stream.isdecimal() and number.isdecimal() and len(event_id) < 40):
        return None
    return int(stream), int(number)
