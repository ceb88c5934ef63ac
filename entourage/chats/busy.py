"""Messages that come while the turn before is still being written: telling it, stopping it, taking it back."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Final

from sqlalchemy import select

from entourage.agents.control.live import LiveRuns
from entourage.agents.dispatcher import Dispatcher
from entourage.agents.history import attached_line
from entourage.agents.schemas import ENDED
from entourage.agents.tables import RunRow
from entourage.chats.branches import path_to
from entourage.chats.service import find_chat, find_message
from entourage.chats.tables import MessageRow
from entourage.events.message import AttachmentPart
from entourage.kit.errors import Conflict
from entourage.stores.sql import Database

LEAF: Final = "leaf"
"""In place of a parent's id: the end of the branch one sees."""

UNFINISHED = ("streaming", "waiting", "paused")
STOP_SECONDS = 5.0
_MOST_TURNS = 250
"""Messages that may wait behind each other on a branch, with their answers."""


class Busy:
    """Turns of a branch that go on."""

    def __init__(self, database: Database, live: LiveRuns, dispatcher: Dispatcher) -> None:
        self._database = database
        self._live = live
        self._dispatcher = dispatcher

    async def turns(self, owner_id: str, chat_id: str, parent_id: str | None) -> list[RunRow]:
        """Runs of the branch that have not ended, the one that goes on first. Raises NotFound."""
        async with self._database.read(owner_id) as session:
            leaf = (await find_chat(session, chat_id)).active_message_id if parent_id == LEAF else parent_id
            path = await path_to(session, leaf, _MOST_TURNS) if leaf else []
            going = [row.run_id for row in path if is_unfinished(row) and row.run_id]
            open_ = RunRow.id.in_(going) & RunRow.status.not_in(ENDED)
            found = {row.id: row for row in await session.scalars(select(RunRow).where(open_))} if going else {}
        return [found[run_id] for run_id in going if run_id in found]

    async def steer(self, owner_id: str, run: RunRow, text: str, attached: list[AttachmentPart]) -> None:
        """Say it to the agent that is working. Raises Conflict when its run has ended."""
        lines = [text, *map(attached_line, attached)]
        await self._live.steer(owner_id, run.id, "\n".join(line for line in lines if line))

    async def stop(self, owner_id: str, runs: list[RunRow]) -> None:
        """End them, those that wait before the one they wait for."""
        for run in reversed(runs):
            await self._dispatcher.cancel(owner_id, run.id)
        with suppress(TimeoutError):
            async with asyncio.timeout(STOP_SECONDS):
                for run in runs:
                    await self._dispatcher.settled(owner_id, run.id)

    async def before(self, owner_id: str, run: RunRow) -> str | None:
        """The message before the one that the run answers, None when that was the first."""
        assert run.prompt_id
        async with self._database.read(owner_id) as session:
            return (await find_message(session, run.chat_id, run.prompt_id)).parent_id


def is_unfinished(row: MessageRow) -> bool:
    """Whether this turn is still being written."""
    return row.status in UNFINISHED


def check_finished(row: MessageRow) -> None:
    """Raises Conflict for a turn that is still being written."""
    if is_unfinished(row):
        raise Conflict(
            f"{row.agent} is still working on the message before.",
            hint="Wait for it, answer what it asks, stop it first, or say by `when_busy` what shall become of it.",
        )
