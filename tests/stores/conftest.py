"""A database with our schema, on each engine that is present."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from entourage.chats.tables import ChatRow
from entourage.stores.log import LogStore, open_log_store
from entourage.stores.sql import Database
from tests.schema import open_database
from tests.stores.two_people import ANNA, BORIS, attachment, chat


@pytest.fixture
async def database(tmp_path: Path, database_url: str | None) -> AsyncIterator[Database]:
    """Migrated and empty."""
    opened = await open_database(database_url, tmp_path)
    yield opened
    await opened.close()


@pytest.fixture
async def log(database: Database) -> AsyncIterator[LogStore]:
    """The log store beside it."""
    store = open_log_store(database)
    yield store
    await store.close()


@pytest.fixture
async def rows(database: Database) -> dict[str, ChatRow]:
    """One conversation of each, with one attachment."""
    made = {ANNA: chat("Anna's"), BORIS: chat("Boris's")}
    for owner, row in made.items():
        async with database.write(owner) as session:
            session.add_all([row, attachment(row.id)])
    return made
