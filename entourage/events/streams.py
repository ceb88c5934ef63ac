"""What all stream doors share: who may listen to what, heartbeats, gaps."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeAlias

from entourage.accounts.sockets import Recheck, TokenCheck
from entourage.events.hub import Hub
from entourage.events.subscription import PulledSubscription, WrittenSubscription
from entourage.kit.clock import now_ms
from entourage.kit.errors import NotFound, TooMany
from entourage.kit.frames import Frames
from entourage.kit.json import encode
from entourage.stores.log import Filter

SessionCheck: TypeAlias = Callable[[str, str], Awaitable[bool]]


class Streams:
    """Opens subscriptions. `has_session(owner_id, session_id)` tells whether that session is the owner's."""

    def __init__(self, hub: Hub, has_session: SessionCheck, *, per_user: int, heartbeat_seconds: float) -> None:
        self._hub = hub
        self._has_session = has_session
        self._per_user = per_user
        self.heartbeat_seconds = heartbeat_seconds

    async def head(self, owner_id: str) -> int:
        """The owner's last seq."""
        assert self._hub.log is not None
        return await self._hub.log.head(owner_id)

    async def check(self, owner_id: str, where: Filter) -> None:
        """Raises NotFound for a session that is not the owner's, TooMany past the streams of one person."""
        for session_id in where.session_ids:
            if not await self._has_session(owner_id, session_id):
                raise NotFound(f"There is no session {session_id}.")
        if self._hub.connections_of(owner_id) >= self._per_user:
            raise TooMany(f"You have {self._per_user} streams open.", retry_after_seconds=5)

    @asynccontextmanager
    async def open(self, owner_id: str, where: Filter, encoding: str) -> AsyncGenerator[PulledSubscription]:
        """A subscription that is given back at the end."""
        subscription = self._hub.subscribe(owner_id, where, encoding)
        try:
            yield subscription
        finally:
            await self._hub.unsubscribe(subscription)

    def write_to(
        self, frames: Frames, owner_id: str, where: Filter, *, name: str, kinds: frozenset[str]
    ) -> WrittenSubscription:
        """A subscription whose events are written to a socket as they come. Give it back by `leave`."""
        return self._hub.write_to(frames, owner_id, where, name=name, kinds=kinds)

    async def leave(self, subscription: WrittenSubscription) -> None:
        """End a subscription."""
        await self._hub.unsubscribe(subscription)

    async def closing(self) -> None:
        """Wait until the server stops."""
        await self._hub.closing.wait()

    async def lines(self, owner_id: str, where: Filter, valid: TokenCheck, *, sse: bool) -> AsyncIterator[bytes]:
        """The stream as NDJSON, or as server-sent events whose ids are seqs; it ends when the token does."""
        async with self.open(owner_id, where, "sse" if sse else "ndjson") as subscription:
            yield _sse("hello", {}) if sse else b""
            token = Recheck(valid)
            while await token.holds():
                blobs, gap = await subscription.take(self.heartbeat_seconds)
                if gap:
                    blobs.append(_control("gap", {"from": gap[0], "to": gap[1]}, sse=sse))
                if not blobs:
                    if subscription.closed:
                        return
                    blobs = [_control("heartbeat", {}, sse=sse)]
                yield b"".join(blobs)


def _control(kind: str, data: dict[str, int], *, sse: bool) -> bytes:
    body = encode({"type": kind, "ts": now_ms(), "data": data})
    return _sse_bytes(kind, body) if sse else body + b"\n"


def _sse(kind: str, data: dict[str, int]) -> bytes:
    return _sse_bytes(kind, encode(data))


def _sse_bytes(kind: str, body: bytes) -> bytes:
    return b"event: %s\ndata: %s\n\n" % (kind.encode(), body)
