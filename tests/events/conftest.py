"""The log and the hub over a real store, as the server puts them together."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from entourage.stores.log import open_log_store
from tests.events.spine import Spine
from tests.schema import open_database


@pytest.fixture
async def spine(tmp_path: Path, database_url: str | None) -> AsyncIterator[Spine]:
    """On each engine that is present."""
    database = await open_database(database_url, tmp_path)
    opened = Spine.over(open_log_store(database))
    yield opened
    await opened.close()
    await database.close()
