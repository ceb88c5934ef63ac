"""Warm processes, started once."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.agents.bus.processes import Processes, processes


@pytest.fixture(scope="session")
async def warm() -> AsyncIterator[Processes]:
    async with processes() as opened:
        yield opened
