"""Work that only one replica does at a time."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from entourage.stores.sql import Database
from entourage.stores.sql.sole import sole


@pytest.fixture
async def replicas(tmp_path: Path, database_url: str | None) -> AsyncIterator[tuple[Database, Database]]:
    one, two = Database(database_url, tmp_path), Database(database_url, tmp_path)
    yield one, two
    await one.close()
    await two.close()


async def test_one_replica_at_a_time_and_the_next_when_it_is_done(
    replicas: tuple[Database, Database], engine: str
) -> None:
    one, two = replicas
    async with sole(one, "alerts") as first, sole(two, "alerts") as second, sole(two, "other") as other:
        # an embedded database has one process, which need not ask itself
        assert (first, second, other) == (True, engine == "sqlite", True)
    async with sole(two, "alerts") as later:
        assert later
