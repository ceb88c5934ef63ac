"""A person's prompt fragments: named, versioned, restored."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from entourage.agents.prompts.schemas import ChangePrompt, NewPrompt, Prompt, PromptVersion
from entourage.agents.prompts.tables import PromptRow, PromptVersionRow
from entourage.agents.tables import AgentRow
from entourage.kit.clock import now_ms
from entourage.kit.errors import Conflict, NotFound
from entourage.kit.etag import check_if_match, etag_of
from entourage.kit.ids import new_id
from entourage.stores.sql import Database

MAX_PROMPTS = 500


class Prompts:
    """Fragments by owner."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def list(self, owner_id: str, *, after: str | None, limit: int) -> list[PromptRow]:
        """By name."""
        query = select(PromptRow).order_by(PromptRow.name).limit(limit)
        if after is not None:
            query = query.where(PromptRow.name > after)
        async with self._database.read(owner_id) as session:
            return list(await session.scalars(query))

    async def get(self, owner_id: str, prompt_id: str) -> Prompt:
        """Raises NotFound."""
        async with self._database.read(owner_id) as session:
            return Prompt.of(await _find(session, prompt_id))

    async def texts(self, owner_id: str, names: Sequence[str]) -> list[str]:
        """The texts of these fragments in this order; those that are not there are left out."""
        if not names:
            return []
        query = select(PromptRow.name, PromptRow.text).where(PromptRow.name.in_(names))
        async with self._database.read(owner_id) as session:
            found = dict((await session.execute(query)).tuples().all())
        return [found[name] for name in names if name in found]

    async def create(self, owner_id: str, new: NewPrompt) -> Prompt:
        """Raises Conflict for a name that is taken."""
        now = now_ms()
        values = new.model_dump()
        row = PromptRow(id=new_id(), version=1, created_ms=now, updated_ms=now, **values)
        try:
            async with self._database.write(owner_id) as session:
                if len(list(await session.scalars(select(PromptRow.id)))) >= MAX_PROMPTS:
                    raise Conflict(f"There are at most {MAX_PROMPTS} prompt fragments.")
                session.add_all([row, _version(row, None)])
        except IntegrityError:
            raise Conflict(f"You already have a fragment named {new.name!r}.", hint="Choose another name.") from None
        return Prompt.of(row)

    async def change(self, owner_id: str, prompt_id: str, change: ChangePrompt, if_match: str | None) -> Prompt:
        """Another text is a new version. Raises NotFound, Stale."""
        fields = change.model_dump(exclude_unset=True)
        async with self._database.write(owner_id) as session:
            row = await _find(session, prompt_id, if_match=if_match, lock=True)
            return _changed(session, row, fields, None)

    async def restore(self, owner_id: str, prompt_id: str, version: int, if_match: str | None) -> Prompt:
        """The text of an older version, as the newest one. Raises NotFound, Stale."""
        async with self._database.write(owner_id) as session:
            row = await _find(session, prompt_id, if_match=if_match, lock=True)
            old = await session.get(PromptVersionRow, (prompt_id, version))
            if old is None:
                raise NotFound(f"The fragment {row.name!r} has no version {version}.")
            return _changed(session, row, {"text": old.text}, version)

    async def versions(self, owner_id: str, prompt_id: str, *, before: int | None, limit: int) -> list[PromptVersion]:
        """Newest first. Raises NotFound."""
        query = select(PromptVersionRow).where(PromptVersionRow.prompt_id == prompt_id)
        if before is not None:
            query = query.where(PromptVersionRow.version < before)
        async with self._database.read(owner_id) as session:
            await _find(session, prompt_id)
            rows = await session.scalars(query.order_by(PromptVersionRow.version.desc()).limit(limit))
            return [PromptVersion.of(row) for row in rows]

    async def delete(self, owner_id: str, prompt_id: str, if_match: str | None) -> None:
        """Raises NotFound, Stale, Conflict while agents list it."""
        async with self._database.write(owner_id) as session:
            row = await _find(session, prompt_id, if_match=if_match, lock=True)
            users = [name for name, used in await session.execute(_USED) if row.name in used]
            if users:
                raise Conflict(f"{', '.join(users)} use {row.name!r}.", hint="Take it out of these agents first.")
            await session.execute(delete(PromptVersionRow).where(PromptVersionRow.prompt_id == prompt_id))
            await session.delete(row)


_USED = select(AgentRow.name, AgentRow.fragments)


def _changed(session: AsyncSession, row: PromptRow, fields: dict[str, str], restored: int | None) -> Prompt:
    is_new_text = "text" in fields and fields["text"] != row.text
    for name, value in fields.items():
        setattr(row, name, value)
    row.version += 1
    row.updated_ms = now_ms()
    if is_new_text or restored is not None:
        session.add(_version(row, restored))
    return Prompt.of(row)


def _version(row: PromptRow, restored: int | None) -> PromptVersionRow:
    return PromptVersionRow(
        prompt_id=row.id, version=row.version, text=row.text, restored_from=restored, created_ms=row.updated_ms
    )


async def _find(session: AsyncSession, prompt_id: str, *, if_match: str | None = None, lock: bool = False) -> PromptRow:
    row = await session.get(PromptRow, prompt_id, with_for_update=lock or None)
    if row is None:
        raise NotFound(f"There is no prompt fragment {prompt_id}.")
    check_if_match(if_match, etag_of(row.id, row.version))
    return row
