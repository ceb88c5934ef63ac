"""How a person's calls of a service went, by the hour."""

from __future__ import annotations

import math
from collections.abc import Mapping

from sqlalchemy import func, select

from entourage.kit.clock import now_ms
from entourage.stores.log.base import LATENCY_GAMMA
from entourage.stores.log.spending import HOUR_MS
from entourage.stores.sql import Database
from entourage.tools.grants.tables import tool_hours, tool_latencies
from entourage.tools.path.trail import Trail
from entourage.tools.services.schemas import Latency, ServiceAnalytics, ServicePoint

SHOWN_HOURS = 24
"""How many hours are told when no time is given."""


class Analytics:
    """Reads what forwarding has counted."""

    def __init__(self, database: Database, trail: Trail) -> None:
        self._database = database
        self._trail = trail

    async def of(self, owner_id: str, counted_as: str, since_ms: int | None, until_ms: int | None) -> ServiceAnalytics:
        """This person's calls between two times, widened to whole hours; of the last day when none is given."""
        await self._trail.flush()
        until = now_ms() // HOUR_MS + 1 if until_ms is None else -(-until_ms // HOUR_MS)
        since = until - SHOWN_HOURS if since_ms is None else since_ms // HOUR_MS
        hour = tool_hours.c.hour
        own = (tool_hours.c.owner_id == owner_id, tool_hours.c.tool == counted_as, hour >= since, hour < until)
        points = (
            select(tool_hours.c.hour, func.sum(tool_hours.c.calls), func.sum(tool_hours.c.errors))
            .where(*own)
            .group_by(tool_hours.c.hour)
            .order_by(tool_hours.c.hour)
        )
        cells = tool_latencies.c
        times = (
            select(cells.bucket, func.sum(cells.count))
            .where(cells.owner_id == owner_id, cells.tool == counted_as, cells.hour >= since, cells.hour < until)
            .group_by(cells.bucket)
        )
        async with self._database.read(owner_id) as session:
            rows = (await session.execute(points)).all()
            sketch = {bucket: int(count) for bucket, count in await session.execute(times)}
        series = [ServicePoint(at=hour * HOUR_MS, calls=int(calls), errors=int(errors)) for hour, calls, errors in rows]
        return ServiceAnalytics(
            calls=sum(point.calls for point in series),
            errors=sum(point.errors for point in series),
            latency=Latency(p50=_quantile(sketch, 0.5), p95=_quantile(sketch, 0.95), p99=_quantile(sketch, 0.99)),
            series=series,
        )


def _quantile(buckets: Mapping[int, int], share: float) -> float | None:
    wanted = math.ceil(sum(buckets.values()) * share)
    for bucket in sorted(buckets):
        wanted -= buckets[bucket]
        if wanted <= 0:
            return 1.0 if bucket == 0 else round(2 * LATENCY_GAMMA**bucket / (LATENCY_GAMMA + 1), 1)
    return None
