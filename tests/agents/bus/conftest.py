"""Warm processes, started once."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.agents.bus.processes import Processes, processes


@pytest.fixture(scope="session")
async def warmed_up() -> AsyncIterator[Processes]:
    async with processes() as opened:
        yield opened


@pytest.fixture
async def warm(warmed_up: Processes) -> AsyncIterator[Processes]:
    """Children that this test starts end with it: workers whose database is gone would go on looking for it."""
    yield warmed_up
    warmed_up.kill_all()
