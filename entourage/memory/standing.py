"""How a person's memory stands: counts, what waits, a change of the embedder and how far it is."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from entourage.kit.errors import Problem
from entourage.memory.choices import Choices, Held, without
from entourage.memory.embedders import BUILT_IN, Embedders
from entourage.memory.rows import FAILED, PENDING
from entourage.memory.setting_schemas import (
    ActiveEmbedder,
    Caps,
    CollectionOut,
    Counts,
    EmbedderList,
    MemoryStats,
    Reindex,
)
from entourage.memory.slugs import CONTENTS, collection_of, dimensions_of
from entourage.memory.tables import MemoryRow
from entourage.stores.sql import Database
from entourage.stores.vectors.base import Vectors


class Standing:
    """Reads; changes nothing."""

    def __init__(self, database: Database, vectors: Vectors, embedders: Embedders, choices: Choices) -> None:
        self._database = database
        self._vectors = vectors
        self._embedders = embedders
        self._choices = choices

    async def stats(self, owner_id: str) -> MemoryStats:
        """Of one person. Collections are left out when the vectors cannot be reached."""
        self._choices.changed(owner_id)
        held = await self._choices.of(owner_id)
        async with self._database.read(owner_id) as session:
            by_kind = await _counted(session, MemoryRow.kind)
            by_state = await _counted(session, MemoryRow.index_state)
            reindex = await _reindex(session, held)
        return MemoryStats(
            counts=Counts(**{kind: count for kind, count in by_kind.items() if kind in Counts.model_fields}),
            pending=by_state.get(PENDING, 0),
            failed=by_state.get(FAILED, 0),
            embedder=await self._active(owner_id, held),
            reindex=reindex,
            collections=await self._collections(owner_id, held) if by_kind else [],
            caps=Caps(
                max_memories=held.settings.max_memories, keep_interactions_days=held.settings.keep_interactions_days
            ),
        )

    async def embedders(self, owner_id: str, *, is_shared: bool = False) -> EmbedderList:
        """What can be chosen; for what is shared only what costs nobody anything."""
        held = await self._choices.of(owner_id)
        offered = await self._embedders.offered(owner_id, held.active_id)
        return EmbedderList(items=[one for one in offered if one.local or not is_shared])

    async def _active(self, owner_id: str, held: Held) -> ActiveEmbedder:
        is_local = held.active_id in BUILT_IN
        model = held.active_id
        if is_local:
            try:
                model = (await self._embedders.at(owner_id, held.active_id, held.active)).embedder.model
            except Problem:
                pass  # it was uninstalled; its name is all that is left
        return ActiveEmbedder(id=held.active_id, model=model, dimensions=dimensions_of(held.active), local=is_local)

    async def _collections(self, owner_id: str, held: Held) -> list[CollectionOut]:
        names = [collection_of(one, slug) for slug in filter(None, (held.active, held.next)) for one in CONTENTS]
        try:
            points = {name: await self._vectors.count(name, owner_id) for name in names}
        except Problem:
            return []
        return [CollectionOut(name=name, points=count) for name, count in points.items() if count]


async def _reindex(session: AsyncSession, held: Held) -> Reindex | None:
    if held.next is None or held.next_id is None:
        return None
    total = await session.scalar(select(func.count()).select_from(MemoryRow)) or 0
    left = await session.scalar(select(func.count()).select_from(MemoryRow).where(without(held.next))) or 0
    return Reindex.model_construct(from_=held.active_id, to=held.next_id, done=total - left, total=total)


async def _counted(session: AsyncSession, column: InstrumentedAttribute[str]) -> dict[str, int]:
    query = select(column, func.count()).group_by(column)
    return dict((await session.execute(query)).tuples().all())
