"""Anna, whose model is a scripted provider that refuses histories with calls without results."""

from __future__ import annotations

import pytest

from tests.fakes.llm_server import FakeLLM
from tests.world import Person, World


@pytest.fixture
async def anna(world: World, fake_llm: FakeLLM) -> Person:
    person = await world.person("anna")
    await person.connect(fake_llm.openai_url, ["plain"])
    return person
