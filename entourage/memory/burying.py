"""Working off tombstones: vectors of forgotten memories go, and so does what others derived from these."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from sqlalchemy import delete, select

from entourage.kit.clock import now_ms
from entourage.memory.choices import Choices, forget_slug
from entourage.memory.deleting import CURRENT, EVERY
from entourage.memory.pointing import point_ids
from entourage.memory.slugs import CONTENTS, collection_of
from entourage.memory.tables import TombstoneRow
from entourage.stores.sql import EVERYONE, Database
from entourage.stores.vectors.base import Vectors, Where

BATCH = 500

ForgottenListener = Callable[[str, list[str]], Awaitable[None]]
EndedListener = Callable[[str], Awaitable[None]]


class Burying:
    """Takes tombstones; each may be taken by several servers at once, which changes nothing."""

    def __init__(self, database: Database, vectors: Vectors, choices: Choices) -> None:
        self._database = database
        self._vectors = vectors
        self._choices = choices
        self.on_forgotten: list[ForgottenListener] = []
        """Called with the ids of forgotten memories, at least once; what it raises has it called again."""
        self.on_ended: list[EndedListener] = []
        """Called with an owner who is no more, at least once; removes what of theirs is neither rows nor vectors."""

    async def step(self) -> bool:
        """Work off some of one person; whether there were any."""
        async with self._database.read(EVERYONE) as session:
            due = TombstoneRow.due_ms <= now_ms()
            owner_id = await session.scalar(select(TombstoneRow.owner_id).where(due).limit(1))
            if owner_id is None:
                return False
            query = select(TombstoneRow).where(TombstoneRow.owner_id == owner_id, due).limit(BATCH)
            tombs = list(await session.scalars(query))
        await self._bury_memories(owner_id, [tomb for tomb in tombs if tomb.memory_id != EVERY])
        for tomb in tombs:
            if tomb.memory_id == EVERY:
                await self._bury_all(owner_id, tomb)
        return True

    async def _bury_memories(self, owner_id: str, tombs: Sequence[TombstoneRow]) -> None:
        if not tombs:
            return
        held = await self._choices.fixed(owner_id)
        points = [one for tomb in tombs for one in point_ids(tomb.memory_id, tomb.points)]
        for slug in filter(None, (held.active, held.next)):
            await self._remove(slug, owner_id, points)
        ids = [tomb.memory_id for tomb in tombs]
        for listener in self.on_forgotten:
            await listener(owner_id, ids)
        async with self._database.write(owner_id) as session:
            await session.execute(
                delete(TombstoneRow)
                .where(TombstoneRow.owner_id == owner_id, TombstoneRow.memory_id.in_(ids))
                .execution_options(synchronize_session=False)
            )

    async def _bury_all(self, owner_id: str, tomb: TombstoneRow) -> None:
        if tomb.embedder == CURRENT:
            for listener in self.on_ended:
                await listener(owner_id)
        else:
            async with self._database.write(owner_id) as session:
                await forget_slug(session, owner_id, tomb.embedder)
            await self._remove(tomb.embedder, owner_id, Where())
        async with self._database.write(owner_id) as session:
            row = await session.get(TombstoneRow, (EVERY, owner_id, tomb.embedder))
            if row is not None:
                await session.delete(row)

    async def _remove(self, slug: str, owner_id: str, which: list[str] | Where) -> None:
        for content in CONTENTS:
            await self._vectors.delete(collection_of(content, slug), owner_id, which)
