"""Worlds in which nothing is looked at unless a test says so: the tests turn the clock themselves."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.fakes.receiver import Receiver
from tests.world import World, open_world

NEVER_SECONDS = 1e6


@pytest.fixture
async def quiet_world(tmp_path: Path, database_url: str | None) -> AsyncIterator[World]:
    """A server whose rules are looked at by hand, and whose webhooks may reach this machine."""
    changes = {"alert_seconds": NEVER_SECONDS, "alert_allow_networks": ["127.0.0.0/8"]}
    async with open_world(tmp_path, database_url=database_url, **changes) as opened:
        yield opened


@pytest.fixture
def receiver() -> AsyncIterator[Receiver]:
    with Receiver() as opened:
        yield opened
