"""A server that may call services on this machine, and a service."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from tests.fakes.http_service import HttpService
from tests.world import Person, SharedWorlds, World


@pytest.fixture
async def town(servers: SharedWorlds) -> AsyncIterator[World]:
    """As `small_world`, where services may live on private networks."""
    async with servers.lent("sqlite", allow_private_services=True, service_max_body_bytes=1_000_000) as opened:
        yield opened


@pytest.fixture
def pets() -> Iterator[HttpService]:
    """A service of its own for each test."""
    with HttpService() as service:
        yield service


async def registered(person: Person, service: HttpService, name: str = "pets", **more: Any) -> dict[str, Any]:
    """The service, registered under /v1."""
    return await person.post("/api/v1/services", {"name": name, "base_url": f"{service.url}/v1", **more}, 201)
