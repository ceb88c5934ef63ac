"""What people decided about their memory, and which embedder their vectors are of."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import msgspec
from sqlalchemy import and_, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from entourage.kit.clock import now_ms
from entourage.kit.errors import Conflict, Invalid
from entourage.llm.kept import FRESH_SECONDS, Kept
from entourage.memory.deleting import EVERY, bury, tomb_of_all
from entourage.memory.embedders import BUILT_IN, Choice, Embedders
from entourage.memory.setting_schemas import AUTO, ChangeSettings, MemorySettings
from entourage.memory.tables import MemoryRow, MemorySettingsRow, TombstoneRow
from entourage.stores.sql import EVERYONE, Database, Prepared
from entourage.stores.sql.inserting import insert_unless_there

_ALONE_PAUSE_MS = 0
_SHARED_PAUSE_MS = round(FRESH_SECONDS * 4 * 1000)

_SETTINGS = Prepared(select(MemorySettingsRow))


class Held(msgspec.Struct, frozen=True):
    """What holds for a person. `next` is the slug of the vectors being made, None unless the embedder changes."""

    settings: MemorySettings
    active: str
    active_id: str
    next: str | None = None
    next_id: str | None = None


class Choices:
    """Settings by owner, kept for seconds."""

    def __init__(self, database: Database, embedders: Embedders) -> None:
        self._database = database
        self._embedders = embedders
        self._kept: Kept[Held] = Kept(self._load)
        # where several servers search, one may look into the old vectors for a while after a change
        self._pause_ms = _ALONE_PAUSE_MS if database.dialect == "sqlite" else _SHARED_PAUSE_MS
        embedders.active = self.active

    async def of(self, owner_id: str) -> Held:
        """Usually without asking the database."""
        return await self._kept.of(owner_id)

    async def active(self, owner_id: str) -> tuple[str, str]:
        """Id and slug of the embedder whose vectors are searched."""
        held = await self.of(owner_id)
        return held.active_id, held.active

    def changed(self, owner_id: str) -> None:
        """Look again."""
        self._kept.drop(owner_id)

    async def fixed(self, owner_id: str) -> Held:
        """As `of`, once it is written down which embedder the person's first vectors are of."""
        held = await self._load(owner_id)
        if held.settings.version == 0:
            async with self._database.write(owner_id) as session:
                await self._insert(session, owner_id, _values(ChangeSettings.model_construct(), self._embedders.best))
            self.changed(owner_id)
            held = await self._load(owner_id)
        return held

    async def change(self, owner_id: str, change: ChangeSettings, *, is_shared: bool = False) -> MemorySettings:
        """Another embedder is changed to in the background; a workspace has no providers, only what is built in.

        Raises Invalid, Conflict, and what asking it raises.
        """
        if is_shared and change.embedder not in (AUTO, *BUILT_IN):
            raise Invalid(
                f"The memory of a workspace cannot use {change.embedder!r}: its calls would be nobody's.",
                hint="Take `auto`, or an id of GET /my/memory/embedders?workspace=...",
                errors=[{"field": "embedder", "message": "not for a workspace"}],
            )
        choice = await self._embedders.choose(owner_id, change.embedder)
        async with self._database.write(owner_id) as session:
            await self._insert(session, owner_id, _values(change, choice))
            row = await _locked(session, owner_id)
            for name in ("embedder", "remember", "extract", "max_memories", "keep_interactions_days"):
                setattr(row, name, getattr(change, name))
            await self._turn_to(session, row, choice)
            row.version += 1
            row.updated_ms = now_ms()
        self.changed(owner_id)
        return (await self.of(owner_id)).settings

    async def follow_best(self) -> None:
        """Have everybody who left the choice to the server change to what is best now. Call it at the start."""
        best = self._embedders.best
        async with self._database.write(EVERYONE) as session:
            rows = await session.scalars(
                select(MemorySettingsRow).where(
                    MemorySettingsRow.embedder == AUTO,
                    func.coalesce(MemorySettingsRow.next, MemorySettingsRow.active) != best.slug,
                )
            )
            for row in rows:
                with suppress(Conflict):  # its old vectors are still being removed; the next start sees to it
                    await self._turn_to(session, row, best)

    async def switch(self, owner_id: str, slug: str) -> bool:
        """Search the new vectors from now on, if every memory has its own; whether they do."""
        async with self._database.write(owner_id) as session:
            row = await _locked(session, owner_id)
            if row.next != slug or await _unfinished(session, slug):
                return False
            await bury(session, [tomb_of_all(owner_id, row.active, now_ms() + self._pause_ms)])
            row.active, row.active_id, row.next, row.next_id = slug, row.next_id or row.active_id, None, None
        self.changed(owner_id)
        return True

    async def _turn_to(self, session: AsyncSession, row: MemorySettingsRow, choice: Choice) -> None:
        if choice.slug == (row.next or row.active):
            return
        if row.next:
            await bury(session, [tomb_of_all(row.owner_id, row.next, now_ms() + self._pause_ms)])
            row.next = row.next_id = None
        if choice.slug == row.active:
            return
        going = await session.get(TombstoneRow, (EVERY, row.owner_id, choice.slug))
        if going is not None:
            raise Conflict(
                f"Old vectors of {choice.id!r} are being removed.", hint="Change to it again in half a minute."
            )
        if await session.scalar(select(MemoryRow.id).where(MemoryRow.owner_id == row.owner_id).limit(1)):
            row.next, row.next_id = choice.slug, choice.id
        else:
            row.active, row.active_id = choice.slug, choice.id

    async def _insert(self, session: AsyncSession, owner_id: str, values: dict[str, Any]) -> None:
        await session.execute(
            insert_unless_there(session, MemorySettingsRow, "owner_id"), [{"owner_id": owner_id, **values}]
        )

    async def _load(self, owner_id: str) -> Held:
        async with self._database.reading(owner_id) as reading:
            row = await _SETTINGS.first(reading)
        if row is None:
            best = self._embedders.best
            defaults = ChangeSettings.model_construct()
            return Held(MemorySettings(**defaults.model_dump(), version=0), best.slug, best.id)
        return Held(
            MemorySettings.model_validate({name: getattr(row, name) for name in MemorySettings.model_fields}),
            row.active,
            row.active_id,
            row.next,
            row.next_id,
        )


async def _locked(session: AsyncSession, owner_id: str) -> MemorySettingsRow:
    query = select(MemorySettingsRow).where(MemorySettingsRow.owner_id == owner_id).with_for_update()
    return (await session.scalars(query)).one()


async def _unfinished(session: AsyncSession, slug: str) -> bool:
    query = select(MemoryRow.id).where(MemoryRow.index_state == "indexed", without(slug)).limit(1)
    return await session.scalar(query) is not None


def without(slug: str) -> Any:
    """The condition that a memory has no vectors of this embedder."""
    return and_(func.coalesce(MemoryRow.embedder, "") != slug, func.coalesce(MemoryRow.second_embedder, "") != slug)


async def forget_slug(session: AsyncSession, owner_id: str, slug: str) -> None:
    """Note that the memories of this person have no vectors of this embedder."""
    for column in (MemoryRow.embedder, MemoryRow.second_embedder):
        await session.execute(
            update(MemoryRow)
            .where(MemoryRow.owner_id == owner_id, column == slug)
            .values({column: None})
            .execution_options(synchronize_session=False)
        )


def _values(change: ChangeSettings, choice: Choice) -> dict[str, Any]:
    kept = change.model_dump()
    return {
        **kept,
        "active": choice.slug,
        "active_id": choice.id,
        "next": None,
        "next_id": None,
        "version": 1,
        "updated_ms": now_ms(),
    }
