"""Transactions: all or nothing, writers in turn, readers never write, a full disk loses nothing."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import event, func, select, text
from sqlalchemy.exc import DBAPIError

from entourage.chats.tables import ChatRow
from entourage.kit.errors import QuotaExceeded
from entourage.kit.ids import new_id
from entourage.migrate import ensure_schema
from entourage.stores.log import Record, Rollup, open_log_store
from entourage.stores.sql import Database
from entourage.stores.sql.database import database_url
from tests.stores.two_people import ANNA, chat


async def count(database: Database) -> int:
    async with database.read(ANNA) as session:
        return await session.scalar(select(func.count()).select_from(ChatRow)) or 0


async def test_an_error_rolls_everything_back(database: Database) -> None:
    with pytest.raises(LookupError):
        async with database.write(ANNA) as session:
            session.add(chat("never"))
            await session.flush()
            raise LookupError
    assert await count(database) == 0
    async with database.write(ANNA) as session:
        session.add(chat("afterwards"))
    assert await count(database) == 1


async def test_a_cancelled_writer_leaves_nothing_and_blocks_nobody(database: Database) -> None:
    inside = asyncio.Event()

    async def write() -> None:
        async with database.write(ANNA) as session:
            session.add(chat("never"))
            await session.flush()
            inside.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(write())
    await inside.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    async with asyncio.timeout(20), database.write(ANNA) as session:
        session.add(chat("next"))
    assert await count(database) == 1


async def test_writers_at_once_all_get_their_turn(database: Database) -> None:
    row = chat("counter")
    async with database.write(ANNA) as session:
        session.add(row)

    async def add_one() -> None:
        async with database.write(ANNA) as session:
            found = await session.get_one(ChatRow, row.id, with_for_update=True)
            found.message_count += 1

    await asyncio.gather(*(add_one() for _ in range(30)))
    async with database.read(ANNA) as session:
        assert (await session.get_one(ChatRow, row.id)).message_count == 30


async def test_two_stores_on_one_database_do_not_lose_each_others_writes(
    database: Database, database_url: str | None, tmp_path: Path
) -> None:
    other = Database(database_url, tmp_path)
    try:

        async def add(where: Database) -> None:
            async with where.write(ANNA) as session:
                session.add(chat(new_id()))

        await asyncio.gather(*(add(where) for where in [database, other] * 10))
        assert await count(database) == await count(other) == 20
    finally:
        await other.close()


async def test_what_a_reader_changes_is_never_kept(database: Database) -> None:
    try:
        async with database.read(ANNA) as session:
            session.add(chat("by a reader"))
            await session.flush()
    except DBAPIError as error:  # SQLite's reading connections refuse outright
        assert "readonly" in str(error)  # noqa: PT017
    assert await count(database) == 0


async def test_readers_are_not_blocked_by_a_writer(database: Database) -> None:
    async with database.write(ANNA) as session:
        session.add(chat("pending"))
        await session.flush()
        async with asyncio.timeout(20):
            assert await count(database) == 0
    assert await count(database) == 1


def test_only_engines_we_know_are_opened(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="mysql"):
        database_url("mysql://host/db", tmp_path)
    assert database_url("postgres://u:p@h/db", tmp_path).drivername == "postgresql+entourage"


async def test_a_full_disk_refuses_the_write_and_loses_nothing(tmp_path: Path) -> None:
    database = Database(None, tmp_path)
    await ensure_schema(database)

    @event.listens_for(database._writer.sync_engine, "begin")
    def _small(connection: object) -> None:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()  # type: ignore[attr-defined]
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 8}")  # type: ignore[attr-defined]

    kept = 0
    with pytest.raises(QuotaExceeded) as refused:
        async with database.write(ANNA) as session:
            session.add(chat("x"))
            await session.flush()
            await session.execute(text("CREATE TABLE big AS SELECT randomblob(1000000) AS data"))
    assert "disk is full" in refused.value.detail
    assert refused.value.hint
    assert await count(database) == kept
    async with database.write(ANNA) as session:
        session.add(chat("small"))
    assert await count(database) == 1
    await database.close()


async def test_a_full_disk_refuses_an_append_and_loses_nothing(tmp_path: Path) -> None:
    database = Database(None, tmp_path)
    await ensure_schema(database)
    log = open_log_store(database)

    def record(data: str) -> tuple[Record, Rollup]:
        return Record(ANNA, new_id(), None, None, None, None, "error", 1, None, data, None, "team"), Rollup(errors=1)

    await log.append([record("{}")])
    await log._on(log._writer, lambda: log._connection().execute("PRAGMA max_page_count = 1"))  # type: ignore[attr-defined]
    with pytest.raises(QuotaExceeded):
        await log.append([record('"' + "x" * 2_000_000 + '"')])
    assert await log.head(ANNA) == 1
    await log._on(log._writer, lambda: log._connection().execute("PRAGMA max_page_count = 1000000"))  # type: ignore[attr-defined]
    assert [place.seq for place in await log.append([record("{}")])] == [2]
    await log.close()
    await database.close()
