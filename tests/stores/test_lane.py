"""Statements on the event loop: quick ones only, and whatever they meet is as it was in a thread."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Self

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError, IntegrityError

from entourage.stores.sql import EVERYONE, Database
from entourage.stores.sql.lane import (
    BEGIN_WRITING,
    COMMIT,
    ROLLBACK,
    Lane,
    Pace,
    TooLong,
)

LONG = text("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000000) SELECT count(*) FROM n")
LONG_SELECT = text(f"SELECT * FROM ({LONG.text})")
ADD = text("INSERT INTO notes (id, said) VALUES (:id, :said)")
COUNT = text("SELECT count(*) FROM notes")


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = Database(None, tmp_path)
    async with opened.write(EVERYONE) as session:
        await session.execute(text("CREATE TABLE notes (id INTEGER PRIMARY KEY, said TEXT)"))
    yield opened
    await opened.close()


class Turns:
    """How often the loop went round while something went on."""

    def __init__(self) -> None:
        self.seen = 0
        self._task = asyncio.create_task(self._go_round())

    async def _go_round(self) -> None:
        while True:
            self.seen += 1
            await asyncio.sleep(0)

    async def more(self, count: int) -> None:
        """Wait for so many."""
        for _ in range(count):
            await asyncio.sleep(0)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)


async def add(database: Database, first: int, last: int) -> None:
    async with database.write(EVERYONE) as session:
        for number in range(first, last):
            await session.execute(ADD, {"id": number, "said": "x"})


async def count(database: Database) -> int:
    async with database.read(EVERYONE) as session:
        return await session.scalar(COUNT) or 0


@pytest.mark.parametrize("statement", [LONG, LONG_SELECT])
async def test_a_long_search_does_not_hold_the_loop(database: Database, statement: object) -> None:
    for _ in range(3):
        async with Turns() as turns, database.read(EVERYONE) as session:
            assert await session.scalar(statement) == 3_000_000  # type: ignore[arg-type]
        assert turns.seen > 100


async def test_a_search_that_is_stopped_leaves_its_transaction_whole(database: Database) -> None:
    await add(database, 0, 10)
    async with database.write(EVERYONE) as session:
        await session.execute(ADD, {"id": 10, "said": "before"})
        assert await session.scalar(LONG_SELECT) == 3_000_000
        await session.execute(ADD, {"id": 11, "said": "after"})
    assert await count(database) == 12


async def test_many_statements_in_a_row_let_others_go_on(database: Database) -> None:
    await add(database, 0, 50)
    async with Turns() as turns, database.read(EVERYONE) as session:
        for _ in range(2_000):
            await session.execute(COUNT)
    assert turns.seen > 10


async def test_what_breaks_a_rule_is_refused_and_the_transaction_rolled_back(database: Database) -> None:
    await add(database, 0, 50)
    with pytest.raises(IntegrityError):
        await add(database, 49, 60)
    assert await count(database) == 50
    async with database.write(EVERYONE) as session:
        await session.execute(ADD, {"id": 50, "said": "x"})
        with pytest.raises(IntegrityError):
            await session.execute(ADD, {"id": 50, "said": "x"})
    assert await count(database) == 51


async def test_a_writer_waits_for_another_process_without_holding_the_loop(database: Database) -> None:
    await add(database, 0, 50)
    other = sqlite3.connect(database.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    async with Turns() as turns:
        writing = asyncio.create_task(add(database, 50, 51))
        await turns.more(200)
        assert not writing.done()
        other.execute("COMMIT")
        await writing
    other.close()
    assert await count(database) == 51


async def test_a_search_nobody_waits_for_any_more_disturbs_nobody(database: Database) -> None:
    await add(database, 0, 50)
    for _ in range(5):
        async with database.write(EVERYONE) as session:
            searching = asyncio.create_task(session.scalar(LONG_SELECT))
            async with Turns() as turns:
                await turns.more(5)
                searching.cancel()
                await asyncio.gather(searching, return_exceptions=True)
            await session.rollback()
        await add(database, 100, 101)
        async with database.write(EVERYONE) as session:
            await session.execute(text("DELETE FROM notes WHERE id = 100"))
    assert await count(database) == 50


async def test_a_ping_tells_of_a_file_that_is_no_database(tmp_path: Path) -> None:
    opened = Database(None, tmp_path)
    opened.path.write_bytes(b"no database " * 1000)
    with pytest.raises(DatabaseError, match="not a database"):
        await opened.ping()
    await opened.close()


async def test_a_transaction_that_begins_for_nobody_is_ended(database: Database) -> None:
    """Whoever waits for other writers and is cancelled leaves a BEGIN in the thread, which comes through later."""
    other = sqlite3.connect(database.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    async def add(number: int) -> None:
        async with database.write(EVERYONE) as session:
            await session.execute(ADD, {"id": number, "said": "x"})

    waiting = asyncio.create_task(add(1))
    await asyncio.to_thread(lambda: None)
    for _ in range(50):
        await asyncio.sleep(0)
    waiting.cancel()
    after = asyncio.create_task(add(2))
    await asyncio.sleep(0)
    other.execute("COMMIT")
    other.close()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await after
    async with database.read(EVERYONE) as session:
        assert list(await session.scalars(text("SELECT id FROM notes"))) == [2]


@pytest.mark.parametrize(("begin", "end"), [(BEGIN_WRITING, COMMIT), ("BEGIN", ROLLBACK)])
async def test_a_transaction_begins_and_ends_however_many_did_before(tmp_path: Path, begin: str, end: str) -> None:
    with closing(sqlite3.connect(tmp_path / "db", isolation_level=None)) as raw:
        lane = Lane(raw, Pace())
        for _ in range(15_000):
            lane.run(begin, lambda raw: raw.execute(begin).close())
            assert raw.in_transaction
            with suppress(TooLong):  # now and then: a thread does it then
                lane.run("SELECT 1", lambda raw: raw.execute("SELECT 1").close())
            lane.run(end, lambda raw: raw.execute(end).close())
            assert not raw.in_transaction
