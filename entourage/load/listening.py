"""Listeners: WebSockets that count. A few of them look at every event's age; the rest only count bytes."""

from __future__ import annotations

import asyncio
import re
import time
from dataclasses import dataclass, field

from entourage.load.plan import Plan

SAMPLED = 20
"""How many listeners look at every event."""

_SENT = re.compile(rb'"sent_ns":(\d+)')
_GAP = b'{"type":"gap"'


@dataclass(slots=True)
class Heard:
    """What the listeners got."""

    bytes: int = 0
    events: int = 0
    """Of the sampled listeners."""
    sampled: int = 0
    gaps: int = 0
    ages: list[float] = field(default_factory=list[float])
    """Milliseconds from sending an event to its arrival at a sampled listener."""


class Listener(asyncio.Protocol):
    """One subscribed socket. It may keep a part of an event until the rest comes; it never answers."""

    def __init__(self, heard: Heard, *, sampled: bool) -> None:
        self._heard = heard
        self._sampled = sampled
        self._rest = b""
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        if not self.ready.done():
            self._begin(data)
            return
        self._heard.bytes += len(data)
        if self._sampled:
            self._look(data)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.ready.done():
            self.ready.set_exception(exc or ConnectionResetError(self._rest[:200].decode(errors="replace")))

    def _begin(self, data: bytes) -> None:
        """The server's answer to the handshake, then to the subscription."""
        assert self.transport
        before, self._rest = self._rest, self._rest + data
        if b"\r\n\r\n" in self._rest and b"\r\n\r\n" not in before:
            self.transport.write(_masked(_SUBSCRIBE))
        if b'"subscribed"' in self._rest:
            self._rest = b""
            self.ready.set_result(None)

    def _look(self, data: bytes) -> None:
        now = time.time_ns()
        text = self._rest + data
        last = 0
        for found in _SENT.finditer(text):
            if found.end() == len(text):  # the number may go on in the next piece
                break
            last = found.end()
            self._heard.events += 1
            self._heard.ages.append((now - int(found[1])) / 1e6)
        self._heard.gaps += text.count(_GAP, max(0, len(self._rest) - len(_GAP) + 1))
        self._rest = text[max(last, len(text) - 64) :]


async def listen(plan: Plan, heard: Heard) -> list[Listener]:
    """Connect and subscribe every listener; the stalled ones stop reading. Raises OSError, ConnectionResetError."""
    loop = asyncio.get_running_loop()
    listeners: list[Listener] = []
    heard.sampled = min(plan.listeners, SAMPLED)
    for number in range(plan.listeners + plan.stalled):
        listener = Listener(heard, sampled=number < heard.sampled)
        await loop.create_connection(lambda one=listener: one, *plan.address)
        assert listener.transport
        listener.transport.write(_handshake(plan))
        await listener.ready
        if number >= plan.listeners:
            listener.transport.pause_reading()
        listeners.append(listener)
    return listeners


_SUBSCRIBE = b'{"action":"subscribe","id":"load","filters":{"source_apps":["load"]}}'


def _handshake(plan: Plan) -> bytes:
    host, port = plan.address
    return (
        f"GET /stream HTTP/1.1\r\nHost: {host}:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n"
        f"Sec-WebSocket-Protocol: entourage.v1, bearer.{plan.token}\r\n\r\n"
    ).encode()


def _masked(payload: bytes) -> bytes:
    """A client's frame; the mask of zeros leaves the payload as it is."""
    assert len(payload) < 126
    return bytes((0x81, 0x80 | len(payload))) + b"\0\0\0\0" + payload
