"""A server that stood still for longer than a lease goes on with its own runs."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import pytest

from tests.agents.control.leading import ended
from tests.e2e.processes import running_server
from tests.fakes.conversation import Conversation
from tests.fakes.llm_server import FakeLLM
from tests.fakes.replies import Reply, call, say


def script(c: Conversation) -> Reply:
    if any(turn.results for turn in c.turns):
        return say("Done.")
    return call("run_code", language="bash", code="echo ran >> marks.txt; sleep 4")


def marks(data_dir: Path) -> list[str]:
    return [mark for file in data_dir.glob("workspaces/**/marks.txt") for mark in file.read_text().split()]


@pytest.mark.e2e
async def test_a_program_is_not_run_again(tmp_path: Path, database_url: str | None, fake_llm: FakeLLM) -> None:
    fake_llm.play(script)
    async with running_server(tmp_path, database_url) as server:
        anna = await server.sign_in()
        await anna.connect(fake_llm.openai_url, ["plain"])
        sent = await anna.say(await anna.chat(), "go", wait=False)
        async with asyncio.timeout(30):
            while not marks(tmp_path):  # noqa: ASYNC110  a file tells nobody
                await asyncio.sleep(0.05)
        assert server.process
        os.kill(server.process.pid, signal.SIGSTOP)
        await asyncio.sleep(2.5)
        os.kill(server.process.pid, signal.SIGCONT)
        reply = (await ended(anna, sent))["message"]
        assert reply["status"] == "done"
        assert marks(tmp_path) == ["ran"]
        assert len(fake_llm.requests) == 2
        await anna.client.aclose()
