"""A workspace's memory ends with the workspace: its rows in the same transaction, vectors, graph and bytes after it."""

from __future__ import annotations

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from entourage.accounts.tables import User
from entourage.kit.clock import now_ms
from entourage.memory.choices import Choices
from entourage.memory.deleting import bury, tomb_of_all, tomb_of_owner
from entourage.memory.ingest.tables import DocumentRow, FileRow, JobRow
from entourage.memory.service import Memories
from entourage.memory.tables import MemoryRow, MemorySettingsRow, TombstoneRow
from entourage.stores.blobs import Blobs
from entourage.stores.graph.base import Graph
from entourage.stores.sql import EVERYONE, Database
from entourage.workspaces.tables import WorkspaceRow

_TABLES = (MemoryRow, TombstoneRow, MemorySettingsRow, DocumentRow, FileRow, JobRow)


class Ending:
    """Takes everything of an owner away."""

    def __init__(self, database: Database, memories: Memories, choices: Choices, graph: Graph, blobs: Blobs) -> None:
        self._database = database
        self._memories = memories
        self._choices = choices
        self._graph = graph
        self._blobs = blobs

    async def end(self, session: AsyncSession, owner_id: str) -> None:
        """Delete the rows within the caller's transaction, and note what else must go. Call `ended` once committed."""
        # whoever works on a row just now may still write its vectors: they are taken away after that
        taken = await session.scalar(select(func.max(MemoryRow.due_ms)).where(MemoryRow.owner_id == owner_id))
        due = max(taken or 0, now_ms())
        slugs = await _slugs(session, owner_id)
        for table in _TABLES:
            mine = delete(table).where(table.owner_id == owner_id)
            await session.execute(mine.execution_options(synchronize_session=False))
        tombs = [tomb_of_all(owner_id, slug, due) for slug in slugs]
        await bury(session, [*tombs, tomb_of_owner(owner_id, due)] if slugs else [])

    def ended(self, owner_id: str) -> None:
        """It was committed: begin to remove the rest."""
        self._choices.changed(owner_id)
        self._memories.wake()

    async def remove(self, owner_id: str) -> None:
        """Remove what is not in rows, besides vectors. Listens to who is buried; may be done twice."""
        await self._graph.drop_owner(owner_id)
        for key in await self._blobs.keys(owner_id, "ingest/"):
            await self._blobs.delete(owner_id, key)

    async def sweep(self) -> None:
        """End what was written into the memory of a workspace in the very moment that it was deleted."""
        is_known = [select(User.id), select(WorkspaceRow.id)]
        query = select(MemorySettingsRow.owner_id).where(*(MemorySettingsRow.owner_id.not_in(one) for one in is_known))
        async with self._database.write(EVERYONE) as session:
            owners = list(await session.scalars(query))
            for owner_id in owners:
                await self.end(session, owner_id)
        for owner_id in owners:
            self.ended(owner_id)


async def _slugs(session: AsyncSession, owner_id: str) -> list[str]:
    """The embedders that an owner has, or may have, vectors of."""
    settings = await session.get(MemorySettingsRow, owner_id)
    slugs = {settings.active, settings.next} if settings else set[str | None]()
    if settings:
        session.expunge(settings)
    for column in (MemoryRow.embedder, MemoryRow.second_embedder):
        slugs |= set(await session.scalars(select(column).where(MemoryRow.owner_id == owner_id).distinct()))
    going = select(TombstoneRow.embedder).where(TombstoneRow.owner_id == owner_id).distinct()
    slugs |= set(await session.scalars(going))
    return sorted(slug for slug in slugs if slug)
