"""Usage by day, model, provider, agent, key, door, session or person, out of the hourly counts of the log."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, NamedTuple, cast

from sqlalchemy import and_, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession

from entourage.accounts.tables import ApiKey, User
from entourage.llm.money.prices import dollars
from entourage.llm.money.usage_schemas import AdminBy, Bucket, UsageItem, UsageOut, UsagePoint, UsageTotal
from entourage.llm.tables import GatewayKeyRow
from entourage.stores.log.base import LATENCY_GAMMA, Sums
from entourage.stores.log.spending import ALL, FIRST, HOUR_MS, SUMS, hours, latencies, sessions
from entourage.stores.sql import EVERYONE, Database

MAX_KEYS = 500
"""Of more keys, the most expensive are told."""

MAX_POINTS = 20_000

_DAY = cast(
    "Any", literal_column("24")
)  # not a bound value: PostgreSQL must see that what is selected is what is grouped by


class UsageFilter(NamedTuple):
    """Whose calls, and when, in hours since the epoch; the end is not included. Without an owner: everybody's."""

    owner_id: str | None
    since: int
    until: int


class UsageQueries:
    """Reads what was used."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def read(self, where: UsageFilter, by: AdminBy, bucket: Bucket | None) -> UsageOut:
        """Sums under each key, the sum of all, and the same over time when a bucket is given."""
        table = sessions if by == "session" else hours
        key = _key(table, by)
        async with self._database.read(where.owner_id or EVERYONE) as session:
            rows = (await session.execute(_sums(table, key, where, is_time=by == "day"))).all()
            total = (await session.execute(_sums(table, None, where))).one()
            sketch = {} if by == "session" else await _sketch(session, key, where)
            labels = await _labels(session, by, [str(row[0]) for row in rows])
            points = await _points(session, table, key, where, bucket) if bucket else []
        items = [
            UsageItem(
                key=_told(by, row[0]),
                label=labels.get(str(row[0]), _label(by, row[0])),
                **_total(row[1:], sketch.get(row[0])),
            )
            for row in rows
        ]
        shown = {row[0] for row in rows}
        series = [
            UsagePoint(at=int(at) * HOUR_MS, key=_told(by, one), cost_usd=dollars(int(cost)), calls=int(calls))
            for at, one, cost, calls in points
            if one in shown
        ]
        return UsageOut(items=items, total=UsageTotal(**_total(total, _merged(sketch.values()))), series=series)


_Sketch = dict[str, dict[int, int]]
"""Counts by bucket, by what the latency is of."""


def _key(table: Any, by: AdminBy) -> Any:
    columns = {
        "day": table.c.hour - table.c.hour % _DAY,
        "user": table.c.owner_id,
        "session": sessions.c.session_id,
        "model": hours.c.model,
        "provider": hours.c.provider,
        "agent": hours.c.agent,
        "key": hours.c.key_id,
        "door": hours.c.door,
    }
    return columns[by].label("key")


def _within(table: Any, where: UsageFilter) -> Any:
    within = and_(table.c.hour >= where.since, table.c.hour < where.until)
    return within if where.owner_id is None else and_(table.c.owner_id == where.owner_id, within)


def _sums(table: Any, key: Any, where: UsageFilter, *, is_time: bool = False) -> Any:
    sums = [func.coalesce(func.sum(table.c[name]), 0).label(name) for name in SUMS]
    if key is None:
        return select(*sums).where(_within(table, where))
    cost, calls = sums[SUMS.index("cost_nano")], sums[SUMS.index("calls")]
    order = [key] if is_time else [cost.desc(), calls.desc(), key]
    return select(key, *sums).where(_within(table, where)).group_by(key).order_by(*order).limit(MAX_KEYS)


async def _points(session: AsyncSession, table: Any, key: Any, where: UsageFilter, bucket: Bucket) -> list[Any]:
    at = (table.c.hour if bucket == "hour" else table.c.hour - table.c.hour % _DAY).label("at")
    query = select(at, key, func.sum(table.c.cost_nano), func.sum(table.c.calls)).where(_within(table, where))
    return list((await session.execute(query.group_by(at, key).order_by(at, key).limit(MAX_POINTS))).all())


async def _sketch(session: AsyncSession, key: Any, where: UsageFilter) -> dict[Any, _Sketch]:
    same = and_(
        latencies.c.owner_id == hours.c.owner_id, latencies.c.hour == hours.c.hour, latencies.c.cell == hours.c.cell
    )
    query = (
        select(key, latencies.c.what, latencies.c.bucket, func.sum(latencies.c.count))
        .select_from(hours.join(latencies, same))
        .where(_within(hours, where))
        .group_by(key, latencies.c.what, latencies.c.bucket)
    )
    found: dict[Any, _Sketch] = {}
    for one, what, bucket, count in await session.execute(query):
        found.setdefault(one, {}).setdefault(what, {})[bucket] = int(count)
    return found


def _merged(sketches: Iterable[_Sketch]) -> _Sketch:
    merged: _Sketch = {}
    for sketch in sketches:
        for what, buckets in sketch.items():
            into = merged.setdefault(what, {})
            for bucket, count in buckets.items():
                into[bucket] = into.get(bucket, 0) + count
    return merged


def _median(buckets: dict[int, int] | None) -> int | None:
    """The middle of the bucket that holds the median, in milliseconds."""
    if not buckets:
        return None
    wanted = (sum(buckets.values()) + 1) // 2
    for bucket in sorted(buckets):
        wanted -= buckets[bucket]
        if wanted <= 0:
            return round(2 * LATENCY_GAMMA**bucket / (LATENCY_GAMMA + 1))
    return None


def _total(row: Any, sketch: _Sketch | None) -> dict[str, Any]:
    sums = Sums(*map(int, row))
    known = sketch or {}
    return {
        **{name: value for name, value in sums._asdict().items() if not name.endswith("_nano")},
        "cost_usd": dollars(sums.cost_nano),
        "saved_usd": dollars(sums.saved_nano),
        "latency_ms_p50": _median(known.get(ALL)),
        "first_token_ms_p50": _median(known.get(FIRST)),
    }


def _told(by: AdminBy, key: Any) -> str:
    return datetime.fromtimestamp(int(key) * 3600, UTC).date().isoformat() if by == "day" else str(key)


def _label(by: AdminBy, key: Any) -> str:
    return _told(by, key) or "none"


async def _labels(session: AsyncSession, by: AdminBy, keys: list[str]) -> dict[str, str]:
    """Names of keys and people."""
    if by == "user":
        return {row[0]: row[1] for row in await session.execute(select(User.id, User.email).where(User.id.in_(keys)))}
    if by != "key":
        return {}
    named: dict[str, str] = {}
    for table in (ApiKey, GatewayKeyRow):
        for row in await session.execute(select(table.id, table.name).where(table.id.in_(keys))):
            named[row[0]] = row[1]
    return named
