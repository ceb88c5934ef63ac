"""What every engine of the log promises: each event once, seqs without holes, counts in the same transaction."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import text

from entourage.kit.ids import new_id
from entourage.stores.log import Filter, LogStore, Record, Rollup, open_log_store
from entourage.stores.log.base import latency_bucket
from entourage.stores.sql import EVERYONE, Database

ANNA, BORIS = new_id(), new_id()


def record(owner: str = ANNA, event_id: str | None = None, **more: object) -> Record:
    fields = {
        "session_id": None,
        "run_id": None,
        "parent_run_id": None,
        "agent": None,
        "type": "error",
        "ts": 60_000,
        "client_ts": None,
        "data": '{"a":1}',
        "trace_id": None,
        "source": "team",
    }
    return Record(owner, event_id or new_id(), **{**fields, **more})  # type: ignore[arg-type]


def batch(*records: Record) -> list[tuple[Record, Rollup]]:
    return [(one, Rollup()) for one in records]


async def test_seqs_count_from_one_for_each_owner(log: LogStore) -> None:
    assert await log.head(ANNA) == 0
    places = await log.append(batch(record(), record(BORIS), record(), record(BORIS), record()))
    assert [place.seq for place in places] == [1, 1, 2, 2, 3]
    assert await log.head(ANNA) == 3
    assert await log.head(BORIS) == 2
    assert [row.seq for row in await log.read(BORIS, Filter(), 10)] == [1, 2]


async def test_a_repeat_keeps_its_first_place(log: LogStore) -> None:
    one, two = record(), record()
    first = await log.append(batch(one, two, one))
    assert [(place.seq, place.new) for place in first] == [(1, True), (2, True), (1, False)]
    again = await log.append(batch(two, record(), one._replace(data='{"b":2}')))
    assert [(place.seq, place.new) for place in again] == [(2, False), (3, True), (1, False)]
    rows = await log.read(ANNA, Filter(), 10)
    assert [row.record.id for row in rows][:2] == [one.id, two.id]
    assert rows[0].record.data.replace(" ", "") == '{"a":1}'


async def test_the_same_id_of_another_owner_is_another_event(log: LogStore) -> None:
    one = record()
    places = await log.append(batch(one, one._replace(owner_id=BORIS)))
    assert [(place.seq, place.new) for place in places] == [(1, True), (1, True)]


async def test_a_row_comes_back_as_it_went_in(log: LogStore) -> None:
    one = record(
        session_id=new_id(),
        run_id=new_id(),
        parent_run_id=new_id(),
        agent="coder",
        ts=1_700_000_000_123,
        client_ts=5,
        trace_id="f" * 32,
        source="vscode",
        data='{"text":"Ünïcödé 🙂 \\" quote"}',
    )
    await log.append(batch(one))
    (row,) = await log.read(ANNA, Filter(), 10)
    assert row.record._replace(data="") == one._replace(data="")
    import json

    assert json.loads(row.record.data) == json.loads(one.data)


async def test_writers_at_once_leave_no_hole(
    log: LogStore, database: Database, database_url: str | None, tmp_path: Path
) -> None:
    other_database = Database(database_url, tmp_path)
    other = open_log_store(other_database)
    shared = [record() for _ in range(20)]

    async def write(store: LogStore, number: int) -> list[int]:
        mine = [record(), shared[number % 20], record(BORIS), record()]
        return [place.seq for place in await store.append(batch(*mine))]

    try:
        await asyncio.gather(*(write(store, number) for number in range(20) for store in (log, other)))
    finally:
        await other.close()
        await other_database.close()
    for owner, expected in ((ANNA, 100), (BORIS, 40)):
        rows = await log.read(owner, Filter(), 1000)
        assert [row.seq for row in rows] == list(range(1, expected + 1))
        assert len({row.record.id for row in rows}) == expected
        assert await log.head(owner) == expected


async def test_filters_alone_and_together(log: LogStore) -> None:
    session, run = new_id(), new_id()
    await log.append(
        batch(
            record(session_id=session, type="message", agent="coder"),
            record(session_id=session, run_id=run, type="usage", agent="architect"),
            record(type="usage", source="vscode"),
            record(session_id=new_id(), type="message"),
        )
    )

    async def seqs(**where: object) -> list[int]:
        return [row.seq for row in await log.read(ANNA, Filter(**where), 100)]  # type: ignore[arg-type]

    assert await seqs(session_ids=(session,)) == [1, 2]
    assert await seqs(run_ids=(run,)) == [2]
    assert await seqs(types=("usage",)) == [2, 3]
    assert await seqs(types=("usage", "message"), sources=("team",)) == [1, 2, 4]
    assert await seqs(agents=("coder", "architect")) == [1, 2]
    assert await seqs(after=1, before=4) == [2, 3]
    assert await seqs(session_ids=(session,), types=("message",), after=1) == []
    assert [row.seq for row in await log.read(ANNA, Filter(), 2)] == [1, 2]
    assert [row.seq for row in await log.read(ANNA, Filter(), 2, newest=True)] == [3, 4]
    assert await log.read(BORIS, Filter(session_ids=(session,)), 10) == []


async def test_deleted_seqs_are_never_given_again(log: LogStore) -> None:
    session = new_id()
    await log.append(batch(record(), record(session_id=session), record(session_id=session)))
    assert await log.delete(BORIS, Filter(session_ids=(session,))) == 0
    assert await log.delete(ANNA, Filter(session_ids=(session,))) == 2
    assert await log.head(ANNA) == 3
    assert [place.seq for place in await log.append(batch(record()))] == [4]
    assert [row.seq for row in await log.read(ANNA, Filter(), 10)] == [1, 4]


async def test_counts_are_kept_in_the_same_transaction(log: LogStore, database: Database) -> None:
    one = record(type="usage", agent="coder", ts=120_001)
    usage = Rollup(tokens=7, cost_micro_usd=30, latency_ms=250)
    await log.append([(one, usage), (one, usage), (record(type="usage", agent="coder", ts=120_999), usage)])
    await log.append([(record(type="error", ts=120_000), Rollup(errors=1)), (one, usage)])
    async with database.read(EVERYONE) as session:
        cells = list(
            await session.execute(
                text("SELECT type, agent, minute, count, errors, tokens, cost_micro_usd FROM event_rollups ORDER BY 1")
            )
        )
        sketch = list(await session.execute(text("SELECT type, bucket, count FROM event_latencies")))
    assert [tuple(cell) for cell in cells] == [("error", "", 2, 1, 1, 0, 0), ("usage", "coder", 2, 2, 0, 14, 60)]
    assert [tuple(row) for row in sketch] == [("usage", latency_bucket(250), 2)]


async def test_a_batch_that_fails_leaves_nothing(log: LogStore, database: Database) -> None:
    bad = record(data=None)
    with pytest.raises(Exception):  # noqa: B017, PT011  each driver has its own
        await log.append(batch(record(), bad))
    assert await log.head(ANNA) == 0
    assert await log.read(ANNA, Filter(), 10) == []
    async with database.read(EVERYONE) as session:
        assert list(await session.execute(text("SELECT 1 FROM event_rollups"))) == []


@pytest.mark.parametrize("latency", [0, 1, 2, 10, 99, 1000, 123_456])
def test_latency_buckets_are_right_within_five_percent(latency: int) -> None:
    bucket = latency_bucket(latency)
    middle = 2 * 1.1**bucket / 2.1
    assert latency <= 1 or abs(middle - latency) / latency <= 0.05
