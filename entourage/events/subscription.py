"""One client's place in the stream: what it wants, what waits for it, and the gap if it reads too slowly."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import replace

from entourage.events.event import Published, matches
from entourage.stores.log import Filter


class Subscription:
    """Bytes for one client. The hub pushes, the door takes."""

    def __init__(self, owner_id: str, where: Filter, encoding: str, backlog_bytes: int) -> None:
        self.owner_id = owner_id
        self.where = where
        self.group = (replace(where, after=0), encoding)
        self.closed = False
        self.replaying: asyncio.Task[None] | None = None
        self._encoding = encoding
        self._limit = backlog_bytes
        self._last = where.after
        self._behind: list[Published] | None = []
        self._blobs: deque[tuple[int, bytes]] = deque()
        self._bytes = 0
        self._gap: tuple[int, int] | None = None
        self._wake = asyncio.Event()
        self._empty = asyncio.Event()
        self._empty.set()

    @property
    def last(self) -> int:
        """The last seq handed to this client."""
        return self._last

    def wants(self, event: Published) -> bool:
        """Whether the event passes the filter."""
        return matches(event.event, self.where)

    def encode(self, events: Sequence[Published]) -> list[bytes]:
        """The events as this client reads them; one blob, or one per event for messages."""
        if self._encoding == "message":
            return [event.message for event in events]
        return [b"".join(getattr(event, self._encoding) for event in events)]

    def remaining(self) -> Filter:
        """The filter of what this client has not seen yet."""
        return replace(self.where, after=self._last)

    def replay(self, events: Sequence[Published]) -> None:
        """Events from memory or the log, before the live ones."""
        fresh = [event for event in events if event.seq > self._last]
        if fresh:
            self._last = fresh[-1].seq
            self._keep(fresh[0].seq, self.encode(fresh))

    def go_live(self) -> None:
        """The replay is complete: what came in meanwhile follows, then the hub's pushes."""
        behind, self._behind = self._behind or [], None
        self.replay(behind)

    def push(self, events: Sequence[Published], blobs: Sequence[bytes]) -> None:
        """A window of live events."""
        if self._behind is not None:
            self._behind += events
        elif events[0].seq > self._last:
            self._last = events[-1].seq
            self._offer(events[0].seq, blobs)
        else:
            self.replay(events)

    def _offer(self, first: int, blobs: Sequence[bytes]) -> None:
        size = sum(map(len, blobs))
        if self._gap or self._bytes + size > self._limit:
            start = self._gap[0] if self._gap else (self._blobs[0][0] if self._blobs else first)
            self._gap = (start, self._last)
            self._blobs.clear()
            self._bytes = 0
            self._wake.set()
            return
        self._keep(first, blobs)

    def _keep(self, first: int, blobs: Sequence[bytes]) -> None:
        for blob in blobs:
            self._blobs.append((first, blob))
            self._bytes += len(blob)
        self._empty.clear()
        self._wake.set()

    async def drained(self) -> None:
        """Wait until the client took what waits (during a long replay)."""
        if self._bytes > self._limit // 2:
            await self._empty.wait()

    async def take(self, timeout_seconds: float) -> tuple[list[bytes], tuple[int, int] | None]:
        """What waits, and the gap `(from, to)` if some was dropped; nothing after the timeout or at the end."""
        if not self._blobs and not self._gap and not self.closed:
            self._wake.clear()
            try:
                async with asyncio.timeout(timeout_seconds):
                    await self._wake.wait()
            except TimeoutError:
                return [], None
        blobs = [blob for _, blob in self._blobs]
        gap, self._gap = self._gap, None
        self._blobs.clear()
        self._bytes = 0
        self._empty.set()
        return blobs, gap

    def close(self) -> None:
        """Let the door go."""
        self.closed = True
        self._wake.set()
        self._empty.set()
