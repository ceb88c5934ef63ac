"""Answers to one POST: JSON when nothing but the result is told, else a stream of events that ends with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from entourage.tools.mcp.front import writing
from entourage.tools.mcp.front.writing import EVENT_STREAM, JSON, PING, UNBUFFERED

if TYPE_CHECKING:
    from entourage.kit.exchange import Exchange, Header
    from entourage.tools.mcp.front.heart import Heart
    from entourage.tools.mcp.front.streams import Stream

MOST_WAITING_BYTES = 8 * 1024 * 1024
"""A client that takes nothing is let go."""


class Answer(Protocol):
    """Where the messages about one request go."""

    @property
    def can_tell(self) -> bool:
        """Whether anything but the result can be told."""
        ...

    def tell(self, message: bytes) -> None:
        """A notification, or a request to the client, before the result."""
        ...

    def finish(self, message: bytes, status: int = 200) -> None:
        """The result; the status holds where nothing was told before."""
        ...

    def beat(self) -> None:
        """Show that somebody is still there."""
        ...

    def part(self) -> None:
        """Let the client come back for the rest, where it can."""
        ...


class PlainAnswer:
    """Implements `Answer`: what breaks off is lost. Modern clients ask again, and old ones that want JSON only."""

    def __init__(self, exchange: Exchange, heart: Heart, *, can_stream: bool, headers: tuple[Header, ...] = ()) -> None:
        self._exchange = exchange
        self._heart = heart
        self._headers = headers
        self.can_tell = can_stream
        heart.watch(self)

    def tell(self, message: bytes) -> None:
        if self.can_tell:
            self._begin()
            self._exchange.write(writing.event(message))
            if self._exchange.waiting_bytes > MOST_WAITING_BYTES:
                self._exchange.cut()

    def finish(self, message: bytes, status: int = 200) -> None:
        self._heart.leave(self)
        if self._exchange.has_begun:
            self._exchange.write(writing.event(message))
            self._exchange.end()
        else:
            self._exchange.answer(status, (JSON, *self._headers), message)

    def beat(self) -> None:
        if self.can_tell:
            self._begin()
            self._exchange.write(PING)

    def part(self) -> None:
        """Who leaves has nothing to come back to."""

    def leave(self) -> None:
        """Nobody waits for the result any more."""
        self._heart.leave(self)

    def _begin(self) -> None:
        if not self._exchange.has_begun:
            self._exchange.begin(200, (EVENT_STREAM, UNBUFFERED, *self._headers))


class KeptAnswer:
    """Implements `Answer`: of a session, whose client may come back for what it missed."""

    can_tell = True

    def __init__(self, exchange: Exchange, heart: Heart, stream: Stream, headers: tuple[Header, ...]) -> None:
        self._exchange = exchange
        self._heart = heart
        self._stream = stream
        self._headers = headers
        heart.watch(self)

    def tell(self, message: bytes) -> None:
        self._begin()
        self._stream.put(message)

    def finish(self, message: bytes, status: int = 200) -> None:
        self._heart.leave(self)
        if self._stream.has_begun:
            self._stream.put(message)
            self._stream.finish()
        else:
            self._exchange.answer(status, (JSON, *self._headers), message)
            self._stream.drop()

    def beat(self) -> None:
        self._begin()
        self._stream.ping()

    def part(self) -> None:
        if self._stream.primes and self._stream.has_begun:
            self._stream.leave()

    def _begin(self) -> None:
        if not self._stream.has_begun:
            self._stream.begin(self._exchange, self._headers)


class BatchAnswer:
    """Implements `Answer` for one request of a batch: results are gathered, unless something was told meanwhile."""

    def __init__(self, whole: Answer) -> None:
        self._whole = whole
        self.results: list[bytes] = []

    @property
    def can_tell(self) -> bool:
        return self._whole.can_tell

    def tell(self, message: bytes) -> None:
        self._whole.tell(message)

    def finish(self, message: bytes, status: int = 200) -> None:
        self.results.append(message)

    def beat(self) -> None:
        """The whole batch has a heart."""

    def part(self) -> None:
        """Neither has a batch."""
