"""A team in and out of files."""

from __future__ import annotations

import re

from entourage.agents.library.markdown import Read, read_agent, write_agent
from entourage.agents.library.schemas import FILE_NAME, AgentFile, Imported
from entourage.agents.schemas import Agent, AgentFields, ChangeAgent
from entourage.agents.service import Agents
from entourage.kit.errors import Problem

_NAME = re.compile(FILE_NAME)


class Library:
    """Agents as Markdown files."""

    def __init__(self, agents: Agents) -> None:
        self._agents = agents

    async def markdown(self, owner_id: str, agent_id: str) -> str:
        """The file of one agent. Raises NotFound."""
        return write_agent(await self._agents.get(owner_id, agent_id))

    async def export(self, owner_id: str) -> list[AgentFile]:
        """The whole team: a file each."""
        team = await self._agents.list(owner_id)
        return [AgentFile(name=f"{agent.name}.md", text=write_agent(agent)) for agent in team]

    async def take(self, owner_id: str, files: list[AgentFile], *, replace: bool) -> list[Imported]:
        """Make agents of files. One that is refused leaves the others alone."""
        return [await self._take(owner_id, file, replace=replace) for file in files]

    async def _take(self, owner_id: str, file: AgentFile, *, replace: bool) -> Imported:
        if not _NAME.match(file.name):
            told = "A file of an agent is named like reviewer.md, without folders."
            return Imported(name=file.name, outcome="refused", error=told)
        read: Read | None = None
        try:
            read = read_agent(file.text, file.name.removesuffix(".md").lower())
            outcome = await self._keep(owner_id, read, replace=replace)
        except Problem as problem:
            told = f"{problem.detail} {problem.hint or ''}".strip()
            name = read.fields.name if read else None
            return Imported(name=file.name, agent=name, outcome="refused", error=told)
        return outcome.model_copy(update={"name": file.name, "ignored": list(read.ignored)})

    async def _keep(self, owner_id: str, read: Read, *, replace: bool) -> Imported:
        fields = read.fields
        known = next((one for one in await self._agents.list(owner_id) if one.name == fields.name), None)
        if known is None:
            await self._agents.create(owner_id, fields)
            return Imported(name="", agent=fields.name, outcome="created")
        if _same(known, fields):
            return Imported(name="", agent=fields.name, outcome="unchanged")
        if not replace:
            told = f"There is an agent {fields.name!r} already, and it differs."
            return Imported(name="", agent=fields.name, outcome="refused", error=told)
        change = ChangeAgent.model_validate(fields.model_dump())
        await self._agents.change(owner_id, known.id, change, None)
        return Imported(name="", agent=fields.name, outcome="updated")


def _same(known: Agent, fields: AgentFields) -> bool:
    names = set(AgentFields.model_fields)
    return known.model_dump(include=names) == fields.model_dump(include=names)
