"""Single events by their id."""

from __future__ import annotations

from sqlalchemy import select

from entourage.events.event import Published
from entourage.events.log import EventLog
from entourage.stores.log import Filter
from entourage.stores.log.tables import events
from entourage.stores.sql import Database


class Events:
    """Finds an event, and tells whether a session has any."""

    def __init__(self, database: Database, log: EventLog) -> None:
        self._database = database
        self._log = log

    async def one(self, owner_id: str, event_id: str) -> Published | None:
        """The owner's event with this id."""
        query = select(events.c.seq).where(events.c.owner_id == owner_id, events.c.id == event_id)
        async with self._database.read(owner_id) as session:
            seq = await session.scalar(query)
        if seq is None:
            return None
        found = await self._log.read(owner_id, Filter(after=seq - 1, before=seq + 1), 1)
        return found[0] if found else None

    async def has_session(self, owner_id: str, session_id: str) -> bool:
        """Whether anything of the owner's happened in this session."""
        return await self._log.count(owner_id, Filter(session_ids=(session_id,)), 1) > 0
