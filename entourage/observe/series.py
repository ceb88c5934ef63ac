"""Counts over time, from the rollups and the latency sketch alone: no event is read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

from sqlalchemy import ColumnElement, func, literal, or_, select

from entourage.kit.errors import Invalid
from entourage.observe.schemas import Series, SeriesLine, SeriesPoint
from entourage.observe.shown import money
from entourage.stores.log.base import LATENCY_GAMMA
from entourage.stores.log.tables import latencies, rollups
from entourage.stores.sql import Database

MINUTE_MS = 60_000
MAX_POINTS = 3000
MAX_LINES = 50
"""Of more keys, those with the most events are shown."""

Interval = Literal["1m", "3m", "5m", "15m", "1h"]
Grouping = Literal["none", "type", "agent"]
MINUTES: dict[Interval, int] = {"1m": 1, "3m": 3, "5m": 5, "15m": 15, "1h": 60}

Cell = tuple[str, int]
"""(key, minute at which the bucket begins)."""


class SeriesFilter(NamedTuple):
    """Of which events; empty means any."""

    types: tuple[str, ...] = ()
    prefixes: tuple[str, ...] = ()
    agents: tuple[str, ...] = ()


class MetricSeries:
    """Reads rollups."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def read(
        self, owner_id: str, interval: Interval, from_ms: int, to_ms: int, group_by: Grouping, where: SeriesFilter
    ) -> Series:
        """Every bucket with events in [from, to). Raises Invalid for more than 3,000 buckets."""
        minutes = MINUTES[interval]
        first = from_ms // (minutes * MINUTE_MS) * minutes
        past = -(-to_ms // MINUTE_MS)
        if to_ms <= from_ms or (past - first) // minutes > MAX_POINTS:
            message = f"between 1 and {MAX_POINTS} intervals must fit between from and to"
            raise Invalid(f"Not valid: from; {message}.", errors=[{"field": "from", "message": message}])
        counts = _statement(rollups.c, owner_id, minutes, first, past, group_by, where)
        sums = tuple(func.sum(rollups.c[name]) for name in ("count", "errors", "tokens", "cost_micro_usd"))
        sketch = _statement(latencies.c, owner_id, minutes, first, past, group_by, where)
        async with self._database.read(owner_id) as session:
            rows = [tuple[Any, ...](row) for row in await session.execute(counts.add_columns(*sums))]
            found = await session.execute(
                sketch.add_columns(latencies.c.bucket, func.sum(latencies.c["count"])).group_by(latencies.c.bucket)
            )
            buckets: dict[Cell, dict[int, int]] = {}
            for row in found:
                key, minute, bucket, count = tuple[Any, ...](row)
                buckets.setdefault((key, minute), {})[bucket] = int(count)
        lines: dict[str, list[SeriesPoint]] = {}
        for key, minute, *totals in sorted(rows, key=lambda row: (row[0], row[1])):
            lines.setdefault(key, []).append(_point(minute, totals, buckets.get((key, minute), {})))
        ranked = sorted(lines.items(), key=lambda line: -sum(point.count for point in line[1]))[:MAX_LINES]
        return Series(
            interval_ms=minutes * MINUTE_MS,
            **{"from": first * MINUTE_MS, "to": to_ms},
            series=[SeriesLine(key=key, points=points) for key, points in ranked],
        )


def _statement(
    cells: Any, owner_id: str, minutes: int, first: int, past: int, group_by: Grouping, where: SeriesFilter
) -> Any:
    key: ColumnElement[str] = literal("all") if group_by == "none" else cells[group_by]
    begin = (cells.minute - cells.minute % minutes).label("begin")
    query = select(key.label("key"), begin).where(
        cells.owner_id == owner_id, cells.minute >= first, cells.minute < past
    )
    if where.types or where.prefixes:
        prefixed = (func.substr(cells.type, 1, len(prefix)) == prefix for prefix in where.prefixes)
        query = query.where(or_(cells.type.in_(where.types), *prefixed))
    if where.agents:
        query = query.where(cells.agent.in_(where.agents))
    return query.group_by("begin") if group_by == "none" else query.group_by(key, "begin")


def _point(minute: int, totals: list[Any], buckets: Mapping[int, int]) -> SeriesPoint:
    count, errors, tokens, cost = (int(total) for total in totals)
    return SeriesPoint(
        t=minute * MINUTE_MS,
        count=count,
        errors=errors,
        tokens=tokens,
        cost_usd=money(cost),
        p50_ms=quantile(buckets, 0.5),
        p95_ms=quantile(buckets, 0.95),
    )


def quantile(buckets: Mapping[int, int], share: float) -> float | None:
    """The latency below which this share of a sketch lies, right within 5 %; None for an empty one."""
    total = sum(buckets.values())
    rank = share * (total - 1)
    seen = 0
    for bucket, count in sorted(buckets.items()):
        seen += count
        if seen > rank:
            return 1.0 if bucket == 0 else round(2 * LATENCY_GAMMA**bucket / (LATENCY_GAMMA + 1), 1)
    return None
