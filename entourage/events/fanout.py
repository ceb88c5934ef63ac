"""Redis pub/sub between replicas: carries committed events of owners that somebody watches. The log stays the truth."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, cast

import msgspec
import structlog

from entourage.events.event import Published
from entourage.events.hub import Hub
from entourage.kit.ids import new_id
from entourage.stores.log import Record

logger = structlog.get_logger(__name__)

QUEUE_EVENTS = 10_000


class _Parcel(msgspec.Struct, array_like=True):
    origin: str
    seq: int
    record: tuple[Any, ...]


class RedisFanout:
    """Sends what this process commits, receives what others do. A lost parcel is a hole, which the log fills."""

    def __init__(self, url: str, hub: Hub) -> None:
        self._url = url
        self._hub = hub
        self._origin = new_id()
        self._outbox: asyncio.Queue[Sequence[Published]] = asyncio.Queue(QUEUE_EVENTS)
        self._tasks: list[asyncio.Task[None]] = []
        self._redis: Any = None  # redis-py's own types do not hold under strict checks
        self._pubsub: Any = None

    async def start(self) -> None:
        """Connect both ways. Raises ConnectionError when Redis is not there."""
        from redis.asyncio import Redis

        self._redis = cast("Any", Redis).from_url(self._url)
        await self._redis.ping()
        self._pubsub = self._redis.pubsub(ignore_subscribe_messages=True)
        await self._pubsub.subscribe(_channel(self._origin))  # a first channel, so that listening can begin
        self._tasks = [asyncio.create_task(self._send()), asyncio.create_task(self._receive())]
        self._hub.connect(self._forward, self._listen)

    async def close(self) -> None:
        """Stop both directions."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._pubsub:
            await self._pubsub.aclose()
        if self._redis:
            await self._redis.aclose()

    def _forward(self, events: Sequence[Published]) -> None:
        try:
            self._outbox.put_nowait(events)
        except asyncio.QueueFull:
            logger.warning("fanout.dropped", events=len(events))

    async def _listen(self, owner_id: str, on: bool) -> None:
        await (self._pubsub.subscribe(_channel(owner_id)) if on else self._pubsub.unsubscribe(_channel(owner_id)))

    async def _send(self) -> None:
        while True:
            events = await self._outbox.get()
            try:
                async with self._redis.pipeline(transaction=False) as pipe:
                    for event in events:
                        pipe.publish(_channel(event.owner_id), self._parcel(event))
                    await pipe.execute()
            except OSError as error:
                logger.warning("fanout.send_failed", error=str(error))

    def _parcel(self, published: Published) -> bytes:
        event = published.event
        record = (published.owner_id, *msgspec.structs.astuple(event)[1:])
        return msgspec.msgpack.encode(_Parcel(self._origin, event.seq, (*record[:9], bytes(event.data), *record[10:])))

    async def _receive(self) -> None:
        while True:
            try:
                message = await self._pubsub.get_message(timeout=None)
            except OSError as error:
                logger.warning("fanout.receive_failed", error=str(error))
                await asyncio.sleep(0.2)
                continue
            if message is not None:
                self._take(message["data"])

    def _take(self, data: bytes) -> None:
        parcel = msgspec.msgpack.decode(data, type=_Parcel)
        if parcel.origin != self._origin:
            fields = (*parcel.record[:9], parcel.record[9].decode(), *parcel.record[10:])
            record = Record(*fields)
            self._hub.receive([Published(record.owner_id, parcel.seq, record)])


def _channel(name: str) -> str:
    return f"entourage:events:{name}"
