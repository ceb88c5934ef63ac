"""What is little is committed on the loop, where nobody else writes; everything else goes the ordinary way."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from entourage.kit.ids import new_id
from entourage.stores.log import Filter, LogStore, Rider, open_log_store
from entourage.stores.log.at_once import MOST_CHARS, MOST_ROWS
from entourage.stores.sql import EVERYONE, Database
from tests.schema import open_database
from tests.stores.test_log_append import ANNA, batch, record

MARK = "INSERT INTO event_marks (owner_id, mark, seq) VALUES (:owner_id, :mark, 0)"


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = await open_database(None, tmp_path)
    yield opened
    await opened.close()


async def warm(log: LogStore) -> None:
    """The first of a kind goes to the thread: how long it takes is not known yet."""
    log.append_at_once(batch(record()), [])


async def test_it_is_committed_when_it_returns(log: LogStore, database: Database) -> None:
    await warm(log)
    one, rider = record(data='{"n":1}'), Rider(MARK, {"owner_id": ANNA, "mark": "here"})
    appended = log.append_at_once(batch(one, record(), one), [rider])
    assert appended is not None
    assert [place.seq for place in appended] == [1, 2, 1]
    assert [place.new for place in appended] == [True, True, False]
    assert rider.rowcount == 1
    with sqlite3.connect(database.path) as other:
        assert other.execute("SELECT count(*) FROM events").fetchone() == (2,)
        assert other.execute("SELECT mark FROM event_marks WHERE mark = 'here'").fetchall() == [("here",)]
    assert [stored.record.data for stored in await log.read(ANNA, Filter(), 10)] == ['{"n":1}', '{"a":1}']
    assert [place.seq for place in await log.append(batch(record()))] == [3]


async def test_much_and_large_go_to_the_thread(log: LogStore) -> None:
    await warm(log)
    large = Rider(MARK, {"owner_id": ANNA, "mark": "x" * (MOST_CHARS + 1)})
    many = Rider(MARK, [{"owner_id": ANNA, "mark": str(number)} for number in range(MOST_ROWS + 1)])
    assert log.append_at_once(batch(*(record() for _ in range(MOST_ROWS + 1))), []) is None
    assert log.append_at_once(batch(record(data="x" * (MOST_CHARS + 1))), []) is None
    assert log.append_at_once([], [large]) is None
    assert log.append_at_once([], [many]) is None
    assert await log.head(ANNA) == 0
    assert log.append_at_once(batch(record()), []) is not None


async def test_nobody_is_waited_for(log: LogStore, database: Database) -> None:
    await warm(log)
    async with database.write(EVERYONE):
        assert log.append_at_once(batch(record()), []) is None
    other = sqlite3.connect(database.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert log.append_at_once(batch(record()), []) is None  # another process
    other.execute("ROLLBACK")
    other.close()
    assert await log.head(ANNA) == 0


async def test_what_the_engine_refuses_leaves_nothing(log: LogStore) -> None:
    await warm(log)
    wrong = Rider("INSERT INTO event_marks (owner_id, mark, seq) VALUES (:owner_id, :mark, :seq)", {"owner_id": ANNA})
    too_great = Rider(MARK.replace("0)", ":seq)"), {"owner_id": ANNA, "mark": new_id(), "seq": 1 << 70})
    for rider in (wrong, too_great):
        assert log.append_at_once(batch(record()), [rider]) is None
    assert await log.head(ANNA) == 0
    assert [place.seq for place in await log.append(batch(record()))] == [1]


async def test_other_engines_leave_it_to_the_ordinary_way(tmp_path: Path, database_url: str | None) -> None:
    if database_url is None:
        pytest.skip("SQLite is the one that does it")
    database = await open_database(database_url, tmp_path)
    log = open_log_store(database)
    for _ in range(3):
        assert log.append_at_once(batch(record()), []) is None
    await log.close()
    await database.close()
