"""`entourage worker`: a process without doors that carries out what servers leave to it."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from tests import warm
from tests.e2e.processes import ServerProcess
from tests.e2e.walking import connect, text_of
from tests.fakes.llm_server import FakeLLM
from tests.schema import fresh_postgres
from tests.world import open_world

POSTGRES = os.environ.get("ENTOURAGE_TEST_POSTGRES_URL")
KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="


async def worker(folder: Path, url: str | None, *more: str) -> warm.Running:
    environment = ServerProcess(folder, url, {"MASTER_KEY": KEY}).environment
    return await warm.entourage("worker", *more, env=environment, stderr=asyncio.subprocess.PIPE)


@pytest.mark.skipif(not POSTGRES, reason="needs PostgreSQL")
async def test_a_worker_answers_what_a_server_takes_and_ends_in_order(tmp_path: Path) -> None:
    assert POSTGRES
    with FakeLLM() as llm:
        async with (
            fresh_postgres(POSTGRES) as url,
            open_world(tmp_path, database_url=url, agent_concurrency=0, master_key=KEY) as doors,
        ):
            anna = await doors.person("anna")
            await connect(anna, llm)
            process = await worker(tmp_path, url, "--slots", "2")
            assert process.stderr
            assert b"up to 2 runs" in await process.stderr.readline()
            sent = await anna.say(await anna.chat(), "Is anybody there?", model="fake/echo")
            assert text_of(sent["reply"]) == "Echo: Is anybody there?"
            process.terminate()
            assert await process.wait() == 0


async def test_an_embedded_database_has_no_workers(tmp_path: Path) -> None:
    process = await worker(tmp_path, None)
    _, told = await process.communicate()
    assert process.returncode == 1
    assert told.decode().splitlines()[0] == ("error: Workers need PostgreSQL: an embedded database has one process.")
