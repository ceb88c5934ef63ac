"""The log on SQLite: one thread owns the writing connection, another the reading ones."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from entourage.stores.log import texts
from entourage.stores.log.at_once import AtOnce, What, size_of
from entourage.stores.log.base import (
    Appended,
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
from entourage.stores.sql.database import SQLITE_PRAGMAS, disk_full, is_disk_full
from entourage.stores.sql.gate import Gate

T = TypeVar("T")

_INSERT = f"INSERT INTO events (owner_id, seq, {COLUMNS}) VALUES ({', '.join('?' * 13)})"
_KNOWN = """
    SELECT owner_id, id, seq FROM events
    WHERE (owner_id, id) IN (SELECT value ->> 0, value ->> 1 FROM json_each(?))
"""
_HEAD = """
    INSERT INTO event_heads (owner_id, seq) VALUES (?, ?)
    ON CONFLICT (owner_id) DO UPDATE SET seq = event_heads.seq + excluded.seq RETURNING seq
"""
_ROLLUP = """
    INSERT INTO event_rollups (owner_id, type, agent, minute, count, errors, tokens, cost_micro_usd)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET count = count + excluded.count, errors = errors + excluded.errors,
        tokens = tokens + excluded.tokens, cost_micro_usd = cost_micro_usd + excluded.cost_micro_usd
"""
_LATENCY = """
    INSERT INTO event_latencies (owner_id, type, agent, minute, bucket, count) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET count = count + excluded.count
"""
_MARK = "INSERT OR IGNORE INTO event_marks (owner_id, mark, seq) VALUES (?, ?, ?)"
_TEXT = f"""
    INSERT OR REPLACE INTO event_fts (rowid, text)
    SELECT (number << {texts.SEQ_BITS}) + ?, ? FROM event_fts_owners WHERE owner_id = ?
"""
_FORGET_TEXTS = f"""
    DELETE FROM event_fts WHERE rowid IN (
        SELECT (o.number << {texts.SEQ_BITS}) + e.seq FROM events e
        JOIN event_fts_owners o ON o.owner_id = e.owner_id WHERE """


class SqliteLog:
    """Implements `LogStore`. `gate` keeps this process's other writers out while a batch commits."""

    def __init__(self, path: Path, gate: Gate, *, synchronous: str = "NORMAL", readers: int = 2) -> None:
        self._path = path
        self._gate = gate
        self._pragmas = (*SQLITE_PRAGMAS, f"synchronous={synchronous}", "wal_autocheckpoint=0")
        self._at_once = AtOnce(path, self._pragmas)
        self._writer = ThreadPoolExecutor(1, "log-writer")
        self._readers = ThreadPoolExecutor(readers, "log-reader")
        self._connections = threading.local()
        self._opened: list[sqlite3.Connection] = []

    async def append(self, batch: Sequence[tuple[Record, Rollup]], riders: Sequence[Rider] = ()) -> list[Appended]:
        async with self._gate:
            return await self._on(
                self._writer, lambda: self._transaction(lambda connection: _append(connection, batch, riders))
            )

    def append_at_once(self, batch: Sequence[tuple[Record, Rollup]], riders: Sequence[Rider]) -> list[Appended] | None:
        """Where nobody writes, they are few and small, and the last ones were quick; see `stores/sql/lane.py`."""
        rows, chars = size_of(riders)
        chars += sum(len(record.data) for record, _ in batch)
        return self._try("append", rows + len(batch), chars, lambda connection: _append(connection, batch, riders))

    async def write(self, riders: Sequence[Rider]) -> bool:
        written = self._try("write", *size_of(riders), lambda connection: _write(connection, riders))
        if written is not None:
            return written
        async with self._gate:
            return await self._on(
                self._writer, lambda: self._transaction(lambda connection: _write(connection, riders))
            )

    async def head(self, owner_id: str) -> int:
        return await self._on(self._readers, lambda: self._head(owner_id))

    async def read(self, owner_id: str, where: Filter, limit: int, *, newest: bool = False) -> list[Stored]:
        return await self._on(self._readers, lambda: self._read(owner_id, where, limit, newest=newest))

    async def count(self, owner_id: str, where: Filter, limit: int) -> int:
        return await self._on(self._readers, lambda: self._count(owner_id, where, limit))

    async def index_texts(self, owner_id: str, items: Sequence[tuple[int, str]]) -> None:
        chars = sum(len(text) for _, text in items)
        if self._try("index", len(items), chars, lambda connection: _index(connection, owner_id, items)):
            return
        async with self._gate:
            await self._on(
                self._writer, lambda: self._transaction(lambda connection: _index(connection, owner_id, items))
            )

    async def delete(self, owner_id: str, where: Filter) -> int:
        async with self._gate:
            return await self._on(self._writer, lambda: self._delete(owner_id, where))

    async def close(self) -> None:
        await asyncio.to_thread(self._writer.shutdown)
        await asyncio.to_thread(self._readers.shutdown)
        for connection in (*self._opened, self._at_once):
            connection.close()

    def _try(self, what: What, rows: int, chars: int, work: Callable[[sqlite3.Connection], T]) -> T | None:
        """Commit it on the loop, where nobody writes and that is quick."""
        if self._gate.locked() or not self._at_once.allows(what, rows, chars):
            return None
        given = self._at_once.run(what, work)
        self._gate.wrote()
        return given

    async def _on(self, pool: ThreadPoolExecutor, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(pool, work)

    def _connection(self) -> sqlite3.Connection:
        found: sqlite3.Connection | None = getattr(self._connections, "one", None)
        if found is None:
            found = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False)
            for pragma in self._pragmas:
                found.execute(f"PRAGMA {pragma}")
            self._connections.one = found
            self._opened.append(found)
        return found

    def _transaction(self, work: Callable[[sqlite3.Connection], T]) -> T:
        connection = self._connection()
        connection.execute("BEGIN IMMEDIATE")
        try:
            result = work(connection)
            connection.execute("COMMIT")
        except BaseException as error:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            if is_disk_full(error):
                raise disk_full() from error
            raise
        return result

    def _head(self, owner_id: str) -> int:
        row = self._connection().execute("SELECT seq FROM event_heads WHERE owner_id = ?", (owner_id,)).fetchone()
        return row[0] if row else 0

    def _read(self, owner_id: str, where: Filter, limit: int, *, newest: bool) -> list[Stored]:
        known = self._known(owner_id, where)
        if known is None:
            return []
        statement = Statement("sqlite", owner_id)
        rows = self._connection().execute(statement.page(known, limit, newest=newest), statement.values)
        found = [Stored(row[0], Record(*row[1:])) for row in rows]
        return found[::-1] if newest else found

    def _count(self, owner_id: str, where: Filter, limit: int) -> int:
        known = self._known(owner_id, where)
        if known is None:
            return 0
        statement = Statement("sqlite", owner_id)
        return self._connection().execute(statement.count(known, limit), statement.values).fetchone()[0]

    def _known(self, owner_id: str, where: Filter) -> Filter | None:
        """The filter as the statements take it; None when nothing can match."""
        if where.text is not None and not texts.fts5_term(where.text):
            return None
        if not where.type_prefixes:
            return where
        statement = Statement("sqlite", owner_id)
        rows = self._connection().execute(TYPES.format(owner=statement.owner), statement.values)
        return with_types(where, (name for (name,) in rows))

    def _delete(self, owner_id: str, where: Filter) -> int:
        known = self._known(owner_id, where)
        if known is None:
            return 0
        statement = Statement("sqlite", owner_id)
        clause = statement.conditions(known)

        def work(connection: sqlite3.Connection) -> int:
            connection.execute(f"{_FORGET_TEXTS} {clause})", statement.values)
            return connection.execute(f"DELETE FROM events AS e WHERE {clause}", statement.values).rowcount

        return self._transaction(work)


def _index(connection: sqlite3.Connection, owner_id: str, items: Sequence[tuple[int, str]]) -> bool:
    connection.execute("INSERT OR IGNORE INTO event_fts_owners (owner_id) VALUES (?)", (owner_id,))
    connection.executemany(_TEXT, [(seq, texts.plain(text), owner_id) for seq, text in items])
    return True


def _ride(connection: sqlite3.Connection, rider: Rider) -> None:
    many = isinstance(rider.values, Sequence)
    work: Any = connection.executemany if many else connection.execute
    rider.rowcount = work(rider.statement, rider.values).rowcount


def _write(connection: sqlite3.Connection, riders: Sequence[Rider]) -> bool:
    for number, rider in enumerate(riders):
        try:
            _ride(connection, rider)
        except (OverflowError, sqlite3.DataError, UnicodeEncodeError) as error:
            raise Unstorable(str(error)) from error
        if number == 0 and rider.rowcount == 0:
            return False
    return True


def _append(
    connection: sqlite3.Connection, batch: Sequence[tuple[Record, Rollup]], riders: Sequence[Rider]
) -> list[Appended]:
    for rider in riders:
        _ride(connection, rider)
    return append_batch(connection, batch) if batch else []


def append_batch(connection: sqlite3.Connection, batch: Sequence[tuple[Record, Rollup]]) -> list[Appended]:
    """Append inside an open write transaction."""
    keys = [(record.owner_id, record.id) for record, _ in batch]
    known: dict[tuple[str, str], int] = {
        (owner, event_id): seq for owner, event_id, seq in connection.execute(_KNOWN, (_json_pairs(keys),))
    }
    fresh = dict[tuple[str, str], tuple[Record, Rollup]]()
    for key, item in zip(keys, batch, strict=True):
        if key not in known:
            fresh.setdefault(key, item)
    counts = dict[str, int]()
    for owner, _ in fresh:
        counts[owner] = counts.get(owner, 0) + 1
    following = {
        owner: connection.execute(_HEAD, (owner, count)).fetchone()[0] - count + 1 for owner, count in counts.items()
    }
    rows: list[tuple[Any, ...]] = []
    new = dict[tuple[str, str], int]()
    for key, (record, _) in fresh.items():
        seq = following[record.owner_id]
        following[record.owner_id] = seq + 1
        new[key] = seq
        rows.append((record.owner_id, seq, *record[1:]))
    connection.executemany(_INSERT, rows)
    marks = first_of_marks((item[0], new[key]) for key, item in fresh.items())
    connection.executemany(_MARK, [(*mark, seq) for mark, seq in marks.items()])
    connection.executemany(_ROLLUP, [(*cell, *sums) for cell, sums in sum_rollups(fresh.values()).items()])
    sketch = sum_latencies(fresh.values())
    connection.executemany(_LATENCY, [(*cell, bucket, count) for (cell, bucket), count in sketch.items()])
    for usage in sum_spends(fresh.values()):
        connection.executemany(usage.sqlite(), usage.rows)
    result: list[Appended] = []
    for key in keys:
        if key in known:
            result.append(Appended(known[key], new=False))
        else:
            result.append(Appended(new[key], new=True))
            known[key] = new[key]  # a second copy in the same batch is a repeat
    return result


def _json_pairs(keys: Sequence[tuple[str, str]]) -> str:
    return "[" + ",".join(f'["{owner}","{event_id}"]' for owner, event_id in keys) + "]"
