"""A server whose agents remember, and somebody who talks to them."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.fakes.llm_server import FakeLLM
from tests.world import Person, SharedWorlds, World


@pytest.fixture
async def mindful(engine: str, servers: SharedWorlds) -> AsyncIterator[World]:
    """As `world`, with turns that become memories."""
    async with servers.lent(engine, remember_turns=True, facts_by_model=True) as opened:
        yield opened


@pytest.fixture
async def anna(mindful: World, fake_llm: FakeLLM) -> Person:
    anna = await mindful.person("anna")
    await anna.connect(fake_llm.openai_url, ["fake-1"])
    return anna
