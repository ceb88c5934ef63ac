"""What a person stores, told to their other screens as `memory_stored`; members of a workspace hear that it has more.

What they are told holds no text: events stay, and somebody may be removed, or the memory forgotten.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

import structlog

from entourage.events.event import NewEvent
from entourage.events.log import EventLog
from entourage.events.types import MemoryStored
from entourage.kit.ids import derived_id
from entourage.memory.schemas import Memory

TellMembers: TypeAlias = Callable[[str, dict[str, Any]], Awaitable[None]]
"""Tells the members of a workspace that something of its memory changed."""

logger = structlog.get_logger(__name__)


class StoredTold:
    """Tells once of each memory, however often it is asked to."""

    def __init__(self, log: EventLog) -> None:
        self._log = log
        self.tell_members: TellMembers | None = None

    async def stored(self, owner_id: str, memory: Memory) -> None:
        """Never raises: the memory itself is kept."""
        if memory.workspace:
            if self.tell_members:
                await self.tell_members(memory.workspace, {"memory_id": memory.id})
            return
        data = MemoryStored(memory=memory.model_dump(mode="json"))
        event_id = derived_id(memory.id, MemoryStored.type)
        try:
            await self._log.append(NewEvent(owner_id=owner_id, data=data, id=event_id, agent=memory.agent))
        except Exception as error:  # the log may be full for a moment
            logger.warning("memory.not_told", error=type(error).__name__)
