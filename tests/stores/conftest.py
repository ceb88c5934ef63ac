"""A database with our schema, on each engine that is present."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from entourage.stores.log import LogStore, open_log_store
from entourage.stores.sql import Database
from tests.schema import open_database


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
