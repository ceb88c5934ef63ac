"""Usage on its way into the log: callers do not wait, nothing is dropped while the log is only busy."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable

import structlog

from entourage.events.event import NewEvent
from entourage.events.log import EventLog
from entourage.kit.errors import Problem
from entourage.stores.log import Rider

logger = structlog.get_logger(__name__)

_BATCH = 256
_PAUSE_SECONDS = 0.2
_LAST_TRIES = 10
"""How often the log is tried once more when the server ends."""


class Recorder:
    """A queue before the log. While one batch commits the next one gathers."""

    def __init__(self, log: EventLog) -> None:
        self._log = log
        self.recorded: Callable[[str], None] | None = None
        """Called with the id of each event that is in the log."""
        self._waiting: deque[tuple[NewEvent | None, Rider | None]] = deque()
        self._task: asyncio.Task[None] | None = None
        self._closing = False
        self.lost = 0
        """Events that could not be written before the server ended."""

    def add(self, event: NewEvent, rider: Rider | None = None) -> None:
        """Hand over an event, and a statement that is carried out in the same transaction."""
        self._add(event, rider)

    def carry(self, rider: Rider) -> None:
        """Hand over a statement alone."""
        self._add(None, rider)

    def _add(self, event: NewEvent | None, rider: Rider | None) -> None:
        self._waiting.append((event, rider))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._drain(), name="usage")

    async def flush(self) -> None:
        """Wait until what was handed over is committed."""
        while self._task is not None and not self._task.done():
            await asyncio.shield(self._task)

    async def close(self) -> None:
        """Commit what waits."""
        self._closing = True
        await self.flush()

    async def _drain(self) -> None:
        failures = 0
        while self._waiting:
            batch = [self._waiting.popleft() for _ in range(min(_BATCH, len(self._waiting)))]
            try:
                await self._write(batch)
            except Problem as problem:
                failures += 1
                if self._closing and failures > _LAST_TRIES:
                    self._give_up(len(batch), problem)
                    continue
                self._waiting.extendleft(reversed(batch))
                await asyncio.sleep(_PAUSE_SECONDS)
            else:
                failures = 0

    async def _write(self, batch: list[tuple[NewEvent | None, Rider | None]]) -> None:
        events = [event for event, _ in batch if event]
        riders = [rider for _, rider in batch if rider]
        if events:
            await self._log.put(events, riders, at_once=True)
        else:
            await asyncio.gather(*map(self._log.carry, riders))
        if self.recorded:
            for event in events:
                self.recorded(event.id)

    def _give_up(self, count: int, problem: Problem) -> None:
        self.lost += count
        logger.error("usage.lost", events=count, error=problem.detail)
