"""The log and the hub over a real store, as the server puts them together."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from entourage.migrate import ensure_schema
from entourage.stores.log import open_log_store
from entourage.stores.sql import Database
from tests.events.spine import Spine


@pytest.fixture
async def spine(tmp_path: Path, database_url: str | None) -> AsyncIterator[Spine]:
    """On each engine that is present."""
    database = Database(database_url, tmp_path)
    await ensure_schema(database)
    opened = Spine.over(open_log_store(database))
    yield opened
    await opened.close()
    await database.close()
