"""How often tools were called lately, how often that failed, and how long it took."""

from __future__ import annotations

import math
from collections.abc import Mapping

import msgspec
from sqlalchemy import func, select

from entourage.kit.clock import now_ms
from entourage.stores.log.base import LATENCY_GAMMA
from entourage.stores.log.spending import HOUR_MS
from entourage.stores.sql import Database
from entourage.tools.grants.tables import tool_hours, tool_latencies

DAY_HOURS = 24


class ToolCount(msgspec.Struct, frozen=True):
    """Of one tool. `latency_ms_p50` is right within 5 %."""

    calls: int = 0
    errors: int = 0
    latency_ms_p50: float | None = None


NEVER_CALLED = ToolCount()


class ToolCounts:
    """Reads what was counted by the hour."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def last_day(self, owner_id: str, tool: str | None = None) -> dict[str, ToolCount]:
        """By the names of the tools that were called in the last day; of one tool only when it is named."""
        since = now_ms() // HOUR_MS - DAY_HOURS
        totals = (
            select(tool_hours.c.tool, func.sum(tool_hours.c.calls), func.sum(tool_hours.c.errors))
            .where(tool_hours.c.owner_id == owner_id, tool_hours.c.hour > since)
            .group_by(tool_hours.c.tool)
        )
        times = (
            select(tool_latencies.c.tool, tool_latencies.c.bucket, func.sum(tool_latencies.c.count))
            .where(tool_latencies.c.owner_id == owner_id, tool_latencies.c.hour > since)
            .group_by(tool_latencies.c.tool, tool_latencies.c.bucket)
        )
        if tool is not None:
            totals, times = totals.where(tool_hours.c.tool == tool), times.where(tool_latencies.c.tool == tool)
        sketches: dict[str, dict[int, int]] = {}
        async with self._database.read(owner_id) as session:
            rows = (await session.execute(totals)).all()
            for name, bucket, count in await session.execute(times):
                sketches.setdefault(name, {})[bucket] = int(count)
        return {
            name: ToolCount(int(calls), int(errors), _median(sketches.get(name, {}))) for name, calls, errors in rows
        }


def _median(buckets: Mapping[int, int]) -> float | None:
    wanted = math.ceil(sum(buckets.values()) / 2)
    for bucket in sorted(buckets):
        wanted -= buckets[bucket]
        if wanted <= 0:
            return 1.0 if bucket == 0 else round(2 * LATENCY_GAMMA**bucket / (LATENCY_GAMMA + 1), 1)
    return None
