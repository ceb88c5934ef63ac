"""One client's place in the stream: what it wants and which seq it has.

Two kinds, by how the bytes travel: `PulledSubscription` keeps them until its door takes them (NDJSON, SSE);
`WrittenSubscription` writes frames to the client's connection at once (WebSocket).
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from msgspec.structs import replace

from entourage.events.event import Published, matches
from entourage.kit.clock import now_ms
from entourage.kit.frames import Frames, text_frame
from entourage.kit.json import encode
from entourage.stores.log import Filter

TRY_AGAIN = 1013
"""The close code of WebSockets for it."""

LOOK_AGAIN_SECONDS = 0.1
"""How often a client that has fallen behind is looked at."""

Group: TypeAlias = tuple[Filter, str]
"""Clients with the same filter and encoding."""


class Subscription(ABC):
    """What the hub knows of a client. The hub pushes windows of events; each is delivered once, in order of seq."""

    kinds: frozenset[str] = frozenset()

    def __init__(self, owner_id: str, where: Filter, encoding: str) -> None:
        self.owner_id = owner_id
        self.where = where
        self.group: Group = (replace(where, after=0), encoding)
        self.closed = False
        self.replaying: asyncio.Task[None] | None = None
        self._encoding = encoding
        self._last = where.after
        self._behind: list[Published] | None = []

    @property
    def last(self) -> int:
        """The last seq handed to this client."""
        return self._last

    def wants(self, event: Published) -> bool:
        """Whether the event passes the filter."""
        return matches(event.record, self.where)

    def encode(self, events: Sequence[Published]) -> bytes:
        """The events as this client reads them."""
        return b"".join(getattr(event, self._encoding) for event in events)

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

    def push(self, events: Sequence[Published], blob: bytes) -> int:
        """A window of live events; how many of them the client will not get because it is too slow."""
        if self._behind is not None:
            self._behind += events
        elif events[0].seq <= self._last:
            self.replay(events)
        else:
            self._last = events[-1].seq
            if not self._offer(events[0].seq, blob):
                return len(events)
        return 0

    def hears(self, kind: str, where: Mapping[str, str | None]) -> bool:
        """Whether this client asked for messages of `kind` about what `where` names."""
        return (
            kind in self.kinds
            and (not self.where.session_ids or where.get("session_id") in self.where.session_ids)
            and (not self.where.sources or where.get("source") in self.where.sources)
            and (not self.where.agents or where.get("agent") in self.where.agents)
        )

    def tell(self, message: bytes) -> None:
        """A message that is no event, for clients that asked for its kind."""
        raise TypeError("this client asked for events only")

    def fail(self) -> None:
        """The log could not be read: let the client come again and say where it was."""
        self.close()

    @abstractmethod
    def _keep(self, first: int, blob: bytes) -> None:
        """Deliver, whatever waits already."""

    @abstractmethod
    def _offer(self, first: int, blob: bytes) -> bool:
        """Deliver; or drop what the client cannot take, note the gap, and give False."""

    @abstractmethod
    async def drained(self) -> None:
        """Wait until the client took what waits (during a long replay)."""

    @abstractmethod
    def close(self) -> None:
        """Let the door go."""


class PulledSubscription(Subscription):
    """Bytes wait here, at most `backlog_bytes`, until the door takes them."""

    def __init__(self, owner_id: str, where: Filter, encoding: str, backlog_bytes: int) -> None:
        super().__init__(owner_id, where, encoding)
        self._limit = backlog_bytes
        self._blobs: deque[tuple[int, bytes]] = deque()
        self._bytes = 0
        self._gap: tuple[int, int] | None = None
        self._wake = asyncio.Event()
        self._empty = asyncio.Event()
        self._empty.set()

    def _offer(self, first: int, blob: bytes) -> bool:
        if self._gap or self._bytes + len(blob) > self._limit:
            start = self._gap[0] if self._gap else (self._blobs[0][0] if self._blobs else first)
            self._gap = (start, self._last)
            self._blobs.clear()
            self._bytes = 0
            self._wake.set()
            return False
        self._keep(first, blob)
        return True

    def _keep(self, first: int, blob: bytes) -> None:
        self._blobs.append((first, blob))
        self._bytes += len(blob)
        self._empty.clear()
        self._wake.set()

    async def drained(self) -> None:
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
        self.closed = True
        self._wake.set()
        self._empty.set()


class WrittenSubscription(Subscription):
    """Frames go to the client's connection at once. Past `backlog_bytes` they are dropped until the client has caught
    up; then it is told the gap. What waits is shared with the other clients, so a stalled one costs next to nothing.
    """

    def __init__(
        self, owner_id: str, where: Filter, frames: Frames, backlog_bytes: int, *, name: str, kinds: frozenset[str]
    ) -> None:
        super().__init__(owner_id, where, "packed_frame" if frames.deflates else "frame")
        self.name = name
        self.kinds = kinds
        self._frames = frames
        self._limit = backlog_bytes
        self._gap: tuple[int, int] | None = None

    def _offer(self, first: int, blob: bytes) -> bool:
        waiting = self._frames.waiting_bytes
        if self._gap is None and (not waiting or waiting + len(blob) <= self._limit):
            self._frames.write(blob)
            return True
        if self._gap is None:
            self._look_again()
        self._gap = (self._gap[0] if self._gap else first, self._last)
        return False

    def _keep(self, first: int, blob: bytes) -> None:
        self._frames.write(blob)

    def tell(self, message: bytes) -> None:
        if not self._gap and self._frames.waiting_bytes + len(message) <= self._limit:
            self._frames.write(text_frame(message))

    def _look_again(self) -> None:
        asyncio.get_running_loop().call_later(LOOK_AGAIN_SECONDS, self._caught_up)

    def _caught_up(self) -> None:
        """Once the connection is nearly free again: tell what was dropped, and go on."""
        if self.closed or self._gap is None:
            return
        if self._frames.waiting_bytes > self._limit // 4:
            self._look_again()
            return
        payload = {"from": self._gap[0], "to": self._gap[1], "id": self.name}
        self._gap = None
        self._frames.write(text_frame(encode({"type": "gap", "payload": payload, "timestamp": now_ms()})))

    async def drained(self) -> None:
        await self._frames.drained()

    def fail(self) -> None:
        self.close()
        self._frames.end(TRY_AGAIN, "the log could not be read; connect again")

    def close(self) -> None:
        self.closed = True
