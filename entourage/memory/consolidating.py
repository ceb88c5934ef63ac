"""Facts that were stated again in nearly the same words become one: the newest wording, as sure as all of them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from entourage.kit.clock import now_ms
from entourage.llm.caching.likeness import guards
from entourage.memory.choices import Choices, Held
from entourage.memory.embedders import NGRAMS
from entourage.memory.rows import INDEXED
from entourage.memory.schemas import Consolidated
from entourage.memory.service import Memories
from entourage.memory.slugs import collection_of
from entourage.memory.tables import MemoryRow
from entourage.stores.sql import Database
from entourage.stores.vectors.base import Search, Vectors, Where

MAX_FACTS = 5_000
"""Facts that one run looks at, the newest."""
BATCH = 50
NEIGHBOURS = 10

_ALIKE = {"local": 0.95, NGRAMS: 0.8}
_UNKNOWN_ALIKE = 0.95


class Consolidation:
    """Looks for facts that say the same: of one agent, one kind of source, shared alike, alike in every number, name
    and negation, and nearly the same in meaning."""

    def __init__(self, database: Database, vectors: Vectors, memories: Memories, choices: Choices) -> None:
        self._database = database
        self._vectors = vectors
        self._memories = memories
        self._choices = choices

    async def run(self, owner_id: str) -> Consolidated:
        """Raises Unavailable when the vectors cannot be reached."""
        held = await self._choices.of(owner_id)
        looked_at = merged = removed = 0
        gone: set[str] = set()
        after = "~"
        while looked_at < MAX_FACTS and (rows := await self._facts(owner_id, held, after)):
            after = rows[-1].id
            looked_at += len(rows)
            for row, alike in await self._alike(owner_id, held, [one for one in rows if one.id not in gone]):
                repeated = await self._merge(owner_id, row, [one for one in alike if one not in gone])
                gone.update(repeated)
                merged += bool(repeated)
                removed += len(repeated)
        if removed:
            self._memories.wake()
        return Consolidated(looked_at=looked_at, merged=merged, removed=removed)

    async def _facts(self, owner_id: str, held: Held, before: str) -> list[MemoryRow]:
        """The newest facts older than `before` whose vectors are searched."""
        query = (
            select(MemoryRow)
            .where(MemoryRow.kind == "fact", MemoryRow.index_state == INDEXED, MemoryRow.id < before)
            .where((MemoryRow.embedder == held.active) | (MemoryRow.second_embedder == held.active))
            .order_by(MemoryRow.id.desc())
            .limit(BATCH)
        )
        async with self._database.read(owner_id) as session:
            return list(await session.scalars(query))

    async def _alike(self, owner_id: str, held: Held, rows: Sequence[MemoryRow]) -> list[tuple[MemoryRow, list[str]]]:
        """The rows that have near neighbours, with these."""
        least = _ALIKE.get(held.active_id, _UNKNOWN_ALIKE)
        found: list[tuple[MemoryRow, list[str]]] = []
        for content in {row.content for row in rows}:
            name = collection_of(content, held.active)
            some = [row for row in rows if row.content == content]
            vectors = await self._vectors.vectors(name, owner_id, [row.id for row in some])
            some = [row for row in some if row.id in vectors]
            where = Where(equals={"kind": "fact"})
            searches = [Search(vectors[row.id], NEIGHBOURS, where) for row in some]
            hits = await self._vectors.search(name, owner_id, searches) if searches else []
            for row, near in zip(some, hits, strict=True):
                ids = [hit.id for hit in near if hit.score >= least and hit.id < row.id]
                found += [(row, ids)] if ids else []
        return sorted(found, key=lambda one: one[0].id, reverse=True)

    async def _merge(self, owner_id: str, row: MemoryRow, ids: Sequence[str]) -> list[str]:
        """Have the newest stand for those older ones that say the same; their ids."""
        async with self._database.write(owner_id) as session:
            kept = await session.get(MemoryRow, row.id)
            if kept is None or kept.version != row.version:
                return []
            same = await _same(session, kept, ids)
            if not same:
                return []
            _absorb(kept, same)
            gone = [one.id for one in same]
            for one in same:
                session.expunge(one)
            return await self._memories.drop(session, owner_id, gone)


async def _same(session: AsyncSession, kept: MemoryRow, ids: Sequence[str]) -> list[MemoryRow]:
    rows = list(await session.scalars(select(MemoryRow).where(MemoryRow.id.in_(ids))))
    return [one for one in rows if _rule(one) == _rule(kept)]


def _rule(row: MemoryRow) -> tuple[object, ...]:
    """What must be equal: whose it is, where it comes from, and every word that could turn its meaning."""
    said = tuple(sorted(guards(row.text)))
    return row.kind, row.agent, row.shared, row.source_type, row.document_id, said


def _absorb(kept: MemoryRow, same: Sequence[MemoryRow]) -> None:
    doubt = 1.0
    for one in (kept, *same):
        doubt *= 1 - (0.5 if one.confidence is None else one.confidence)
    kept.confidence = round(1 - doubt, 4)
    kept.repeats += sum(one.repeats for one in same)
    kept.uses += sum(one.uses for one in same)
    kept.importance = max(one.importance for one in (kept, *same))
    kept.tags = list(dict.fromkeys([*kept.tags, *(tag for one in same for tag in one.tags)]))[:32]
    kept.updated_ms = now_ms()
    kept.version += 1
    kept.index_state = kept.told_state = "pending"  # its tags are among what searches filter by
