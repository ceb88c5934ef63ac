"""Keeps sessions, lanes and spans up to date with the log, in windows, each exactly once.

What a window changes and how far the log is projected are written in one transaction: a process that dies in between
has done neither. Its first statement moves the checkpoint from where the window began; of two servers that project the
same window one finds it moved and has written nothing.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Sequence

import structlog

from entourage.events.event import Published
from entourage.events.follower import Follower
from entourage.events.hub import Hub
from entourage.events.log import EventLog
from entourage.observe.projection.fold import Rows, Window, folded
from entourage.observe.projection.live import Live
from entourage.observe.projection.reading import facts_of
from entourage.observe.projection.store import ProjectionStore, changes
from entourage.observe.tables import CheckpointRow
from entourage.stores.log import Filter
from entourage.stores.log.base import Unstorable
from entourage.stores.sql import Database

logger = structlog.get_logger(__name__)

WINDOW_SECONDS = 0.2
SWEEP_SECONDS = 5.0
"""How often owners are looked for who are behind: after a crash, or when another process wrote to the log."""

REST_FACTOR = 3.0
REST_SECONDS = 0.1
"""After a window the projector rests so many times as long as the window took, and at least so long."""

CHUNK_EVENTS = 250
"""So many events a window: whoever writes to the log meanwhile waits for no more than their few milliseconds."""

SLICE_EVENTS = 25
"""After so many events others have a turn: the loop is never held for long."""

KEPT_EVENTS = 20_000
"""Committed events of one owner that wait in memory; past them they are read from the log again."""


class Projector:
    """One task per process."""

    def __init__(self, database: Database, log: EventLog, hub: Hub) -> None:
        self._database = database
        self._log = log
        self._live = Live(database, hub)
        self._waiting: dict[str, deque[Published]] = {}
        self._places: dict[str, int] = {}
        self._follower = Follower(
            database,
            CheckpointRow,
            self._follow,
            name="observe-projector",
            window_seconds=WINDOW_SECONDS,
            sweep_seconds=SWEEP_SECONDS,
        )
        self.settle = self._follower.settle
        self.close = self._follower.close

    def start(self) -> None:
        """Follow the log from now on; what was missed before is caught up first."""
        self._log.listen(self._note)
        self._follower.start()

    def _note(self, events: Sequence[Published]) -> None:
        for event in events:
            waiting = self._waiting.get(event.owner_id)
            if waiting is None:
                waiting = self._waiting[event.owner_id] = deque(maxlen=KEPT_EVENTS)
            waiting.append(event)
            self._follower.note(event.owner_id)

    async def _follow(self, owner_id: str) -> None:
        try:
            await self._follow_on(owner_id)
        except BaseException:
            self._places.pop(owner_id, None)
            raise

    async def _follow_on(self, owner_id: str) -> None:
        """Project window after window until the owner's end of the log."""
        while events := await self._next(owner_id):
            started = time.perf_counter()
            last = events[-1].seq
            window = await _read(events)
            await self._log.index_texts(owner_id, window.texts)
            after = await self._write_what_can_be(owner_id, window, events)
            if after is None:
                self._places.pop(owner_id)  # another server was quicker: look again where it is
                continue
            self._places[owner_id] = last
            await self._live.tell(owner_id, after)
            await self._rest(time.perf_counter() - started)

    async def _rest(self, worked_seconds: float) -> None:
        """Leave most of the time to those who send, unless the server waits for us to end."""
        if not self._follower.is_closing:
            await asyncio.sleep(max(worked_seconds * REST_FACTOR, REST_SECONDS))

    async def _next(self, owner_id: str) -> list[Published]:
        """The events after the checkpoint: from memory when nothing is missing there, else from the log."""
        place = self._places.get(owner_id)
        if place is None:
            async with self._database.read(owner_id) as session:
                row = await session.get(CheckpointRow, owner_id)
            place = self._places[owner_id] = row.seq if row else 0
        waiting = self._waiting.get(owner_id) or deque[Published]()
        while waiting and waiting[0].seq <= place:
            waiting.popleft()
        found: list[Published] = []
        while waiting and len(found) < CHUNK_EVENTS and waiting[0].seq == place + len(found) + 1:
            found.append(waiting.popleft())
        if not found:
            found = await self._log.read(owner_id, Filter(after=place), CHUNK_EVENTS)
        if not found and not waiting:
            self._waiting.pop(owner_id, None)
        return found

    async def _write_what_can_be(self, owner_id: str, window: Window, events: Sequence[Published]) -> Rows | None:
        """As `_write`; an event that the engine itself refuses is passed over rather than hold up all later ones."""
        before, last = self._places[owner_id], events[-1].seq
        try:
            return await self._write(owner_id, window, before, last)
        except (Unstorable, OverflowError) as error:
            if len(events) == 1:
                logger.error("observe.unwritable", owner_id=owner_id, seq=last, error=str(error)[:200])  # noqa: TRY400
                return await self._write(owner_id, Window(), before, last)
        after: Rows | None = Rows()
        for event in events:
            after = await self._write_what_can_be(owner_id, await _read([event]), [event])
            if after is None:
                return None
            self._places[owner_id] = event.seq
        return after

    async def _write(self, owner_id: str, window: Window, before: int, last: int) -> Rows | None:
        """The changed rows; None when the log is projected further than `before` already."""
        async with self._database.reading(owner_id) as reading:
            store = ProjectionStore(reading, owner_id)
            known = await store.known(window)
            await store.lanes_of(known.spans.values(), known)
        after = folded(window, known)
        return after if await self._log.write(changes(owner_id, after, window, before, last)) else None


async def _read(events: Sequence[Published]) -> Window:
    window = Window()
    for number, published in enumerate(events, 1):
        if number % SLICE_EVENTS == 0:
            await asyncio.sleep(0)
        record = published.record
        window.count(record.source, record.ts)
        try:
            window.take(published.seq, facts_of(published.seq, record))
        except Exception as error:  # one event that is not as its type says must not hold up the others
            logger.warning("observe.unreadable", seq=published.seq, type=record.type, error=str(error)[:200])
    return window
