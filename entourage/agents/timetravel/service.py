"""Looking at what runs did, and at what they would have done."""

from __future__ import annotations

import asyncio

from sqlalchemy import select

from entourage.agents.history import prompt_text
from entourage.agents.runs import Runs
from entourage.agents.tables import RunRow, StepRow
from entourage.agents.timetravel.compare import compared
from entourage.agents.timetravel.forks import Fork, fork_of
from entourage.agents.timetravel.schemas import ForkRun, RunComparison, Step
from entourage.agents.timetravel.steps import Entry, entries_of
from entourage.agents.turns import Turns
from entourage.stores.sql import Database
from entourage.tools.offering import Offering


class TimeTravel:
    """Steps, forks and comparisons. Each raises NotFound for a run of somebody else."""

    def __init__(self, database: Database, runs: Runs, turns: Turns, offering: Offering) -> None:
        self._database = database
        self._runs = runs
        self._turns = turns
        self._offering = offering

    async def steps(self, owner_id: str, run_id: str) -> list[Step]:
        """All steps of a run, in order."""
        _, entries = await self._entries(owner_id, run_id)
        return [entry.step for entry in entries]

    async def fork(self, owner_id: str, run_id: str, how: ForkRun) -> Fork:
        """What a fork takes along. Raises Conflict, Invalid."""
        return fork_of(*await self._entries(owner_id, run_id), how)

    async def compare(self, owner_id: str, a: str, b: str) -> RunComparison:
        """Two runs beside each other."""
        (one, ones), (other, others) = [await self._entries(owner_id, run_id) for run_id in (a, b)]
        steps = [[entry.step for entry in entries] for entries in (ones, others)]
        return await asyncio.to_thread(compared, one, other, *steps)

    async def _entries(self, owner_id: str, run_id: str) -> tuple[RunRow, list[Entry]]:
        run = await self._runs.get(owner_id, run_id)
        query = select(StepRow).where(StepRow.run_id == run_id).order_by(StepRow.ordinal, StepRow.created_ms)
        async with self._database.read(owner_id) as session:
            rows = list(await session.scalars(query))
        if not rows:
            return run, []
        prompt = await self._turns.prompt(owner_id, run)
        offered = await self._offering.of(owner_id, run.agent, {})
        return run, await asyncio.to_thread(entries_of, run, rows, prompt_text(prompt), offered.told)
