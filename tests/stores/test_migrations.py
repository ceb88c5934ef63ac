"""The schema goes up, is what the tables say, goes down to nothing, and up again; with people's data inside."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from sqlalchemy import func, inspect, select

from entourage import migrate
from entourage.chats.tables import ChatRow
from entourage.stores.log import open_log_store
from entourage.stores.sql import Database
from tests.conftest import POSTGRES
from tests.schema import fresh_postgres
from tests.stores.test_log_append import batch, record
from tests.stores.two_people import ANNA, chat


@pytest.fixture
async def empty(tmp_path: Path, engine: str) -> AsyncIterator[Database]:
    async with AsyncExitStack() as stack:
        url = None
        if engine == "postgresql":
            url = await stack.enter_async_context(fresh_postgres(str(POSTGRES), empty=True))
        opened = Database(url, tmp_path)
        yield opened
        await opened.close()


async def tables(database: Database) -> set[str]:
    async with database.read(ANNA) as session:
        return set(await (await session.connection()).run_sync(lambda c: inspect(c).get_table_names()))


async def fill(database: Database) -> None:
    async with database.write(ANNA) as session:
        session.add(chat("kept"))
    log = open_log_store(database)
    await log.append(batch(record(ANNA)))
    await log.close()


async def test_up_check_down_and_up_again(empty: Database) -> None:
    assert await migrate.revision(empty) is None
    await migrate.upgrade(empty)
    await migrate.check(empty)
    assert await migrate.revision(empty) == migrate.head()
    await fill(empty)
    await migrate.downgrade(empty, "base")
    assert await migrate.revision(empty) is None
    assert await tables(empty) <= {"alembic_version"}
    await migrate.upgrade(empty)
    await migrate.check(empty)
    await fill(empty)


async def test_starting_again_changes_nothing(empty: Database) -> None:
    await migrate.ensure_schema(empty)
    await fill(empty)
    before = await tables(empty)
    await migrate.ensure_schema(empty)
    assert await tables(empty) == before
    async with empty.read(ANNA) as session:
        assert await session.scalar(select(func.count()).select_from(ChatRow)) == 1


async def test_every_table_of_every_room_is_made(empty: Database) -> None:
    await migrate.ensure_schema(empty)
    assert set(migrate.metadata().tables) <= await tables(empty)
