"""kill -9 at random moments: the run ends by itself, nothing finished is done again, the text is whole."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.conftest import ENGINES
from tests.e2e.kill_rounds import play_rounds
from tests.e2e.processes import running_server
from tests.e2e.walking import begin_walk, connect, events_of_run, messages, text_of
from tests.fakes.llm_server import FakeLLM

KILLS = int(os.environ.get("ENTOURAGE_TEST_KILLS", "6"))


@pytest.mark.e2e
async def test_a_run_survives_kills_at_random_moments(tmp_path: Path, database_url: str | None, engine: str) -> None:
    rounds = max(1, KILLS // len(ENGINES))
    played = await play_rounds(tmp_path, database_url, rounds, seed=7 + ENGINES.index(engine))
    assert len(played) == rounds


@pytest.mark.e2e
async def test_an_orderly_stop_hands_the_run_to_the_next_start(tmp_path: Path, database_url: str | None) -> None:
    with FakeLLM(tokens_per_second=60) as llm:
        async with running_server(tmp_path, database_url) as server:
            anna = await server.sign_in()
            await connect(anna, llm)
            chat, sent = await begin_walk(anna, wait=False)
            await anna.events_until(chat, "tool_finished", after=sent["seq"])
            assert await server.stop() == 0
            await server.start()
            await events_of_run(anna, chat, sent["run_id"], sent["seq"])
            (_, reply) = await messages(anna, chat)
            assert reply["status"] == "done"
            assert "655.50" in text_of(reply)
            await anna.client.aclose()
