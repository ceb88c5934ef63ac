"""The outbox of memory: rows become vectors, forgotten rows' vectors go, and readers hear of new memories.

Everything is written down in the rows before and after, so `kill -9` at any moment loses nothing: what was taken and
not finished is taken again, and doing it twice changes nothing, because a point's id is its memory's.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence

import structlog
from sqlalchemy import select, update
from sqlalchemy.sql.elements import ColumnElement

from entourage.kit.errors import NotFound, Problem, TooMany, Unavailable
from entourage.memory.burying import Burying
from entourage.memory.choices import Choices, Held, without
from entourage.memory.claiming import MAX_ERROR, UNTOLD, WAITING, Claims
from entourage.memory.embedders import Choice, Embedders
from entourage.memory.lanes import Lane
from entourage.memory.pointing import Pointed, point_ids, points_of
from entourage.memory.rows import DONE, FAILED, INDEXED, PENDING, memory_of
from entourage.memory.schemas import Memory
from entourage.memory.slugs import CONTENTS, collection_of, dimensions_of
from entourage.memory.tables import MemoryRow, MemorySettingsRow
from entourage.stores.sql import EVERYONE, Database
from entourage.stores.vectors.base import Damaged, Point, Vectors

logger = structlog.get_logger(__name__)

BATCH = 32
"""Rows of one person embedded at a time, before it is the next one's turn."""
MAX_ATTEMPTS = 8
"""Takings of a row by servers that died over it; then it is given up."""

Listener = Callable[[str, list[Memory]], Awaitable[None]]
IndexedListener = Callable[[str, set[str]], None]


class Indexer:
    """Works while the server runs. Several servers may work on one database."""

    def __init__(
        self, database: Database, vectors: Vectors, embedders: Embedders, choices: Choices, *, lease_seconds: float
    ) -> None:
        self._database = database
        self._vectors = vectors
        self._embedders = embedders
        self._choices = choices
        self._claims = Claims(database, lease_seconds)
        self._ensured: set[str] = set()
        self._last: dict[str, str] = {}
        self._cursors: dict[str, str] = {}
        self.listeners: list[Listener] = []
        """Called with memories that are new or changed, at least once for each version."""
        self.on_indexed: list[IndexedListener] = []
        """Called with the ids of documents of which memories were indexed."""
        self.burying = Burying(database, vectors, choices)
        self.index = Lane("index", self._index)
        self.reindex = Lane("reindex", self._reindex)
        self.bury = Lane("bury", self.burying.step)
        self.tell = Lane("tell", self._tell)
        self.mend = Lane("mend", self._mend)
        self._broken: set[str] = set()
        self._looked_for_lost = False
        self._lanes = (self.index, self.reindex, self.bury, self.tell, self.mend)

    async def start(self) -> None:
        """Begin. What a server left undone on an embedded database is taken at once."""
        if self._database.dialect == "sqlite":
            await self._claims.release_all()
        await self._choices.follow_best()
        for lane in self._lanes:
            lane.start()

    def wake(self) -> None:
        """Rows may wait."""
        self.index.wake()
        self.bury.wake()

    async def close(self) -> None:
        """Stop; what goes on is done again later."""
        await asyncio.gather(*(lane.close() for lane in self._lanes))

    # new and changed rows

    async def _index(self) -> bool:
        owner_id = await self._turn("index", WAITING)
        if owner_id is None:
            return False
        held = await self._choices.fixed(owner_id)
        rows = await self._claims.take(owner_id, WAITING, BATCH)
        if not rows:
            return True
        deadly = [row for row in rows if row.attempts > MAX_ATTEMPTS and row.index_error is None]
        if deadly:
            await self._give_up(owner_id, deadly, f"Its indexing was begun {MAX_ATTEMPTS} times and never finished.")
        await self._work(owner_id, [row for row in rows if row not in deadly], held, self._indexed)
        return True

    async def _indexed(self, owner_id: str, pointed: Sequence[Pointed], slug: str) -> None:
        """Note what was indexed, unless the person searches other vectors by now: then it waits still."""
        kept: list[MemoryRow] = []
        for points in {len(one.points) for one in pointed}:
            rows = [one.row for one in pointed if len(one.points) == points]
            values = {"index_state": INDEXED, "index_error": None, "embedder": slug, "second_embedder": None}
            kept += await self._claims.finish(owner_id, rows, {**values, "points": points}, while_active=slug)
        await self._take_back(owner_id, pointed, kept, slug)
        for hears in self.on_indexed:
            hears(owner_id, {row.document_id for row in kept if row.document_id})
        if self.listeners:
            self.tell.wake()
        if (await self._choices.of(owner_id)).next:
            self.reindex.wake()

    async def _take_back(self, owner_id: str, pointed: Sequence[Pointed], kept: Sequence[MemoryRow], slug: str) -> None:
        """Remove points of memories that were forgotten while they were embedded, and parts a text no longer has."""
        there = {row.id for row in kept}
        spare: dict[str, list[str]] = defaultdict(list)
        for one in pointed:
            ids = point_ids(one.row.id, max(one.row.points, len(one.points)))
            if one.row.id in there:
                spare[one.row.content] += ids[len(one.points) :]
            elif not await self._is_there(owner_id, one.row.id):
                spare[one.row.content] += ids
        for content, ids in spare.items():
            if ids:
                await self._vectors.delete(collection_of(content, slug), owner_id, ids)

    async def _is_there(self, owner_id: str, memory_id: str) -> bool:
        async with self._database.read(owner_id) as session:
            return await session.get(MemoryRow, memory_id) is not None

    # another embedder

    async def _reindex(self) -> bool:
        async with self._database.read(EVERYONE) as session:
            query = select(MemorySettingsRow.owner_id).where(MemorySettingsRow.next.is_not(None))
            owners = list(await session.scalars(query.order_by(MemorySettingsRow.owner_id)))
        worked = [await self._reindex_some(owner_id) for owner_id in owners]
        return any(worked)

    async def _reindex_some(self, owner_id: str) -> bool:
        """A batch of one person's memories; whether something was done."""
        held = await self._choices.fixed(owner_id)
        if held.next is None or held.next_id is None:
            return False
        wanting: ColumnElement[bool] = (MemoryRow.index_state == INDEXED) & without(held.next)
        cursor = f"{owner_id} {held.next}"
        rows = await self._claims.take(owner_id, wanting, BATCH, after=self._cursors.get(cursor, ""))
        if rows:
            self._cursors[cursor] = rows[-1].id
            target = Held(held.settings, held.next, held.next_id, held.active)
            await self._work(owner_id, rows, target, self._reindexed)
            return True
        if self._cursors.pop(cursor, ""):
            return True  # once more from the beginning: some were put off, or came meanwhile
        if await self._choices.switch(owner_id, held.next):
            self.bury.wake()
            self.index.wake()
        return False

    async def _reindexed(self, owner_id: str, pointed: Sequence[Pointed], slug: str) -> None:
        active = (await self._choices.fixed(owner_id)).active
        kept: list[MemoryRow] = []
        for one in pointed:
            free = "second_embedder" if one.row.embedder == active else "embedder"
            values = {free: slug, "points": max(one.row.points, len(one.points))}
            kept += await self._claims.finish(owner_id, [one.row], values)
        await self._take_back(owner_id, pointed, kept, slug)

    # what both do

    async def _work(
        self,
        owner_id: str,
        rows: list[MemoryRow],
        held: Held,
        done: Callable[[str, Sequence[Pointed], str], Awaitable[None]],
    ) -> None:
        """Embed the rows and write their points, then say so by `done`. Failures put them off, or give one up."""
        if not rows:
            return
        try:
            choice = await self._embedders.at(owner_id, held.active_id, held.active)
            pointed = await points_of(rows, choice.embedder)
            await self._write(owner_id, pointed, choice)
            await done(owner_id, pointed, held.active)
        except Damaged:
            self.damaged(held.active)
            await self._put_off(owner_id, rows, Unavailable("The index is made anew."))
        except Problem as problem:
            await self._failed(owner_id, rows, held, done, problem)
        except Exception as error:
            await self._put_off(owner_id, rows, error)

    async def _failed(
        self,
        owner_id: str,
        rows: list[MemoryRow],
        held: Held,
        done: Callable[[str, Sequence[Pointed], str], Awaitable[None]],
        problem: Problem,
    ) -> None:
        """A text that the embedder refuses does not hold up its neighbours."""
        if problem.status >= 500 or isinstance(problem, TooMany | NotFound) or problem.passing:
            await self._put_off(owner_id, rows, problem)
        elif len(rows) > 1:
            for row in rows:
                await self._work(owner_id, [row], held, done)
        else:
            await self._give_up(owner_id, rows, problem.detail)

    async def _put_off(self, owner_id: str, rows: Sequence[MemoryRow], error: Exception) -> None:
        seconds = await self._claims.put_off(owner_id, rows, str(error))
        logger.warning("memory.put_off", rows=len(rows), seconds=seconds, error=f"{type(error).__name__}: {error}")
        self.index.wake_later(seconds + 0.05)
        self.reindex.wake_later(seconds + 0.05)

    async def _give_up(self, owner_id: str, rows: Sequence[MemoryRow], why: str) -> None:
        await self._claims.finish(owner_id, rows, {"index_state": FAILED, "index_error": why[:MAX_ERROR]})
        for hears in self.on_indexed:
            hears(owner_id, {row.document_id for row in rows if row.document_id})

    async def _write(self, owner_id: str, pointed: Sequence[Pointed], choice: Choice) -> None:
        by_content: dict[str, list[Point]] = defaultdict(list)
        for one in pointed:
            by_content[one.row.content] += one.points
        for content, points in by_content.items():
            name = collection_of(content, choice.slug)
            if name not in self._ensured:
                await self._vectors.ensure(name, dimensions_of(choice.slug))
                self._ensured.add(name)
            try:
                await self._vectors.upsert(name, owner_id, points)
            except NotFound:
                self._ensured.discard(name)
                raise

    # an index that broke or went away

    def damaged(self, slug: str) -> None:
        """The index of this embedder cannot be read: it will be made anew."""
        self._broken.add(slug)
        self.mend.wake()

    async def _mend(self) -> bool:
        if not self._looked_for_lost:
            await self._look_for_lost()
            self._looked_for_lost = True
        while self._broken:
            await self._start_over(next(iter(self._broken)))
        return False

    async def _look_for_lost(self) -> None:
        """Collections that rows speak of, but are gone; once in the life of a server."""
        said = select(MemoryRow.content, MemoryRow.embedder).where(MemoryRow.index_state == INDEXED).distinct()
        async with self._database.read(EVERYONE) as session:
            pairs = [(content, slug) for content, slug in await session.execute(said) if slug]
        there = set(await self._vectors.names()) if pairs else set[str]()
        for slug in {slug for content, slug in pairs if collection_of(content, slug) not in there}:
            logger.error("memory.index_lost", embedder=slug)
            await self.renew(slug)

    async def _start_over(self, slug: str) -> None:
        """Make a damaged index anew."""
        logger.error("memory.index_damaged", embedder=slug)
        for content in CONTENTS:
            await self._vectors.rebuild(collection_of(content, slug))
        await self.renew(slug)
        self._broken.discard(slug)

    async def renew(self, slug: str) -> None:
        """Index everything of this embedder again, from the rows, which are the truth."""
        self._ensured.clear()
        async with self._database.write(EVERYONE) as session:
            for column in (MemoryRow.embedder, MemoryRow.second_embedder):
                await session.execute(
                    update(MemoryRow)
                    .where(column == slug)
                    .values(index_state=PENDING, embedder=None, second_embedder=None, due_ms=0)
                    .execution_options(synchronize_session=False)
                )
        self.index.wake()

    # those who read along

    async def _tell(self) -> bool:
        owner_id = await self._turn("tell", UNTOLD) if self.listeners else None
        if owner_id is None:
            return False
        rows = await self._claims.take(owner_id, UNTOLD, BATCH)
        try:
            for listener in self.listeners:
                await listener(owner_id, [memory_of(row) for row in rows])
        except Exception as error:
            seconds = await self._claims.put_off(owner_id, rows, str(error))
            logger.warning("memory.untold", rows=len(rows), error=f"{type(error).__name__}: {error}")
            self.tell.wake_later(seconds + 0.05)
        else:
            await self._claims.finish(owner_id, rows, {"told_state": DONE})
        return True

    async def _turn(self, lane: str, condition: ColumnElement[bool]) -> str | None:
        found = await self._claims.next_owner(condition, self._last.get(lane, ""))
        self._last[lane] = found or ""
        return found
