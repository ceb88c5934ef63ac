"""The log on PostgreSQL: the same batch in one transaction, a row lock per owner keeps seq and commit in one order."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from functools import cache
from typing import Any, cast

import asyncpg
from sqlalchemy.engine import URL

from entourage.stores.log.base import (
    Appended,
    EngineAway,
    Filter,
    Record,
    Rider,
    Rollup,
    Stored,
    Unstorable,
    first_of_marks,
    sum_latencies,
    sum_rollups,
)
from entourage.stores.log.query import COLUMNS, TYPES, Statement, with_types
from entourage.stores.log.spending import sum_spends
from entourage.stores.log.texts import plain, tsquery_term
from entourage.stores.sql.database import disk_full
from entourage.stores.sql.rls import EVERYONE_SETTING

_AWAY = (
    OSError,
    asyncpg.PostgresConnectionError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.CannotConnectNowError,
    asyncpg.InterfaceError,
)
_PARAMETER = re.compile(r"(?<!:):(\w+)")
_ACT_AS = "SELECT set_config('entourage.owner', $1, true)"
_HEADS = """
    INSERT INTO event_heads (owner_id, seq) SELECT * FROM unnest($1::text[], $2::bigint[]) AS t(owner, n) ORDER BY 1
    ON CONFLICT (owner_id) DO UPDATE SET seq = event_heads.seq + excluded.seq RETURNING owner_id, seq
"""
_LOCK = """
    INSERT INTO event_heads (owner_id, seq) SELECT owner, 0 FROM unnest($1::text[]) AS t(owner) ORDER BY 1
    ON CONFLICT (owner_id) DO UPDATE SET seq = event_heads.seq
"""
_KNOWN = """
    SELECT owner_id, id, seq FROM events JOIN unnest($1::text[], $2::text[]) AS t(o, i) ON owner_id = o AND id = i
"""
_INSERT = f"""
    INSERT INTO events (owner_id, seq, {COLUMNS})
    SELECT * FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
        $8::text[], $9::bigint[], $10::bigint[], $11::jsonb[], $12::text[], $13::text[])
"""
_ROLLUP = """
    INSERT INTO event_rollups (owner_id, type, agent, minute, count, errors, tokens, cost_micro_usd)
    SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[],
        $8::bigint[])
    ON CONFLICT (owner_id, type, agent, minute) DO UPDATE SET count = event_rollups.count + excluded.count,
        errors = event_rollups.errors + excluded.errors, tokens = event_rollups.tokens + excluded.tokens,
        cost_micro_usd = event_rollups.cost_micro_usd + excluded.cost_micro_usd
"""
_LATENCY = """
    INSERT INTO event_latencies (owner_id, type, agent, minute, bucket, count)
    SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::int[], $6::bigint[])
    ON CONFLICT (owner_id, type, agent, minute, bucket) DO UPDATE SET count = event_latencies.count + excluded.count
"""
_MARK = """
    INSERT INTO event_marks (owner_id, mark, seq) SELECT * FROM unnest($1::text[], $2::bigint[], $3::bigint[])
    ON CONFLICT DO NOTHING
"""
_TEXT = """
    INSERT INTO event_texts (owner_id, seq, text_search)
    SELECT $1, seq, to_tsvector('simple', text) FROM unnest($2::bigint[], $3::text[]) AS t(seq, text)
    ON CONFLICT (owner_id, seq) DO UPDATE SET text_search = excluded.text_search
"""


class PostgresLog:
    """Implements `LogStore` on a small asyncpg pool of its own."""

    def __init__(self, url: URL, *, readers: int = 4) -> None:
        self._dsn = url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._size = readers + 1
        self._pool: Any | None = None
        self._opening = asyncio.Lock()

    async def append(self, batch: Sequence[tuple[Record, Rollup]], riders: Sequence[Rider] = ()) -> list[Appended]:
        try:
            async with (await self._connections()).acquire() as connection, connection.transaction():
                await connection.execute(_ACT_AS, EVERYONE_SETTING)
                for rider in riders:
                    await _ride(connection, rider)
                return await append_batch(connection, batch) if batch else []
        except asyncpg.DiskFullError as error:
            raise disk_full() from error
        except _AWAY as error:
            if isinstance(error, ValueError):  # an InterfaceError, too: a value that asyncpg cannot send
                raise
            raise EngineAway(str(error)) from error

    def append_at_once(self, batch: Sequence[tuple[Record, Rollup]], riders: Sequence[Rider]) -> list[Appended] | None:
        return None

    async def write(self, riders: Sequence[Rider]) -> bool:
        try:
            async with (await self._connections()).acquire() as connection, connection.transaction():
                await connection.execute(_ACT_AS, EVERYONE_SETTING)
                for number, rider in enumerate(riders):
                    await _ride(connection, rider)
                    if number == 0 and rider.rowcount == 0:
                        return False
        except asyncpg.DiskFullError as error:
            raise disk_full() from error
        except (asyncpg.DataError, ValueError, OverflowError) as error:
            raise Unstorable(str(error)) from error
        return True

    async def head(self, owner_id: str) -> int:
        async with (await self._connections()).acquire() as connection, connection.transaction():
            await connection.execute(_ACT_AS, owner_id)
            return await connection.fetchval("SELECT seq FROM event_heads WHERE owner_id = $1", owner_id) or 0

    async def read(self, owner_id: str, where: Filter, limit: int, *, newest: bool = False) -> list[Stored]:
        async with self._reading(owner_id) as connection:
            known = await _known(connection, owner_id, where)
            if known is None:
                return []
            statement = Statement("postgresql", owner_id)
            rows = await connection.fetch(statement.page(known, limit, newest=newest), *statement.values)
        found = [Stored(row[0], Record(*tuple(row)[1:])) for row in rows]
        return found[::-1] if newest else found

    async def count(self, owner_id: str, where: Filter, limit: int) -> int:
        async with self._reading(owner_id) as connection:
            known = await _known(connection, owner_id, where)
            if known is None:
                return 0
            statement = Statement("postgresql", owner_id)
            return await connection.fetchval(statement.count(known, limit), *statement.values)

    async def index_texts(self, owner_id: str, items: Sequence[tuple[int, str]]) -> None:
        found = {seq: plain(text) for seq, text in items}
        async with (await self._connections()).acquire() as connection, connection.transaction():
            await connection.execute(_ACT_AS, owner_id)
            await connection.execute(_TEXT, owner_id, list(found), list(found.values()))

    async def delete(self, owner_id: str, where: Filter) -> int:
        async with (await self._connections()).acquire() as connection, connection.transaction():
            await connection.execute(_ACT_AS, owner_id)
            known = await _known(connection, owner_id, where)
            if known is None:
                return 0
            statement = Statement("postgresql", owner_id)
            clause = statement.conditions(known)
            gone = await connection.fetch(f"DELETE FROM events e WHERE {clause} RETURNING seq", *statement.values)
            seqs = [row[0] for row in gone]
            await connection.execute("DELETE FROM event_texts WHERE owner_id = $1 AND seq = ANY($2)", owner_id, seqs)
        return len(seqs)

    @asynccontextmanager
    async def _reading(self, owner_id: str) -> AsyncGenerator[Any]:
        async with (await self._connections()).acquire() as connection, connection.transaction(readonly=True):
            await connection.execute(_ACT_AS, owner_id)
            yield connection

    async def close(self) -> None:
        if self._pool:
            await self._pool.close()

    async def _connections(self) -> Any:
        async with self._opening:
            if self._pool is None:
                self._pool = await cast("Any", asyncpg).create_pool(self._dsn, min_size=1, max_size=self._size)
        return self._pool


async def _ride(connection: Any, rider: Rider) -> None:
    statement, names = _numbered(rider.statement)
    if isinstance(rider.values, Sequence):
        await connection.executemany(statement, [tuple(values[name] for name in names) for values in rider.values])
        return
    done = await connection.execute(statement, *(rider.values[name] for name in names))
    rider.rowcount = int(done.split()[-1])


@cache
def _numbered(statement: str) -> tuple[str, tuple[str, ...]]:
    """The statement with `$1` for `:name`, and the names in their order."""
    names = tuple(dict.fromkeys(_PARAMETER.findall(statement)))
    return _PARAMETER.sub(lambda found: f"${names.index(found[1]) + 1}", statement), names


async def append_batch(connection: Any, batch: Sequence[tuple[Record, Rollup]]) -> list[Appended]:
    """Append inside an open transaction. The lock on each owner's head comes first, so repeats are seen."""
    keys = [(record.owner_id, record.id) for record, _ in batch]
    await connection.execute(_LOCK, sorted({owner for owner, _ in keys}))
    owners, ids = zip(*keys, strict=True)
    known = {(row[0], row[1]): row[2] for row in await connection.fetch(_KNOWN, owners, ids)}
    fresh = dict[tuple[str, str], tuple[Record, Rollup]]()
    for key, item in zip(keys, batch, strict=True):
        if key not in known:
            fresh.setdefault(key, item)
    new = await _insert(connection, fresh) if fresh else {}
    result: list[Appended] = []
    for key in keys:
        first = key not in known
        seq = known.setdefault(key, new[key]) if first else known[key]
        result.append(Appended(seq, new=first))
    return result


async def _insert(connection: Any, fresh: dict[tuple[str, str], tuple[Record, Rollup]]) -> dict[tuple[str, str], int]:
    counts = dict[str, int]()
    for owner, _ in fresh:
        counts[owner] = counts.get(owner, 0) + 1
    heads = await connection.fetch(_HEADS, list(counts), list(counts.values()))
    following = {owner: head - counts[owner] + 1 for owner, head in heads}
    new = dict[tuple[str, str], int]()
    for key in fresh:
        new[key] = following[key[0]]
        following[key[0]] += 1
    rows = [(record.owner_id, new[key], *record[1:]) for key, (record, _) in fresh.items()]
    await connection.execute(_INSERT, *zip(*rows, strict=True))
    marks = first_of_marks((item[0], new[key]) for key, item in fresh.items())
    await connection.execute(_MARK, *zip(*((*mark, seq) for mark, seq in marks.items()), strict=True))
    cells = [(*cell, *sums) for cell, sums in sum_rollups(fresh.values()).items()]
    await connection.execute(_ROLLUP, *zip(*cells, strict=True))
    sketch = [(*cell, bucket, count) for (cell, bucket), count in sum_latencies(fresh.values()).items()]
    if sketch:
        await connection.execute(_LATENCY, *zip(*sketch, strict=True))
    for usage in sum_spends(fresh.values()):
        await connection.execute(usage.postgres(), *zip(*usage.rows, strict=True))
    return new


async def _known(connection: Any, owner_id: str, where: Filter) -> Filter | None:
    """The filter as the statements take it; None when nothing can match."""
    if where.text is not None and not tsquery_term(where.text):
        return None
    if not where.type_prefixes:
        return where
    statement = Statement("postgresql", owner_id)
    rows = await connection.fetch(TYPES.format(owner=statement.owner), *statement.values)
    return with_types(where, (row[0] for row in rows))
