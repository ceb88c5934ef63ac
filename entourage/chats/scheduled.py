"""Schedules in conversations. Implements `Speaking`."""

from __future__ import annotations

from contextlib import suppress

from sqlalchemy.exc import IntegrityError

from entourage.agents.runs import Runs
from entourage.agents.schedules.speaking import Within
from entourage.agents.schedules.tables import ScheduleRow
from entourage.agents.tables import RunRow
from entourage.chats.schemas import NewChat, SendMessage, TextContent
from entourage.chats.service import Chats
from entourage.chats.talk import Talk
from entourage.kit.ids import derived_id


class ScheduledTalk:
    """Says what schedules say."""

    def __init__(self, chats: Chats, talk: Talk, runs: Runs) -> None:
        self._chats = chats
        self._talk = talk
        self._runs = runs

    async def has(self, owner_id: str, session_id: str) -> bool:
        """See `Speaking.has`."""
        return await self._chats.has(owner_id, session_id)

    async def opened(self, schedule: ScheduleRow) -> str:
        """See `Speaking.opened`."""
        owner_id, given = schedule.owner_id, schedule.session_id
        if given and await self._chats.has(owner_id, given):
            return given
        own = derived_id(schedule.id, "chat")
        if not await self._chats.has(owner_id, own):
            with suppress(IntegrityError):  # another process opens it in this moment
                await self._chats.create(owner_id, NewChat(title=schedule.name), own)
        return own

    async def say(self, schedule: ScheduleRow, session_id: str, dedupe_key: str | None, within: Within) -> RunRow:
        """See `Speaking.say`."""
        said = SendMessage(
            content=[TextContent(text=schedule.text)],
            attachments=[],
            target_agent=schedule.agent,
            mode=schedule.mode,  # pyright: ignore[reportArgumentType]
            when_busy="enqueue",
        )
        sent = await self._talk.send(schedule.owner_id, session_id, said, within=within, dedupe_key=dedupe_key)
        return await self._runs.get(schedule.owner_id, sent.run_id)
