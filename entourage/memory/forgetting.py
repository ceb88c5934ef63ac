"""Forgetting by id, meaning, source, agent, kind or age; first looked at, if one likes."""

from __future__ import annotations

from sqlalchemy import or_, select
from sqlalchemy.sql.elements import ColumnElement

from entourage.kit.errors import Invalid
from entourage.memory.matching import Matching
from entourage.memory.rows import BATCH, memory_of, rows_by_id
from entourage.memory.schemas import Forget, Forgotten
from entourage.memory.searching import Searcher, Wish
from entourage.memory.service import Memories
from entourage.memory.tables import MemoryRow
from entourage.stores.sql import Database

DEFAULT_SCORE = 0.85
MAX_BY_QUERY = 500
"""Memories that one query forgets at most."""
SHOWN_IDS = 1000
SHOWN = 20


class Forgetting:
    """Takes memories out, and their vectors and what the graph knows of them with them."""

    def __init__(self, database: Database, memories: Memories, searcher: Searcher) -> None:
        self._database = database
        self._memories = memories
        self._searcher = searcher

    async def forget(self, owner_id: str, what: Forget) -> Forgotten:
        """Raises Invalid when nothing says what to forget, Unavailable when a query cannot be searched."""
        if what.is_empty:
            raise Invalid("Say what to forget.", hint="Give ids, query, source, document_id, agent, kind or before.")
        ids = await self._fitting(owner_id, what)
        async with self._database.reading(owner_id) as reading:
            rows = await rows_by_id(reading, owner_id, ids[:SHOWN])
        items = [memory_of(rows[one]) for one in ids[:SHOWN] if one in rows]
        if not what.dry_run:
            ids = await self._drop(owner_id, ids)
        return Forgotten.model_construct(forgotten=len(ids), ids=ids[:SHOWN_IDS], items=items)

    async def _drop(self, owner_id: str, ids: list[str]) -> list[str]:
        gone: list[str] = []
        for start in range(0, len(ids), BATCH):
            async with self._database.write(owner_id) as session:
                gone += await self._memories.drop(session, owner_id, ids[start : start + BATCH])
            self._memories.wake()
        return gone

    async def _fitting(self, owner_id: str, what: Forget) -> list[str]:
        """The ids of what fits all that is given."""
        alike = None if what.query is None else await self._alike(owner_id, what)
        named = what.ids if alike is None else [one for one in alike if what.ids is None or one in set(what.ids)]
        query = select(MemoryRow.id).where(*_conditions(what)).order_by(MemoryRow.id)
        async with self._database.read(owner_id) as session:
            if named is None:
                return list(await session.scalars(query))
            there: set[str] = set()
            for start in range(0, len(named), BATCH):
                there.update(await session.scalars(query.where(MemoryRow.id.in_(named[start : start + BATCH]))))
        return [one for one in dict.fromkeys(named) if one in there]

    async def _alike(self, owner_id: str, what: Forget) -> list[str]:
        """Those whose meaning is as near to the query as was asked for."""
        assert what.query is not None
        wish = Wish(what.query, Matching(kinds=[what.kind] if what.kind else ()), "dense", limit=MAX_BY_QUERY)
        found = await self._searcher.search(owner_id, wish)
        least = DEFAULT_SCORE if what.min_score is None else what.min_score
        return [item.memory.id for item in found.items if item.why.dense and item.why.dense.score >= least]


def _conditions(what: Forget) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if what.source is not None:
        found.append(or_(MemoryRow.source_type == what.source, MemoryRow.source_key == what.source))
    if what.document_id is not None:
        found.append(MemoryRow.document_id == what.document_id)
    if what.agent is not None:
        found.append(MemoryRow.agent == what.agent)
    if what.kind is not None:
        found.append(MemoryRow.kind == what.kind)
    if what.before is not None:
        found.append(MemoryRow.created_ms < what.before)
    return found
