"""Telling members by the log of events."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import structlog

from entourage.events.event import NewEvent
from entourage.events.log import EventLog
from entourage.events.types import TYPES
from entourage.kit.errors import Problem

logger = structlog.get_logger(__name__)

PAUSES_SECONDS = (0.2, 1.0, 5.0, 30.0)


class TellByLog:
    """Appends an event for each person. A file was written by then, so a log that is busy is tried again later."""

    def __init__(self, log: EventLog) -> None:
        self._log = log
        self._late: set[asyncio.Task[None]] = set()

    async def __call__(self, people: Sequence[str], kind: str, data: dict[str, Any]) -> None:
        events = [NewEvent(owner_id=person, data=TYPES[kind](**data)) for person in people]
        try:
            await self._log.append(*events)
        except Problem:
            task = asyncio.create_task(self._later(events))
            self._late.add(task)
            task.add_done_callback(self._late.discard)

    async def _later(self, events: Sequence[NewEvent]) -> None:
        for pause in PAUSES_SECONDS:
            await asyncio.sleep(pause)
            try:
                await self._log.append(*events)
            except Problem:
                continue
            return
        logger.warning("workspace.untold", events=len(events))

    async def close(self) -> None:
        """Try no more."""
        for task in list(self._late):
            task.cancel()
        await asyncio.gather(*self._late, return_exceptions=True)
