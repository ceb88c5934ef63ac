"""Keeps the graph up to date with the log, in windows, at its own pace.

The log only leaves the names of owners who did something that matters. What they did is read from the log later, by
type, so a flood of anything else costs nothing; what was told before is not written again.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence

import structlog

from entourage.events.event import Published
from entourage.events.follower import Follower
from entourage.events.log import EventLog
from entourage.memory.graph.projection.facts import FACTS
from entourage.memory.graph.projection.window import Window
from entourage.memory.graph.projection.writing import write
from entourage.memory.graph.tables import GraphCheckpointRow
from entourage.stores.graph.base import Graph
from entourage.stores.log import Filter, Rider
from entourage.stores.sql import Database

logger = structlog.get_logger(__name__)

WINDOW_SECONDS = 1.0
SWEEP_SECONDS = 30.0
"""How often owners are looked for who are behind: after a crash, or when another process wrote to the log."""

REST_FACTOR = 9.0
"""After a window the projector rests so many times as long as the window took."""

MOST_REST_SECONDS = 0.5
CHUNK_EVENTS = 200
SLICE_EVENTS = 25
"""After so many events others have a turn."""

MOST_TOLD = 20_000
"""What is remembered of an owner as told; past it everything may be told again."""
MOST_OWNERS = 1_000

_MOVE = """
    INSERT INTO graph_checkpoints (owner_id, seq) VALUES (:owner_id, :last)
    ON CONFLICT (owner_id) DO UPDATE SET seq = :last WHERE graph_checkpoints.seq < :last
"""

NameOf = Callable[[str], Awaitable[str]]


class GraphProjector:
    """One task per process. `name_of` gives a person's name."""

    def __init__(self, database: Database, log: EventLog, graph: Graph, name_of: NameOf) -> None:
        self._database = database
        self._log = log
        self._graph = graph
        self._name_of = name_of
        self._told: dict[str, set[object]] = {}
        self._follower = Follower(
            database,
            GraphCheckpointRow,
            self._follow,
            name="graph-projector",
            window_seconds=WINDOW_SECONDS,
            sweep_seconds=SWEEP_SECONDS,
        )
        self.settle = self._follower.settle
        self.close = self._follower.close

    def start(self) -> None:
        """Follow the log from now on; what was missed before is caught up first."""
        self._log.listen(self._note)
        self._follower.start()

    def forget_told(self, owner_id: str) -> None:
        """The person has removed nodes: what happens again may bring them back."""
        self._told.pop(owner_id, None)

    def _note(self, events: Sequence[Published]) -> None:
        for event in events:
            if event.record.type in FACTS:
                self._follower.note(event.owner_id)

    async def _follow(self, owner_id: str) -> None:
        try:
            await self._follow_on(owner_id)
        except BaseException:
            self._told.pop(owner_id, None)
            raise

    async def _follow_on(self, owner_id: str) -> None:
        """Project window after window until the owner's end of the log."""
        async with self._database.read(owner_id) as session:
            row = await session.get(GraphCheckpointRow, owner_id)
        place, head = row.seq if row else 0, await self._log.head(owner_id)
        while place < head and not self._follower.is_closing:
            started = time.perf_counter()
            where = Filter(after=place, before=head + 1, types=tuple(FACTS))
            events = await self._log.read(owner_id, where, CHUNK_EVENTS)
            if events:
                await self._project(owner_id, events)
            place = events[-1].seq if len(events) == CHUNK_EVENTS else head
            await self._log.write([Rider(_MOVE, {"owner_id": owner_id, "last": place})])
            if place < head:
                await asyncio.sleep(min((time.perf_counter() - started) * REST_FACTOR, MOST_REST_SECONDS))

    async def _project(self, owner_id: str, events: Sequence[Published]) -> None:
        if len(self._told) > MOST_OWNERS:
            self._told.clear()
        told = self._told.setdefault(owner_id, set())
        if len(told) > MOST_TOLD:
            told.clear()
        window = Window(await self._name_of(owner_id))
        for number, event in enumerate(events, 1):
            if number % SLICE_EVENTS == 0:
                await asyncio.sleep(0)
            try:
                FACTS[event.record.type](window, event)
            except Exception as error:  # one event that is not as its type says must not hold up the others
                logger.info("graph.unreadable", seq=event.seq, type=event.record.type, error=str(error)[:200])
        if not window.is_empty:
            await write(self._graph, owner_id, window, told)
