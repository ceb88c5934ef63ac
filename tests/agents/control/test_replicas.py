"""Leading a run from another process than the one that works on it."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from tests.agents.control.leading import ended, happens, kinds, last, notes_read, slowly, text_of
from tests.agents.control.test_restarts import again
from tests.fakes.conversation import Conversation
from tests.fakes.llm_server import FakeLLM
from tests.fakes.replies import Reply, say
from tests.schema import fresh_postgres
from tests.world import Person, World, open_world

POSTGRES = os.environ.get("ENTOURAGE_TEST_POSTGRES_URL")
REDIS = os.environ.get("ENTOURAGE_TEST_REDIS_URL")
KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="

pytestmark = pytest.mark.skipif(not (POSTGRES and REDIS), reason="several processes need PostgreSQL and Redis")


def script(c: Conversation) -> Reply:
    told = notes_read(c)
    return say(f"Read: {' | '.join(told)}") if len(told) > 1 else slowly("word " * 300)


@pytest.fixture
async def worlds(tmp_path: Path) -> AsyncIterator[list[World]]:
    assert POSTGRES
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(fresh_postgres(POSTGRES))
        shared = {"database_url": url, "master_key": KEY, "redis_url": REDIS}
        yield [await stack.enter_async_context(open_world(tmp_path / name, **shared)) for name in ("one", "two")]


@pytest.fixture
async def both(worlds: list[World], fake_llm: FakeLLM) -> tuple[Person, Person]:
    """Anna at one process, and at the other."""
    fake_llm.play(script)
    here = await worlds[0].person("anna")
    await here.connect(fake_llm.openai_url, ["plain"])
    return here, await again(worlds[1], here)


async def test_it_rests_at_once_and_goes_on_with_a_word(both: tuple[Person, Person]) -> None:
    here, there = both
    chat = await here.chat()
    sent = await here.say(chat, "go", wait=False)
    await happens(here, chat, "text_delta")
    run = f"/my/runs/{sent['run_id']}"
    assert (await there.post(f"{run}/pause", {"how": "interrupt"}, 202))["status"] == "paused"
    assert text_of(await last(there, chat)).startswith("word ")
    await there.post(f"{run}/resume", {"text": "briefly"}, 202)
    reply = (await ended(here, sent))["message"]
    assert (kinds(reply), text_of(reply)) == (["note", "text"], "Read: go | briefly")


async def test_it_reads_what_was_said_elsewhere(both: tuple[Person, Person]) -> None:
    here, there = both
    chat = await here.chat()
    sent = await here.say(chat, "go", wait=False)
    await happens(here, chat, "text_delta")
    await there.post(f"/my/runs/{sent['run_id']}/steer", {"text": "also this"}, 202)
    reply = (await ended(here, sent))["message"]
    assert kinds(reply) == ["text", "note", "text"]
    assert reply["parts"][2]["text"] == "Read: go | also this"
