"""The agents of a person's team."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from entourage.accounts.races import with_second_try
from entourage.agents.library.giving import give_team, is_given, new_row
from entourage.agents.prompts.wording import Wording
from entourage.agents.schemas import Agent, ChangeAgent, NewAgent
from entourage.agents.tables import AgentRow
from entourage.agents.team import TEAM
from entourage.kit.clock import now_ms
from entourage.kit.errors import Conflict, Invalid, NotFound
from entourage.kit.etag import check_if_match, etag_of
from entourage.stores.cache import Cache
from entourage.stores.sql import Database
from entourage.tools.grants.globs import is_glob
from entourage.tools.registry import ToolRegistry

CACHE_SECONDS = 300
MAX_AGENTS = 200


class Agents:
    """Agents by owner. A team of defaults is made when it is first asked for."""

    def __init__(self, database: Database, cache: Cache, tools: ToolRegistry, wording: Wording) -> None:
        self.wording = wording
        self._database = database
        self._cache = cache
        self._tools = tools

    async def list(self, owner_id: str) -> list[Agent]:
        """The whole team, defaults first, then by name."""
        cache = self._cache.owned(owner_id)
        cached = await cache.get("agents")
        if cached is not None:
            return [Agent.model_validate(item) for item in cached]
        async with cache.lock("agents"):  # `_forget` holds it, too: nobody puts back what was read before a change
            rows = await self._rows(owner_id)
            team = sorted(map(Agent.of, rows), key=lambda agent: (not agent.is_default, _rank(agent.name), agent.name))
            await cache.set("agents", [agent.model_dump() for agent in team], ttl_seconds=CACHE_SECONDS)
        return team

    async def get(self, owner_id: str, agent_id: str) -> Agent:
        """Raises NotFound."""
        for agent in await self.list(owner_id):
            if agent.id == agent_id:
                return agent
        raise NotFound(f"There is no agent {agent_id}.")

    async def named(self, owner_id: str, name: str) -> Agent:
        """The active agent of this name. Raises Invalid, naming who there is."""
        team = await self.list(owner_id)
        for agent in team:
            if agent.name == name and agent.status == "active":
                return agent
        names = ", ".join(agent.name for agent in team if agent.status == "active")
        raise Invalid(f"There is no active agent {name!r}.", hint=f"Your team: {names}.")

    async def create(self, owner_id: str, new: NewAgent) -> Agent:
        """Raises Conflict for a name that is taken, Invalid for a tool that does not exist."""
        self._check_tools(new.tools)
        if len(await self.list(owner_id)) >= MAX_AGENTS:
            raise Conflict(f"A team has at most {MAX_AGENTS} agents.")
        row = new_row(new, is_default=False)
        try:
            async with self._database.write(owner_id) as session:
                session.add(row)
        except IntegrityError:
            raise _taken(new.name) from None
        await self._forget(owner_id)
        return Agent.of(row)

    async def change(self, owner_id: str, agent_id: str, change: ChangeAgent, if_match: str | None) -> Agent:
        """Raises NotFound, Stale, Conflict, Invalid."""
        fields = change.model_dump(exclude_unset=True, mode="json")
        self._check_tools(fields.get("tools", {}))
        try:
            async with self._database.write(owner_id) as session:
                row = await self._find(session, agent_id, if_match)
                for name, value in fields.items():
                    setattr(row, name, value)
                row.version += 1
                row.updated_ms = now_ms()
        except IntegrityError:
            raise _taken(str(change.name)) from None
        await self._forget(owner_id)
        return Agent.of(row)

    async def delete(self, owner_id: str, agent_id: str, if_match: str | None) -> None:
        """Raises NotFound, Stale, Conflict for the last agent."""
        async with self._database.write(owner_id) as session:
            row = await self._find(session, agent_id, if_match)
            if len(list(await session.scalars(select(AgentRow.id).limit(2)))) == 1:
                raise Conflict("A team has at least one agent.", hint="Make another one first.")
            await session.delete(row)
        await self._forget(owner_id)

    async def allow(self, owner_id: str, name: str, tool: str) -> None:
        """Grant a tool to an agent from now on (a remembered approval)."""
        async with self._database.write(owner_id) as session:
            row = await session.scalar(select(AgentRow).where(AgentRow.name == name))
            if row:
                row.tools = {**row.tools, tool: "allow"}
                row.version += 1
        await self._forget(owner_id)

    async def _find(self, session: AsyncSession, agent_id: str, if_match: str | None) -> AgentRow:
        row = await session.get(AgentRow, agent_id)
        if row is None:
            raise NotFound(f"There is no agent {agent_id}.")
        check_if_match(if_match, etag_of(row.id, row.version))
        return row

    async def _rows(self, owner_id: str) -> list[AgentRow]:
        """All of a person's, the default team given first."""
        query = select(AgentRow)
        async with self._database.read(owner_id) as session:
            if await is_given(session):
                return list(await session.scalars(query))
        await with_second_try(lambda: self._give(owner_id))  # two first requests may meet
        async with self._database.read(owner_id) as session:
            return list(await session.scalars(query))

    async def _give(self, owner_id: str) -> None:
        async with self._database.write(owner_id) as session:
            await give_team(session, owner_id)

    async def _forget(self, owner_id: str) -> None:
        cache = self._cache.owned(owner_id)
        async with cache.lock("agents"):
            await cache.delete("agents")

    def _check_tools(self, grants: dict[str, Any]) -> None:
        unknown = [name for name in grants if not (is_glob(name) or "." in name or self._tools.has(name))]
        if unknown:
            raise Invalid(
                f"There is no tool {unknown[0]!r}.",
                hint="GET /my/tools lists them.",
                errors=[{"field": f"tools.{unknown[0]}", "message": "no such tool"}],
            )


def _rank(name: str) -> int:
    return TEAM.index(name) if name in TEAM else len(TEAM)


def _taken(name: str) -> Conflict:
    return Conflict(f"You already have an agent named {name!r}.", hint="Choose another name.")
