"""Telling of what was remembered, after it was committed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import structlog

from entourage.events.event import NewEvent
from entourage.events.types import MemoryStored
from entourage.kit.ids import derived_id

if TYPE_CHECKING:
    from entourage.events.log import EventLog
    from entourage.memory.schemas import Memory
    from entourage.memory.service import Memories

logger = structlog.get_logger(__name__)


class Telling:
    """Writes `memory_stored`. To tell of the same memory again changes nothing."""

    def __init__(self, log: EventLog, memories: Memories) -> None:
        self._log = log
        self._memories = memories

    async def stored(self, owner_id: str, ids: Sequence[str]) -> None:
        """Tell of each that is still there. Never raises: the memories themselves are kept."""
        if not ids:
            return
        try:
            known = await self._memories.many(owner_id, ids)
            await self._log.append(*(_event(owner_id, memory) for memory in known.values()))
        except Exception as error:
            logger.warning("memory.not_told", error=type(error).__name__)


def _event(owner_id: str, memory: Memory) -> NewEvent:
    return NewEvent(
        owner_id=owner_id,
        data=MemoryStored(memory=memory.model_dump(mode="json")),
        id=derived_id(memory.id, MemoryStored.type),
        session_id=memory.source.session_id,
        agent=memory.agent,
    )
