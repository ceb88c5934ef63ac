"""What model calls took, counted by the hour in the transaction that stores their events.

A repeated event is counted once, since only new events are counted; whatever happens to the process, the counts are
those of the log.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple, TypeVar

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table

from entourage.stores.log.base import Record, Rollup, Sums, latency_bucket
from entourage.stores.sql.base import ID, Base

_K = TypeVar("_K")

HOUR_MS = 3_600_000
SOURCES = frozenset({"team", "gateway"})
"""Who spends by way of this server. Outside agents tell of calls that were counted here or paid for elsewhere."""

ALL, FIRST = "all", "first"
"""What a latency is of: the whole call, its first token."""

_NAME = String(128)
_DIMENSIONS = (
    ("provider_id", ID),
    ("provider", String(64)),
    ("model", String(256)),
    ("agent", _NAME),
    ("key_id", ID),
    ("workspace", _NAME),
    ("door", String(32)),
)
SUMS = Sums._fields

hours = Table(
    "usage_hours",
    Base.metadata,
    Column("owner_id", ID, primary_key=True),
    Column("hour", BigInteger, primary_key=True, autoincrement=False),
    Column("cell", String(32), primary_key=True),
    *(Column(name, kind, nullable=False) for name, kind in _DIMENSIONS),
    *(Column(name, BigInteger, nullable=False) for name in SUMS),
    Index("ix_usage_hours_hour", "hour"),
)
"""`cell` stands for the columns after it, "" being none; `hour` counts from the epoch."""

sessions = Table(
    "usage_sessions",
    Base.metadata,
    Column("owner_id", ID, primary_key=True),
    Column("hour", BigInteger, primary_key=True, autoincrement=False),
    Column("session_id", _NAME, primary_key=True),
    *(Column(name, BigInteger, nullable=False) for name in SUMS),
)

latencies = Table(
    "usage_latencies",
    Base.metadata,
    Column("owner_id", ID, primary_key=True),
    Column("hour", BigInteger, primary_key=True, autoincrement=False),
    Column("cell", String(32), primary_key=True),
    Column("what", String(8), primary_key=True),
    Column("bucket", Integer, primary_key=True, autoincrement=False),
    Column("count", BigInteger, nullable=False),
)


class Upsert(NamedTuple):
    """Rows that are added to what is there: the columns of their key, and those that are summed."""

    table: str
    key: tuple[str, ...]
    fixed: tuple[str, ...]
    summed: tuple[str, ...]
    rows: list[tuple[str | int, ...]]

    def sqlite(self) -> str:
        columns = (*self.key, *self.fixed, *self.summed)
        return (
            f"INSERT INTO {self.table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))}) {self._added()}"
        )

    def postgres(self) -> str:
        columns = (*self.key, *self.fixed, *self.summed)
        numbers = {"hour", "bucket", *self.summed}
        arrays = (f"${n}::{'bigint' if name in numbers else 'text'}[]" for n, name in enumerate(columns, 1))
        return (
            f"INSERT INTO {self.table} ({', '.join(columns)}) SELECT * FROM unnest({', '.join(arrays)}) {self._added()}"
        )

    def _added(self) -> str:
        sums = ", ".join(f"{name} = {self.table}.{name} + excluded.{name}" for name in self.summed)
        return f"ON CONFLICT ({', '.join(self.key)}) DO UPDATE SET {sums}"


def sum_spends(items: Iterable[tuple[Record, Rollup]]) -> list[Upsert]:
    """What these events add, sorted so that writers never deadlock."""
    by_hour: dict[tuple[str, int, tuple[str, ...]], list[int]] = {}
    by_session: dict[tuple[str, int, str], list[int]] = {}
    sketch: dict[tuple[str, int, str, str, int], int] = {}
    for record, part in items:
        spend = part.spend
        if spend is None or record.source not in SOURCES:
            continue
        hour = record.ts // HOUR_MS
        names = (*spend[:3], record.agent or "", *spend[3:6])
        _add(by_hour, (record.owner_id, hour, names), spend.sums)
        if record.session_id:
            _add(by_session, (record.owner_id, hour, record.session_id), spend.sums)
        for what, latency in ((ALL, spend.latency_ms), (FIRST, spend.first_token_ms)):
            if latency is not None:
                place = (record.owner_id, hour, _cell(names), what, latency_bucket(latency))
                sketch[place] = sketch.get(place, 0) + 1
    if not by_hour:
        return []
    found = [
        Upsert(
            "usage_hours",
            ("owner_id", "hour", "cell"),
            tuple(name for name, _ in _DIMENSIONS),
            SUMS,
            [(owner, hour, _cell(names), *names, *sums) for (owner, hour, names), sums in sorted(by_hour.items())],
        ),
        Upsert(
            "usage_sessions",
            ("owner_id", "hour", "session_id"),
            (),
            SUMS,
            [(*key, *sums) for key, sums in sorted(by_session.items())],
        ),
        Upsert(
            "usage_latencies",
            ("owner_id", "hour", "cell", "what", "bucket"),
            (),
            ("count",),
            [(*key, count) for key, count in sorted(sketch.items())],
        ),
    ]
    return [one for one in found if one.rows]


def _add(cells: dict[_K, list[int]], key: _K, sums: tuple[int, ...]) -> None:
    cell = cells.get(key)
    cells[key] = list(sums) if cell is None else [a + b for a, b in zip(cell, sums, strict=True)]


@lru_cache(4096)
def _cell(names: tuple[str, ...]) -> str:
    return hashlib.blake2b("\x1f".join(names).encode(), digest_size=16).hexdigest()
