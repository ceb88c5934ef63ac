"""What the parent said, in the order in which it is worked off: whatever reads first, then one change. Child only."""

from __future__ import annotations

import select
import socket
from collections import deque
from typing import NamedTuple

from entourage.stores.vectors.edge import wire

_READ_BYTES = 262_144


class Call(NamedTuple):
    """A message, and the bytes it came as."""

    number: int
    message: wire.Message
    body: bytes


class Gone(Exception):
    """The parent is not there any more."""


class Inbox:
    """Calls that wait. Changes keep their order; what only reads goes before them and never waits for more than one."""

    def __init__(self, channel: socket.socket) -> None:
        self._channel = channel
        self._bytes = bytearray()
        self._reads: deque[Call] = deque()
        self._changes: deque[Call] = deque()

    def next(self, wait_seconds: float | None) -> list[Call]:
        """All that read, else one change, else nothing after `wait_seconds`. Raises Gone."""
        waits = bool(self._reads or self._changes)
        self._receive(0.0 if waits else wait_seconds)
        if self._reads:
            calls = list(self._reads)
            self._reads.clear()
            return calls
        return [self._changes.popleft()] if self._changes else []

    def change(self) -> Call | None:
        """The change whose turn it is, after those that read were answered."""
        return self._changes.popleft() if self._changes else None

    def _receive(self, wait_seconds: float | None) -> None:
        while select.select([self._channel], [], [], wait_seconds)[0]:
            data = self._channel.recv(_READ_BYTES)
            if not data:
                raise Gone
            self._bytes += data
            whole = self._split()
            wait_seconds = 0.0 if whole or self._reads or self._changes else wait_seconds

    def _split(self) -> bool:
        """Take whole frames out of what came."""
        start, found = 0, False
        while len(self._bytes) - start >= wire.HEAD.size:
            length, number = wire.HEAD.unpack_from(self._bytes, start)
            end = start + wire.HEAD.size + length
            if length > wire.MOST_BYTES:
                raise Gone
            if len(self._bytes) < end:
                break
            self._sort(number, bytes(self._bytes[start + wire.HEAD.size : end]))
            start, found = end, True
        del self._bytes[:start]
        return found

    def _sort(self, number: int, body: bytes) -> None:
        call = Call(number, wire.messages.decode(body), body)
        (self._reads if isinstance(call.message, wire.READS) else self._changes).append(call)
