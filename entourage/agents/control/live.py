"""Runs that go on, as people lead them: of this process and of others.

What is asked for stands in the run's row first; `Dispatcher.signal` tells whoever works on it to look there.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress

from entourage.agents.bus.rows import find_run
from entourage.agents.bus.store import Holding
from entourage.agents.control.notes import add_note
from entourage.agents.control.rows import family_of, try_again
from entourage.agents.dispatcher import Dispatcher
from entourage.agents.runs import Runs
from entourage.agents.schemas import ENDED
from entourage.agents.tables import RunRow
from entourage.agents.turns import Turns
from entourage.agents.work import Conversation
from entourage.events.event import NewEvent
from entourage.events.log import EventLog
from entourage.events.types import EventData, MessageEvent, RunPaused, RunResumed
from entourage.kit.errors import Conflict
from entourage.stores.sql import Database
from entourage.tools.pipeline import storable

REST_SECONDS = 2.0
"""How long an interruption is waited for."""


class LiveRuns:
    """Steers, pauses, interrupts, resumes, cancels and retries. Each raises NotFound for a run of somebody else."""

    def __init__(
        self,
        database: Database,
        log: EventLog,
        runs: Runs,
        dispatcher: Dispatcher,
        turns: Turns,
        conversation: Conversation,
    ) -> None:
        self._database = database
        self._log = log
        self._runs = runs
        self._dispatcher = dispatcher
        self._turns = turns
        self._conversation = conversation

    async def steer(self, owner_id: str, run_id: str, text: str) -> RunRow:
        """Say something to a run: it reads it before it asks its model again. Raises Conflict when it has ended."""
        async with self._database.write(owner_id) as session:
            row = await find_run(session, run_id, lock=True)
            add_note(session, row, storable(text))
        if row.status == "running":
            await self._dispatcher.signal(run_id)
        return row

    async def pause(self, owner_id: str, run_id: str, how: Holding) -> RunRow:
        """Let a run and those it started rest, after what they are doing or at once. Raises Conflict when it ended."""
        held = [await self._hold(owner_id, row, how) for row in await self._going(owner_id, run_id)]
        if how == "interrupt":
            await self._settled(owner_id, [row for row in held if row.status == "running"])
        return await self._runs.get(owner_id, run_id)

    async def resume(self, owner_id: str, run_id: str, text: str | None = None) -> RunRow:
        """Let it and those it started go on, maybe with a word. Raises Conflict when it has ended."""
        family = await self._going(owner_id, run_id)
        if text:
            await self.steer(owner_id, run_id, text)
        for row in family:
            if row.status == "paused" or row.holding:
                await self._runs.resume(owner_id, row.id)
                await self._tell(row, RunResumed(run_id=row.id, agent=row.agent, message_id=row.message_id))
        return await self._runs.get(owner_id, run_id)

    async def cancel(self, owner_id: str, run_id: str) -> RunRow:
        """Stop it and those it started; nothing happens to one that has ended."""
        return await self._dispatcher.cancel(owner_id, run_id)

    async def retry(self, owner_id: str, run_id: str) -> RunRow:
        """Let a failed run go on after its last recorded step. Raises Conflict for one that cannot."""
        row = await self._runs.get(owner_id, run_id)
        message = await self._turns.of(owner_id, row)
        async with self._database.write(owner_id) as session:
            row = await find_run(session, run_id, lock=True)
            await try_again(session, self._runs, row)
            await self._conversation.reopen(session, row)
        message.status, message.error = "streaming", None
        resumed = RunResumed(run_id=row.id, agent=row.agent, message_id=row.message_id)
        await self._tell(row, resumed, MessageEvent(message=message.wire()))
        return row

    async def _going(self, owner_id: str, run_id: str) -> list[RunRow]:
        """The run and those it started that have not ended. Raises Conflict when it has itself."""
        async with self._database.read(owner_id) as session:
            family = await family_of(session, run_id)
        if family[0].status in ENDED:
            raise Conflict("This run has ended.", hint="Retry it, or fork it.")
        return [row for row in family if row.status not in ENDED]

    async def _hold(self, owner_id: str, row: RunRow, how: Holding) -> RunRow:
        was = row.status
        try:
            held = await self._runs.hold(owner_id, row.id, how)
        except Conflict:  # it ended in this moment
            return row
        if held.status == "paused" and was != "paused":
            await self._tell_resting(held, how)
        return held

    async def _settled(self, owner_id: str, rows: list[RunRow]) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(REST_SECONDS):
                for row in rows:
                    await self._dispatcher.settled(owner_id, row.id)

    async def _tell_resting(self, row: RunRow, how: Holding) -> None:
        message = await self._turns.of(row.owner_id, row)
        message.status = "paused"
        paused = RunPaused(run_id=row.id, agent=row.agent, message_id=row.message_id, how=how)
        await self._tell(row, MessageEvent(message=message.wire()), paused)

    async def _tell(self, row: RunRow, *events: EventData) -> None:
        await self._log.append(
            *(
                NewEvent(
                    owner_id=row.owner_id,
                    data=data,
                    session_id=row.chat_id,
                    run_id=row.id,
                    parent_run_id=row.parent_run_id,
                    agent=row.agent,
                )
                for data in events
            )
        )
