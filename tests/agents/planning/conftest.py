"""A person with a team that plans."""

from __future__ import annotations

import pytest

from tests.fakes.llm_server import FakeLLM
from tests.world import Person, World


@pytest.fixture
async def anna(world: World, fake_llm: FakeLLM) -> Person:
    """On each engine; the provider plays the team."""
    return await _with_team(world, fake_llm)


@pytest.fixture
async def small_anna(small_world: World, fake_llm: FakeLLM) -> Person:
    """On SQLite only."""
    return await _with_team(small_world, fake_llm)


async def _with_team(world: World, fake_llm: FakeLLM) -> Person:
    fake_llm.play("team")
    person = await world.person("anna")
    await person.connect(fake_llm.openai_url, ["plain"])
    return person
