"""A log with its hub, and short ways to write and read events in tests."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from entourage.events.event import NewEvent
from entourage.events.hub import Hub
from entourage.events.log import EventLog
from entourage.events.subscription import Subscription
from entourage.events.types import TextDelta
from entourage.kit.ids import new_id
from entourage.stores.log import Filter, LogStore, Record, Rider, Rollup, Stored
from entourage.stores.log.base import Appended

ANNA, BORIS = new_id(), new_id()
CHAT = new_id()


def said(text: str, *, owner: str = ANNA, session: str | None = CHAT, **more: Any) -> NewEvent:
    data = TextDelta(message_id="m", part=0, offset=0, text=text)
    return NewEvent(owner_id=owner, data=data, session_id=session, **more)


@dataclass
class Spine:
    """What the server calls the spine."""

    log: EventLog
    hub: Hub
    store: LogStore

    @classmethod
    def over(cls, store: LogStore, *, window_ms: int = 5, backlog_bytes: int = 1_000_000, **limits: int) -> Spine:
        hub = Hub(window_ms=window_ms, backlog_bytes=backlog_bytes)
        options = {"queue_events": 10_000, "wait_ms": 50, "batch_events": 512, **limits}
        log = EventLog(store, hub.publish, **options)
        hub.log = log
        log.start()
        return cls(log, hub, store)

    async def close(self) -> None:
        await self.hub.close()
        await self.log.close()


async def taken(subscription: Subscription, last: int) -> list[int]:
    """Seqs that this client reads, up to and with `last`."""
    return [event["seq"] for event in await events(subscription, last)]


async def events(subscription: Subscription, last: int) -> list[dict[str, Any]]:
    seen: list[dict[str, Any]] = []
    async with asyncio.timeout(20):
        while not seen or seen[-1]["seq"] < last:
            blobs, gap = await subscription.take(20)
            assert gap is None, gap
            seen += [json.loads(line) for line in b"".join(blobs).splitlines()]
    return seen


class CountingStore:
    """A log store in memory that counts its transactions; `hold` lets them wait, `poison` lets one text fail."""

    def __init__(self) -> None:
        self.batches: list[int] = []
        self.reads = 0
        self.rows: list[Stored] = []
        self.hold = asyncio.Event()
        self.hold.set()
        self.poison: str | None = None

    async def append(self, batch: Sequence[tuple[Record, Rollup]], riders: Sequence[Rider] = ()) -> list[Appended]:
        await self.hold.wait()
        if self.poison and any(self.poison in record.data for record, _ in batch):
            raise ValueError("this row cannot be stored")
        self.batches.append(len(batch))
        places: list[Appended] = []
        for record, _ in batch:
            mine = [row for row in self.rows if row.record.owner_id == record.owner_id]
            known = next((row for row in mine if row.record.id == record.id), None)
            if known is None:
                self.rows.append(Stored(len(mine) + 1, record))
            places.append(Appended(known.seq if known else len(mine) + 1, new=known is None))
        return places

    def append_at_once(self, batch: Sequence[tuple[Record, Rollup]], riders: Sequence[Rider]) -> None:
        return None

    async def head(self, owner_id: str) -> int:
        return sum(row.record.owner_id == owner_id for row in self.rows)

    async def read(self, owner_id: str, where: Filter, limit: int, *, newest: bool = False) -> list[Stored]:
        self.reads += 1
        found = [
            row
            for row in self.rows
            if row.record.owner_id == owner_id
            and row.seq > where.after
            and (where.before is None or row.seq < where.before)
            and (not where.session_ids or row.record.session_id in where.session_ids)
        ]
        return found[-limit:] if newest else found[:limit]

    async def count(self, owner_id: str, where: Filter, limit: int) -> int:
        return len(await self.read(owner_id, where, limit))

    async def index_texts(self, owner_id: str, items: Sequence[tuple[int, str]]) -> None:
        return

    async def delete(self, owner_id: str, where: Filter) -> int:
        return 0

    async def close(self) -> None:
        return
