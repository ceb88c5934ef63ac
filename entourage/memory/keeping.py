"""What memory lets go of by itself: interactions past their days, what is no longer valid, and what is too much."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable

from sqlalchemy import case, func, or_, select
from sqlalchemy.sql.elements import ColumnElement

from entourage.kit.clock import now_ms
from entourage.memory.choices import Choices
from entourage.memory.consolidating import Consolidation
from entourage.memory.lanes import Lane
from entourage.memory.rows import BATCH
from entourage.memory.service import Memories
from entourage.memory.tables import MemoryRow, MemorySettingsRow
from entourage.stores.sql import EVERYONE, Database

SWEEP_SECONDS = 6 * 3600.0
GATHER_SECONDS = 30.0
"""How long people are gathered whose memories became more."""
_DAY_MS = 86_400_000

IMPORTANCE_DAYS = 1000
"""Days of age that the whole of `importance` outweighs."""
USE_DAYS = 50
"""Days of age that one use outweighs."""
MOST_USES = 20
"""Uses beyond these change nothing."""
KEPT_IMPORTANCE = 0.9
"""From here on a memory does not grow old."""


class Keeping:
    """Prunes and consolidates now and then."""

    def __init__(self, database: Database, memories: Memories, choices: Choices, consolidation: Consolidation) -> None:
        self._database = database
        self._memories = memories
        self._choices = choices
        self._consolidation = consolidation
        self.on_sweep: list[Callable[[], Awaitable[None]]] = []
        """Done before each look at everybody."""
        self._grown: set[str] = set()
        self._swept = time.monotonic()
        self.lane = Lane("keeping", self._step, sweep_seconds=SWEEP_SECONDS)

    async def prune(self, owner_id: str) -> int:
        """Let go of what a person's settings do not keep; how many they were."""
        settings = (await self._choices.of(owner_id)).settings
        gone = await self._drop_where(owner_id, _is_over(settings.keep_interactions_days))
        while (over := await self._count(owner_id) - settings.max_memories) > 0:
            gone += await self._drop_least(owner_id, min(over, BATCH))
        return gone

    def grown(self, owner_id: str, _documents: set[str]) -> None:
        """Memories of a person were added: look soon whether they are too many. Listens to what is indexed."""
        if not self._grown:
            self.lane.wake_later(GATHER_SECONDS)
        self._grown.add(owner_id)

    async def _step(self) -> bool:
        grown, self._grown = self._grown, set()
        for owner_id in grown:
            await self.prune(owner_id)
        if time.monotonic() - self._swept >= SWEEP_SECONDS:
            self._swept = time.monotonic()
            await self._sweep()
        return False

    async def _sweep(self) -> None:
        for step in self.on_sweep:
            await step()
        after = ""
        while owners := await self._owners(after):
            for owner_id in owners:
                await self.prune(owner_id)
                await self._consolidation.run(owner_id)
            after = owners[-1]

    async def _count(self, owner_id: str) -> int:
        async with self._database.read(owner_id) as session:
            return await session.scalar(select(func.count()).select_from(MemoryRow)) or 0

    async def _owners(self, after: str) -> list[str]:
        query = select(MemorySettingsRow.owner_id).where(MemorySettingsRow.owner_id > after)
        async with self._database.read(EVERYONE) as session:
            return list(await session.scalars(query.order_by(MemorySettingsRow.owner_id).limit(BATCH)))

    async def _drop_where(self, owner_id: str, condition: ColumnElement[bool]) -> int:
        gone = 0
        while True:
            async with self._database.write(owner_id) as session:
                ids = list(await session.scalars(select(MemoryRow.id).where(condition).limit(BATCH)))
                await self._memories.drop(session, owner_id, ids)
            self._memories.wake()
            gone += len(ids)
            if len(ids) < BATCH:
                return gone

    async def _drop_least(self, owner_id: str, count: int) -> int:
        """The least worth keeping go first. What people stated and what is important stays longest."""
        async with self._database.write(owner_id) as session:
            ids = list(await session.scalars(select(MemoryRow.id).order_by(_worth(), MemoryRow.id).limit(count)))
            await self._memories.drop(session, owner_id, ids)
        self._memories.wake()
        return len(ids)


def _is_over(keep_interactions_days: int) -> ColumnElement[bool]:
    now = now_ms()
    old = now - keep_interactions_days * _DAY_MS
    last_touched = func.coalesce(MemoryRow.used_ms, MemoryRow.created_ms)
    aged = (MemoryRow.kind == "interaction") & (last_touched < old) & (MemoryRow.importance < KEPT_IMPORTANCE)
    return or_(aged, MemoryRow.valid_until_ms < now)


def _worth() -> ColumnElement[float]:
    """Days: importance and uses count for some, age takes them away. Facts and documents outweigh talk."""
    uses = case((MemoryRow.uses > MOST_USES, MOST_USES), else_=MemoryRow.uses)
    last_touched = func.coalesce(MemoryRow.used_ms, MemoryRow.created_ms)
    age_days = (now_ms() - last_touched) / float(_DAY_MS)
    of_kind = case((MemoryRow.kind == "interaction", 0.0), else_=float(IMPORTANCE_DAYS))
    return of_kind + MemoryRow.importance * IMPORTANCE_DAYS + uses * USE_DAYS - age_days
