"""What tests of the MCP gateway share."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import pytest

from tests.tools.mcp.front.rig import Raw
from tests.world import Person, World


@pytest.fixture
async def raw(small_world: World) -> AsyncIterator[Callable[..., Raw]]:
    """Makes clients that are closed after the test."""
    made: list[Raw] = []

    def make(person: Person | None, path: str = "/mcp", token: str | None = None) -> Raw:
        made.append(Raw(small_world, person, path, token))
        return made[-1]

    yield make
    for client in made:
        await client.close()
