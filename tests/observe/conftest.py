"""An outside agent on each engine (`agent`), and on SQLite only (`small_agent`)."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.observe.sending import Agent, agent_of
from tests.world import World


@pytest.fixture
async def agent(world: World) -> AsyncIterator[Agent]:
    async with agent_of(world, await world.person("ana")) as found:
        yield found


@pytest.fixture
async def small_agent(small_world: World) -> AsyncIterator[Agent]:
    async with agent_of(small_world, await small_world.person("ana")) as found:
        yield found
