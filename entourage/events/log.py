"""The event log: appends return after commit, many callers share one transaction (group commit)."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeAlias

import structlog

from entourage.events.event import NewEvent, Published
from entourage.kit.errors import Problem, TooMany, Unavailable
from entourage.stores.log import Filter, LogStore, Record, Rider, Rollup, Stored
from entourage.stores.log.base import Appended, EngineAway

logger = structlog.get_logger(__name__)

PATIENCE_SECONDS = 60.0
"""How long a batch waits for an engine that is away. Meanwhile the queue fills, and callers beyond it are refused."""
AWAY_SECONDS = 0.25
MOST_AT_ONCE = 24
"""Callers whose events may be committed on the loop: more are a crowd, for which the engine's own thread is better."""

Publish: TypeAlias = Callable[[Sequence[Published]], None]

Done: TypeAlias = Callable[[list[Appended], Problem | None], None]
"""Called once when events are committed, or with the problem why they are not. It must return at once."""


class _Waiting(NamedTuple):
    rows: list[tuple[Record, Rollup]]
    done: Done
    riders: Sequence[Rider] = ()
    at_once: bool = False


class EventLog:
    """Appends and reads. One drainer task turns everything that waits into one transaction, then publishes it."""

    def __init__(
        self, store: LogStore, publish: Publish, *, queue_events: int, wait_ms: int, batch_events: int
    ) -> None:
        self._store = store
        self._listeners: list[Publish] = [publish]
        self._queue_events = queue_events
        self._wait_seconds = wait_ms / 1000
        self._batch_events = batch_events
        self._waiting: deque[_Waiting] = deque()
        self._queued = 0
        self._work = asyncio.Event()
        self._room = asyncio.Event()
        self._drainer: asyncio.Task[None] | None = None
        self._closing = self._is_committing = False
        self.refused = 0
        """Events that were refused since the start, because the queue stayed full."""

    @property
    def queued(self) -> int:
        """Events that wait for a transaction."""
        return self._queued

    def start(self) -> None:
        """Begin to drain the queue."""
        self._drainer = asyncio.create_task(self._drain(), name="event-log")

    async def close(self) -> None:
        """Flush what waits, then stop."""
        self._closing = True
        self._work.set()
        if self._drainer:
            await self._drainer
        await self._store.close()

    async def append(self, *events: NewEvent) -> list[int]:
        """Store the events in order, in one transaction; their seqs, after commit.

        A repeat of (owner, id) gives the first seq and is not published again. Raises TooMany when the queue
        stays full, QuotaExceeded on a full disk, Unavailable when the engine is away.
        """
        return [appended.seq for appended in await self.put(events, at_once=True)]

    async def put(
        self, events: Sequence[NewEvent], riders: Sequence[Rider] = (), *, at_once: bool = False
    ) -> list[Appended]:
        """As `append`, and tells which of them were new. `riders` are carried out in the same transaction."""
        if not events:
            return []
        if self._closing:
            raise _closing()
        if self._queued and self._queued + len(events) > self._queue_events:
            await self._wait_for_room(len(events))
        appended: asyncio.Future[list[Appended]] = asyncio.get_running_loop().create_future()
        self._queue(_Waiting(_rows(events), _settle(appended), riders, at_once))
        return await appended

    def offer(self, events: Sequence[NewEvent], done: Done, *, at_once: bool = False) -> bool:
        """As `put`, without waiting: `done` is called after commit. False when it had to wait, for room or for ever.

        What is `at_once` is committed on the loop when that is quick: for events that come a few at a time.
        """
        if self._closing or (self._queued and self._queued + len(events) > self._queue_events):
            return False
        self._queue(_Waiting(_rows(events), done, at_once=at_once))
        return True

    def _queue(self, waiting: _Waiting) -> None:
        self._waiting.append(waiting)
        self._queued += len(waiting.rows)
        self._work.set()

    async def carry(self, rider: Rider) -> int:
        """Execute the statement in the next transaction of the log; how many rows it changed.

        For what is written at every step of a run: it shares the commit of the events around it. Raises as `append`.
        """
        if self._closing:
            raise _closing()
        carried: asyncio.Future[list[Appended]] = asyncio.get_running_loop().create_future()
        self._queue(_Waiting([], _settle(carried), (rider,), at_once=True))
        if not self._is_committing:
            self._commit_at_once()
        await carried
        return rider.rowcount

    async def write(self, riders: Sequence[Rider]) -> bool:
        """Carry out statements in one short transaction, without events: for views of the log.

        False, and nothing is changed, when the first changes no row. Raises what the engine raises.
        """
        return await self._store.write(riders)

    async def head(self, owner_id: str) -> int:
        """The owner's last seq."""
        return await self._store.head(owner_id)

    async def read(self, owner_id: str, where: Filter, limit: int = 1000, *, newest: bool = False) -> list[Published]:
        """Events that match, in order of seq."""
        rows = await self._store.read(owner_id, where, limit, newest=newest)
        return [published(row) for row in rows]

    async def count(self, owner_id: str, where: Filter, limit: int) -> int:
        """How many events match, counted up to `limit`."""
        return await self._store.count(owner_id, where, limit)

    async def index_texts(self, owner_id: str, items: Sequence[tuple[int, str]]) -> None:
        """Make events findable by `Filter.text`: pairs of seq and text."""
        await self._store.index_texts(owner_id, items)

    def listen(self, listener: Publish) -> None:
        """Call `listener` with what this process has committed, after each commit; it must return at once."""
        self._listeners.append(listener)

    async def delete(self, owner_id: str, where: Filter) -> int:
        """Remove events for good (compaction, a deleted conversation)."""
        return await self._store.delete(owner_id, where)

    def _commit_at_once(self) -> bool:
        """Commit all that waits without giving way to anything else, where all of it may be so and the engine can."""
        if len(self._waiting) > MOST_AT_ONCE or not all(waiting.at_once for waiting in self._waiting):
            return False
        batch = list(self._waiting)
        rows = [row for waiting in batch for row in waiting.rows]
        appended = self._store.append_at_once(rows, [rider for waiting in batch for rider in waiting.riders])
        if appended is None:
            return False
        self._waiting.clear()
        self._queued = 0
        self._room.set()
        self._done(batch, appended)
        return True

    async def _wait_for_room(self, count: int) -> None:
        try:
            async with asyncio.timeout(self._wait_seconds):
                while self._queued and self._queued + count > self._queue_events:
                    self._room.clear()
                    await self._room.wait()
        except TimeoutError:
            self.refused += count
            raise TooMany("The event log is busy.", retry_after_seconds=1) from None

    async def _drain(self) -> None:
        while True:
            await self._work.wait()
            self._work.clear()
            while self._waiting and not self._commit_at_once():
                self._is_committing = True
                try:
                    await self._commit(self._take())
                finally:
                    self._is_committing = False
            if self._closing:
                return

    def _take(self) -> list[_Waiting]:
        batch = [self._waiting.popleft()]
        size = len(batch[0].rows)
        while self._waiting and size + len(self._waiting[0].rows) <= self._batch_events:
            size += len(self._waiting[0].rows)
            batch.append(self._waiting.popleft())
        self._queued -= size
        self._room.set()
        return batch

    async def _commit(self, batch: list[_Waiting]) -> None:
        rows = [row for waiting in batch for row in waiting.rows]
        try:
            appended = await self._append(rows, [rider for waiting in batch for rider in waiting.riders])
        except Exception as error:  # whatever the engine raised belongs to the callers
            if len(batch) == 1:
                self._fail(batch[0], error)
                return
            for waiting in batch:  # one bad caller must not fail the others
                await self._commit([waiting])
            return
        self._done(batch, appended)

    def _done(self, batch: list[_Waiting], appended: list[Appended]) -> None:
        """Tell those who wait, and publish what is new."""
        start = 0
        fresh: list[Published] = []
        for waiting in batch:
            mine = appended[start : start + len(waiting.rows)]
            start += len(mine)
            self._tell(waiting, mine, None)
            fresh += [
                Published(record.owner_id, place.seq, record)
                for (record, _), place in zip(waiting.rows, mine, strict=True)
                if place.new
            ]
        if fresh:
            for listener in self._listeners:
                listener(fresh)

    async def _append(self, rows: list[tuple[Record, Rollup]], riders: list[Rider]) -> list[Appended]:
        """In one transaction, once the engine is there: what is told meanwhile waits, and is neither lost nor refused.

        Repeating it is safe: events have ids, and so have steps. What riders count may count twice, in the one case
        that the engine went away between committing and saying so.
        """
        until = asyncio.get_running_loop().time() + PATIENCE_SECONDS
        while True:
            try:
                return await self._store.append(rows, riders)
            except EngineAway:
                if self._closing or asyncio.get_running_loop().time() > until:
                    raise
                logger.warning("log.engine_away")
                await asyncio.sleep(AWAY_SECONDS)

    def _fail(self, waiting: _Waiting, error: Exception) -> None:
        if not isinstance(error, Problem):
            logger.error("log.append_failed", exc_info=error)
            error = Unavailable("The event log could not be written.", hint="Try again; ask the admin to run doctor.")
        self._tell(waiting, [], error)

    @staticmethod
    def _tell(waiting: _Waiting, places: list[Appended], problem: Problem | None) -> None:
        try:
            waiting.done(places, problem)
        except Exception:  # one caller's trouble is not the others'
            logger.exception("log.done_failed")


def _rows(events: Sequence[NewEvent]) -> list[tuple[Record, Rollup]]:
    return [event.record() for event in events]


def _settle(future: asyncio.Future[list[Appended]]) -> Done:
    def done(places: list[Appended], problem: Problem | None) -> None:
        if future.done():  # whoever waited has gone
            return
        if problem:
            future.set_exception(problem)
        else:
            future.set_result(places)

    return done


def _closing() -> Unavailable:
    return Unavailable("The server is shutting down.", hint="Try again in a few seconds.")


def published(row: Stored) -> Published:
    """A stored row in the form that streams send."""
    return Published(row.record.owner_id, row.seq, row.record)
