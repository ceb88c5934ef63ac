"""Two servers on one PostgreSQL and one Redis: what happens on one is live on the other, and they share runs."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import httpx
import pytest

from tests.e2e.walking import ENDINGS, begin_walk, connect
from tests.fakes.llm_server import FakeLLM
from tests.schema import fresh_postgres
from tests.world import Person, open_world

POSTGRES = os.environ.get("ENTOURAGE_TEST_POSTGRES_URL")
REDIS = os.environ.get("ENTOURAGE_TEST_REDIS_URL")
PRESENT = ["postgresql and redis"] if POSTGRES and REDIS else []


@pytest.mark.parametrize("_engines", PRESENT)
async def test_events_of_one_server_are_live_on_the_other(_engines: str, tmp_path: Path, fake_llm: FakeLLM) -> None:
    assert POSTGRES and REDIS
    async with fresh_postgres(POSTGRES) as url:
        shared = {"database_url": url, "redis_url": REDIS, "master_key": KEY}
        async with open_world(tmp_path / "one", **shared) as one, open_world(tmp_path / "two", **shared) as two:
            anna = await one.person("anna")
            headers = {"Authorization": f"Bearer {anna.token}"}
            async with httpx.AsyncClient(base_url=two.url, headers=headers, timeout=60) as client:
                elsewhere = Person(anna.id, anna.email, anna.token, client)
                await connect(anna, fake_llm)
                chat = await anna.chat()
                first = asyncio.create_task(elsewhere.events_until(chat, *ENDINGS))
                sent = await anna.say(chat, "Hello to both.", model="fake/echo")
                there = await first
                here = await anna.events_until(chat, *ENDINGS)
                kept = [event["seq"] for event in here if event["type"] != "text_delta"]
                assert [event["seq"] for event in there if event["type"] != "text_delta"] == kept
                assert any(event["type"] == "text_delta" for event in there)
                assert sent["reply"]["status"] == "done"

                walk, begun = await begin_walk(anna, wait=False)
                stopped = await client.post(f"/my/runs/{begun['run_id']}/cancel")
                assert stopped.status_code == 202
                await elsewhere.events_until(walk, *ENDINGS)


KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
