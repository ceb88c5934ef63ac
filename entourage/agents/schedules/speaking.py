"""Where schedules speak; `chats/` implements it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from entourage.agents.schedules.tables import ScheduleRow
from entourage.agents.tables import RunRow

Within = Callable[[AsyncSession, RunRow], Awaitable[None]]
"""What belongs to the transaction that begins the run; what it raises undoes it."""


class Speaking(Protocol):
    """Conversations, as schedules know them."""

    async def has(self, owner_id: str, session_id: str) -> bool:
        """Whether this conversation is the owner's."""
        ...

    async def opened(self, schedule: ScheduleRow) -> str:
        """The conversation it speaks in: the given one while it is there, else its own."""
        ...

    async def say(self, schedule: ScheduleRow, session_id: str, dedupe_key: str | None, within: Within) -> RunRow:
        """Ask what the schedule asks, after whatever still goes on there. Raises Problem."""
        ...
