"""Worlds in which nothing is looked at unless a test says so: the tests turn the clock themselves."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import delete

from entourage.alerts.tables import AlertRow, DeliveryRow, FiringRow
from entourage.assembly import Stores
from entourage.stores.sql import EVERYONE
from tests.fakes.receiver import Receiver
from tests.world import SharedWorlds, World

NEVER_SECONDS = 1e6


@pytest.fixture
async def quiet_world(engine: str, servers: SharedWorlds) -> AsyncIterator[World]:
    """A server whose rules are looked at by hand, and whose webhooks may reach this machine."""
    changes = {"alert_seconds": NEVER_SECONDS, "alert_allow_networks": ["127.0.0.0/8"]}
    async with servers.lent(engine, **changes) as opened:
        yield opened
        async with opened.services.get(Stores).database.write(EVERYONE) as session:
            for table in (DeliveryRow, FiringRow, AlertRow):
                await session.execute(delete(table))


@pytest.fixture
def receiver() -> AsyncIterator[Receiver]:
    with Receiver() as opened:
        yield opened
