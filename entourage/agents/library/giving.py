"""Giving people the default team: each member once, new wordings of it as long as they left it as it was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from entourage.agents.library.tables import GivenAgentRow
from entourage.agents.schemas import AgentFields
from entourage.agents.tables import AgentRow
from entourage.agents.team import DefaultAgent, default_team
from entourage.kit.clock import now_ms
from entourage.kit.ids import new_id


async def is_given(session: AsyncSession) -> bool:
    """Whether the whole default team as it is worded today was given to this person."""
    given = await _given(session)
    return all(member.name in given and given[member.name].fingerprint == member.fingerprint for member in _team())


async def give_team(session: AsyncSession, owner_id: str) -> None:
    """Give what is missing, in the caller's transaction. A name that the person uses for one of theirs stays theirs."""
    given = await _given(session, lock=True)
    rows = {row.name: row for row in await session.scalars(select(AgentRow))}
    for member in _team():
        before, row = given.get(member.name), rows.get(member.name)
        if before is None:
            kept = GivenAgentRow(owner_id=owner_id, name=member.name, fingerprint="", version=0)
            session.add(kept)
            if row is None:
                session.add(new_row(member.fields, is_default=True))
                kept.version = 1
            kept.fingerprint = member.fingerprint
        elif before.fingerprint != member.fingerprint:
            _reword(member, before, row)


def new_row(fields: AgentFields, *, is_default: bool) -> AgentRow:
    """A row for these fields."""
    now = now_ms()
    values = fields.model_dump(mode="json")
    return AgentRow(id=new_id(), is_default=is_default, version=1, created_ms=now, updated_ms=now, **values)


def _reword(member: DefaultAgent, before: GivenAgentRow, row: AgentRow | None) -> None:
    """The new wording, unless the person changed or deleted it."""
    before.fingerprint = member.fingerprint
    if row is None or not row.is_default or row.version != before.version:
        return
    for name, value in member.fields.model_dump(mode="json").items():
        setattr(row, name, value)
    row.version += 1
    row.updated_ms = now_ms()
    before.version = row.version


def _team() -> Sequence[DefaultAgent]:
    return default_team()


async def _given(session: AsyncSession, *, lock: bool = False) -> Mapping[str, GivenAgentRow]:
    query = select(GivenAgentRow)
    rows = await session.scalars(query.with_for_update() if lock else query)
    return {row.name: row for row in rows}
