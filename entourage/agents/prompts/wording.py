"""What a run's agent is told: fragments first, then its instructions or those of the variant that is tried."""

from __future__ import annotations

from sqlalchemy import update

from entourage.agents.prompts.experiments import Experiments
from entourage.agents.prompts.service import Prompts
from entourage.agents.schemas import Agent
from entourage.agents.tables import RunRow
from entourage.stores.sql import Database


class Wording:
    """Puts instructions together. A run keeps the variant that it began with, however often it is taken up again."""

    def __init__(self, database: Database, prompts: Prompts, experiments: Experiments) -> None:
        self._database = database
        self._prompts = prompts
        self._experiments = experiments

    async def of(self, owner_id: str, run: RunRow, agent: Agent) -> list[str]:
        """The parts, in order."""
        fragments = await self._prompts.texts(owner_id, agent.fragments)
        return [*fragments, await self._instructions(owner_id, run, agent)]

    async def _instructions(self, owner_id: str, run: RunRow, agent: Agent) -> str:
        if run.variant:
            told = await self._experiments.instructions(owner_id, run.variant["experiment_id"], run.variant["name"])
            return agent.instructions if told is None else told
        chosen = await self._experiments.chosen(owner_id, agent.name, run.chat_id)
        if chosen is None:
            return agent.instructions
        run.variant = chosen.told()
        async with self._database.write(owner_id) as session:
            await session.execute(update(RunRow).where(RunRow.id == run.id).values(variant=run.variant))
        return agent.instructions if chosen.instructions is None else chosen.instructions
