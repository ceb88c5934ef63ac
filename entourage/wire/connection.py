"""One connection to a provider: one request at a time, its answer parsed as it comes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from math import inf
from typing import TYPE_CHECKING, cast

import httptools

from entourage.wire.decompression import Decode, decoder_of
from entourage.wire.failures import CutOff, TooBig, Unreadable, WireFailed
from entourage.wire.reply import Reply, Wants

if TYPE_CHECKING:
    from entourage.kit.exchange import Header
    from entourage.wire.bounds import Bounds

_BODILESS = frozenset({204, 304})
_OK = 200
_FIRST_FINAL = 200


class Connection(asyncio.Protocol):
    """Implements `Flow`. Nothing is scheduled for a single read: whoever owns it looks at `deadline` now and then."""

    __slots__ = (
        "_bounds",
        "_decode",
        "_excess",
        "_failure",
        "_has_begun",
        "_has_head",
        "_headers",
        "_is_complete",
        "_is_flowing",
        "_is_paused",
        "_keeps",
        "_loop",
        "_on_done",
        "_parser",
        "_parts",
        "_size",
        "_status",
        "_take",
        "_transport",
        "_until_close",
        "_waiter",
        "_wants",
        "deadline",
        "idle_since",
        "is_open",
        "is_silent",
    )

    def __init__(self, bounds: Bounds, on_done: Callable[[Connection, bool], None]) -> None:
        self._bounds = bounds
        self._on_done = on_done
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport
        self._parser = httptools.HttpResponseParser(self)
        self._waiter: asyncio.Future[Reply] | asyncio.Future[bool] | None = None
        self._take: Callable[[bytes], None] | None = None
        self._wants: Wants = "whole"
        self.is_open = False
        self.idle_since = 0.0
        self._reset()

    def _reset(self) -> None:
        self._status = 0
        self._headers: list[Header] = []
        self._parts: list[bytes] = []
        self._size = 0
        self._decode: Decode | None = None
        self._failure: BaseException | None = None
        self._has_head = self._is_complete = self._excess = self._until_close = False
        self._is_flowing = self._is_paused = self._has_begun = self._keeps = False
        self.is_silent = True
        self.deadline = inf

    # what the pool and the caller do

    async def ask(self, request: bytes, wants: Wants) -> Reply:
        """Send a request; the whole answer, or its head when the rest is streamed. Raises WireFailed."""
        self._wants = wants
        self.deadline = self._loop.time() + self._bounds.first_byte_seconds
        waiter: asyncio.Future[Reply] = self._loop.create_future()
        self._waiter = waiter
        self._transport.write(request)
        try:
            return await waiter
        except BaseException:
            self.abort()
            raise

    async def flow(self, take: Callable[[bytes], None]) -> bool:
        self._take = take
        if self._is_paused:
            self._is_paused = False
            if self.is_open:
                self._transport.resume_reading()
            self.deadline = self._loop.time() + self._bounds.between_bytes_seconds
        try:
            self._hand_over()
            if self._failure:
                raise self._failure
            if self._is_complete or self._is_paused:
                return self._ended()
            waiter: asyncio.Future[bool] = self._loop.create_future()
            self._waiter = waiter
            await waiter
            return self._ended()
        except BaseException:
            self.abort()
            raise

    def pause(self) -> None:
        if self._is_paused or self._is_complete or not self.is_open:
            return
        self._is_paused = True
        self.deadline = inf
        self._transport.pause_reading()
        self._wake()

    def began(self) -> None:
        self._has_begun = True

    def fail(self, error: BaseException) -> None:
        """Give up this answer: whoever waits for it, or asks for more of it, gets `error`."""
        if self._failure is None:
            self._failure = error
        waiter, self._waiter = self._waiter, None
        if waiter and not waiter.done():
            waiter.set_exception(error)
        self.abort()

    def abort(self) -> None:
        """Drop the connection, whatever it is at."""
        self.deadline = inf
        if self.is_open:
            self.is_open = False
            self._transport.abort()
            self._take = None
            self._on_done(self, False)

    def close(self) -> None:
        """End a connection that nobody uses."""
        self.is_open = False
        self._transport.close()

    def _ended(self) -> bool:
        if not self._is_complete:
            return False
        self._done()
        return True

    def _done(self) -> None:
        """The answer is whole and handed over: the connection may carry the next one."""
        keeps = self.is_open and self._keeps and not self._excess and not self._until_close
        self._take = None
        self.deadline = inf
        if keeps:
            self._reset()
            self._on_done(self, True)
        elif self.is_open:
            self.is_open = False
            self._transport.close()
            self._on_done(self, False)

    # what asyncio tells

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self.is_open = True

    def data_received(self, data: bytes) -> None:
        if not self.is_open:
            return
        if self.deadline == inf and not self._is_paused:
            self.abort()  # an answer nobody asked for: whatever comes next on this connection cannot be trusted
            return
        self.is_silent = False
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            self.fail(error.__context__ if isinstance(error.__context__, WireFailed) else Unreadable(_NO_HTTP))
            return
        try:
            self._go_on(len(data))
        except Exception as error:  # of the decoder or of `take`: raised where the pieces are waited for
            self.fail(error)

    def _go_on(self, size: int) -> None:
        if not self._has_head:
            self._size += size
            if self._size > self._bounds.head_bytes:
                raise TooBig("the head of the answer is too large")
            return
        if self._size > self._bounds.reply_bytes:
            raise TooBig("the answer is too large")
        if self._is_flowing:
            if self._take and not self._is_paused:
                self._hand_over()
            if self._is_complete or self._take is None:
                self._wake()
            elif self._has_begun and not self._is_paused:
                self.deadline = self._loop.time() + self._bounds.between_bytes_seconds
        elif self._is_complete:
            self._give(Reply(self._status, self._headers, self._body()))
        else:
            self.deadline = self._loop.time() + self._bounds.between_bytes_seconds

    def _hand_over(self) -> None:
        parts = self._parts
        if parts and self._take:
            data = parts[0] if len(parts) == 1 else b"".join(parts)
            self._parts = []
            plain = self._decode(data) if self._decode else data
            if plain:
                self._take(plain)

    def _body(self) -> bytes:
        data = self._parts[0] if len(self._parts) == 1 else b"".join(self._parts)
        return self._decode(data) if self._decode else data

    def _give(self, reply: Reply) -> None:
        waiter, self._waiter = self._waiter, None
        if reply.stream is None:
            self._done()
        if waiter and not waiter.done():
            cast("asyncio.Future[Reply]", waiter).set_result(reply)

    def _wake(self) -> None:
        waiter, self._waiter = self._waiter, None
        if waiter and not waiter.done():
            cast("asyncio.Future[bool]", waiter).set_result(self._is_complete)

    def eof_received(self) -> bool:
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.is_open:
            return
        self.is_open = False
        self._on_done(self, False)
        if self._until_close and self._has_head and exc is None:
            self._is_complete = True
            try:
                self._go_on(0)
            except Exception as error:  # as in data_received
                self.fail(error)
        elif self._is_flowing and self._is_complete:
            self._wake()
        else:
            self.fail(CutOff("the connection broke off before the answer was whole", is_silent=self.is_silent))

    # what the parser tells

    def on_message_begin(self) -> None:
        if self._is_complete:
            self._excess = True

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self._excess:
            self._headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        if self._excess:
            return
        status = self._parser.get_status_code()
        if status < _FIRST_FINAL:
            return
        self._status = status
        self._has_head = True
        self._size = 0
        found = dict(self._headers)
        self._decode = decoder_of(found.get(b"content-encoding", b""), self._bounds.reply_bytes)
        is_framed = b"content-length" in found or b"transfer-encoding" in found or status in _BODILESS
        self._until_close = not is_framed
        if status == _OK and self._wants != "whole":
            self._is_flowing = self._wants == "pieces" or _is_event_stream(found.get(b"content-type", b""))
            if self._is_flowing:
                self._give(Reply(status, self._headers, None, self))

    def on_body(self, body: bytes) -> None:
        if not self._excess:
            self._size += len(body)
            self._parts.append(body)

    def on_message_complete(self) -> None:
        if self._has_head:
            self._is_complete = True
            self._keeps = self._parser.should_keep_alive()  # it knows only now
        else:
            self._headers = []  # a 1xx answer: the real one follows


_NO_HTTP = "the provider's answer is no HTTP/1.1"


def _is_event_stream(content_type: bytes) -> bool:
    return content_type[:17].lower() == b"text/event-stream"
