"""What calls leave behind, on its way into the log: callers do not wait, and many calls share one transaction."""

from __future__ import annotations

import asyncio
import re
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any

import structlog

from entourage.events.event import NewEvent
from entourage.events.log import EventLog
from entourage.kit.clock import now_ms
from entourage.kit.errors import Problem
from entourage.stores.log import Rider
from entourage.stores.log.base import latency_bucket
from entourage.stores.log.spending import HOUR_MS

logger = structlog.get_logger(__name__)

WINDOW_SECONDS = 0.03
"""What comes in this time is written together."""

MAX_WAITING = 50_000
"""Events that wait while the log is away; past them the oldest are lost."""

_BATCH = 256
_PAUSE_SECONDS = 0.2
_TRIES = 300
_LAST_TRIES = 10
"""How often the log is tried for one event: for a minute, and two seconds when the server ends."""

_Cell = tuple[str | int, ...]

_HOURS = """
    INSERT INTO tool_hours (owner_id, hour, tool, source, calls, errors, cached)
    VALUES (:owner_id, :hour, :tool, :source, :calls, :errors, :cached)
    ON CONFLICT (owner_id, hour, tool, source) DO UPDATE SET calls = tool_hours.calls + excluded.calls,
        errors = tool_hours.errors + excluded.errors, cached = tool_hours.cached + excluded.cached
"""
_LATENCIES = """
    INSERT INTO tool_latencies (owner_id, hour, tool, bucket, count) VALUES (:owner_id, :hour, :tool, :bucket, :count)
    ON CONFLICT (owner_id, hour, tool, bucket) DO UPDATE SET count = tool_latencies.count + excluded.count
"""
_QUOTAS = """
    INSERT INTO tool_quotas (owner_id, policy_id, day, calls) VALUES (:owner_id, :policy_id, :day, :calls)
    ON CONFLICT (owner_id, policy_id, day) DO UPDATE SET calls = tool_quotas.calls + excluded.calls
"""


class _Counts:
    """Sums of what was counted since the last batch, by the keys of their tables."""

    def __init__(self) -> None:
        self.hours: dict[tuple[str, int, str, str], list[int]] = {}
        self.latencies: dict[tuple[str, int, str, int], int] = {}
        self.quotas: dict[tuple[str, str, int], int] = {}

    def riders(self) -> list[Rider]:
        """Statements that add them, in an order in which writers never deadlock."""
        hours: list[_Cell] = [(*key, *sums) for key, sums in sorted(self.hours.items())]
        found = ((_HOURS, hours), (_LATENCIES, _flat(self.latencies)), (_QUOTAS, _flat(self.quotas)))
        return [Rider(statement, _rows(statement, cells)) for statement, cells in found if cells]


class Trail:
    """A queue before the log. While the log is only busy nothing is lost."""

    def __init__(self, log: EventLog) -> None:
        self._log = log
        self._waiting: deque[NewEvent] = deque()
        self._counts = _Counts()
        self._riders: list[Rider] = []
        self._task: asyncio.Task[None] | None = None
        self._hurry = asyncio.Event()
        self._closing = False
        self.lost = 0
        """Events that could not be written."""

    def tell(self, event: NewEvent) -> None:
        """Hand over an event."""
        if len(self._waiting) >= MAX_WAITING:
            self._waiting.popleft()
            self.lost += 1
        self._waiting.append(event)
        self._start()

    def count(
        self, owner_id: str, tool: str, source: str, *, failed: bool, cached: bool, duration_ms: int | None
    ) -> None:
        """Count one call in its hour; `duration_ms` is None for one that was not made."""
        hour = now_ms() // HOUR_MS
        sums = self._counts.hours.setdefault((owner_id, hour, tool, source), [0, 0, 0])
        sums[0] += 1
        sums[1] += failed
        sums[2] += cached
        if duration_ms is not None:
            place = (owner_id, hour, tool, latency_bucket(duration_ms))
            self._counts.latencies[place] = self._counts.latencies.get(place, 0) + 1
        self._start()

    def count_quota(self, owner_id: str, policy_id: str, day: int) -> None:
        """Count one call that a policy let through."""
        place = (owner_id, policy_id, day)
        self._counts.quotas[place] = self._counts.quotas.get(place, 0) + 1
        self._start()

    async def flush(self) -> None:
        """Wait until what was handed over is committed."""
        self._hurry.set()
        while self._task is not None and not self._task.done():
            await asyncio.shield(self._task)

    async def close(self) -> None:
        """Commit what waits."""
        self._closing = True
        await self.flush()

    def _start(self) -> None:
        if self._task is None or self._task.done():
            self._hurry.clear()
            self._task = asyncio.create_task(self._drain(), name="tool-trail")

    async def _drain(self) -> None:
        failures = 0
        while self._has_more():
            await self._gather()
            size = 1 if failures else _BATCH  # one bad event must not hold up the others
            batch = [self._waiting.popleft() for _ in range(min(size, len(self._waiting)))]
            self._riders += self._counts.riders()
            self._counts = _Counts()
            try:
                await self._write(batch)
            except Problem as problem:
                failures += 1
                if failures > (_LAST_TRIES if self._closing else _TRIES):
                    self._give_up(len(batch), problem)
                    continue
                self._waiting.extendleft(reversed(batch))
                await asyncio.sleep(_PAUSE_SECONDS)
            else:
                failures = 0

    def _has_more(self) -> bool:
        counts = self._counts
        return bool(self._waiting or self._riders or counts.hours or counts.quotas)

    async def _gather(self) -> None:
        """Let more come, unless somebody waits."""
        try:
            async with asyncio.timeout(WINDOW_SECONDS):
                await self._hurry.wait()
        except TimeoutError:
            return

    async def _write(self, batch: Sequence[NewEvent]) -> None:
        riders = self._riders
        if batch:
            await self._log.put(batch, riders, at_once=True)
        else:
            await asyncio.gather(*map(self._log.carry, riders))
        self._riders = []

    def _give_up(self, count: int, problem: Problem) -> None:
        self.lost += count
        self._riders = []
        logger.error("tools.trail_lost", events=count, error=problem.detail)


def _flat(counts: Mapping[Any, int]) -> list[_Cell]:
    return [(*key, count) for key, count in sorted(counts.items())]


def _rows(statement: str, cells: Sequence[_Cell]) -> list[dict[str, str | int | None]]:
    names = re.findall(r":(\w+)", statement)
    return [dict(zip(names, cell, strict=True)) for cell in cells]
