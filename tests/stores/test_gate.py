"""Writers take turns, and what they committed is moved into the file beside them."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text

from entourage.stores.sql import EVERYONE, Database
from entourage.stores.sql.gate import JOURNAL_BYTES, MOVE_COMMITS, Gate

ADD = text("INSERT INTO notes (id, said) VALUES (:id, :said)")


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = Database(None, tmp_path)
    async with opened.write(EVERYONE) as session:
        await session.execute(text("CREATE TABLE notes (id INTEGER PRIMARY KEY, said TEXT)"))
    yield opened
    await opened.close()


async def add(database: Database, first: int, last: int, said: str = "x") -> None:
    async with database.write(EVERYONE) as session:
        await session.execute(ADD, [{"id": number, "said": said} for number in range(first, last)])


async def count(database: Database) -> int:
    async with database.read(EVERYONE) as session:
        return await session.scalar(text("SELECT count(*) FROM notes")) or 0


def journal_bytes(database: Database) -> int:
    return Path(f"{database.path}-wal").stat().st_size


async def test_the_journal_does_not_grow_though_nobody_stops_writing(database: Database) -> None:
    sizes: list[int] = []
    for number in range(6 * MOVE_COMMITS):
        await add(database, number, number + 1)
        if number % MOVE_COMMITS == MOVE_COMMITS - 1:
            sizes.append(journal_bytes(database))
    assert sizes[-1] <= 3 * sizes[0]
    assert await count(database) == 6 * MOVE_COMMITS


async def test_a_few_long_transactions_leave_no_long_journal(database: Database) -> None:
    """They may be few: what counts is what they wrote."""
    for first in range(0, 240, 20):
        await add(database, first, first + 20, "x" * 500_000)
    assert journal_bytes(database) < 4 * JOURNAL_BYTES
    assert await count(database) == 240


async def test_writers_go_on_while_it_is_moved(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, may_end = threading.Event(), threading.Event()

    def slow(gate: Gate) -> None:
        begun.set()
        may_end.wait(10)
        checkpoint(gate)

    checkpoint = Gate._checkpoint  # pyright: ignore[reportPrivateUsage]
    monkeypatch.setattr(Gate, "_checkpoint", slow)
    for number in range(MOVE_COMMITS):
        await add(database, number, number + 1)
    assert await asyncio.to_thread(begun.wait, 10)
    async with asyncio.timeout(10):
        await add(database, MOVE_COMMITS, MOVE_COMMITS + 20)
    may_end.set()
    assert await count(database) == MOVE_COMMITS + 20


async def test_what_cannot_be_moved_stays_in_the_journal(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: Gate) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(Gate, "_checkpoint", full)
    for number in range(MOVE_COMMITS + 5):
        await add(database, number, number + 1)
    assert await count(database) == MOVE_COMMITS + 5
    assert not database.gate.locked()


async def test_a_reader_that_holds_the_journal_is_not_asked_again_at_each_commit(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = 0

    def counted(gate: Gate) -> None:
        nonlocal asked
        asked += 1
        checkpoint(gate)

    checkpoint = Gate._checkpoint  # pyright: ignore[reportPrivateUsage]
    monkeypatch.setattr(Gate, "_checkpoint", counted)
    async with database.read(EVERYONE) as session:
        await session.scalar(text("SELECT count(*) FROM notes"))
        for first in range(0, 40, 20):
            await add(database, first, first + 20, "x" * 500_000)
        for number in range(100, 150):
            await add(database, number, number + 1)
            await asyncio.sleep(0.002)
    assert asked <= 6
    assert await count(database) == 90
