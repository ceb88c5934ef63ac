"""Runs that wait for each other, for people, and for engines that are away."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import socket
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import pytest

from entourage.tools.registry import ToolRegistry
from tests.agents.bus.jobs import marking
from tests.e2e.walking import connect, events_of_run, text_of
from tests.fakes.conversation import Conversation
from tests.fakes.llm_server import FakeLLM
from tests.fakes.replies import Reply, call, say
from tests.schema import fresh_postgres
from tests.world import Person, World, open_world

POSTGRES = os.environ.get("ENTOURAGE_TEST_POSTGRES_URL")
REDIS = os.environ.get("ENTOURAGE_TEST_REDIS_URL")
KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="


def each_other(c: Conversation) -> Reply:
    """Asks the agent that the text names; asked itself, it answers."""
    other = re.search(r"ask (\w+)", c.user_text)
    if not other:
        return say("Here is my part.")
    if answers := c.results_of("call_agent"):
        return say(f"Told: {answers[-1].text}")
    return call("call_agent", agent=other[1], task="Give me your part.")


async def test_agents_that_call_each_other_from_many_runs_all_end(world: World) -> None:
    with FakeLLM(each_other) as llm:
        anna = await world.person("anna")
        await anna.connect(llm.openai_url, ["each_other"])
        for name in ("alpha", "beta"):
            await anna.post("/my/agents", {"name": name}, 201)
        pairs = [("alpha", "beta"), ("beta", "alpha")] * 5
        chats = [await anna.chat() for _ in pairs]
        answers = await asyncio.gather(
            *(
                anna.say(chat, f"ask {other}", target_agent=agent)
                for chat, (agent, other) in zip(chats, pairs, strict=True)
            )
        )
        waiting = {answer["run_id"] for answer in answers if answer["reply"]["status"] == "waiting"}
        for chat, answer in zip(chats, answers, strict=True):
            if answer["run_id"] in waiting:
                await events_of_run(anna, chat, answer["run_id"], answer["seq"])
        runs = (await anna.get("/my/runs", limit=100))["items"]
        assert Counter(run["status"] for run in runs) == {"succeeded": 20}
        for queue in (await anna.get("/my/queues"))["items"]:
            assert (queue["running"], queue["waiting"]) == (0, 0)


async def test_what_a_called_agent_used_counts_against_the_limits_of_its_caller(small_world: World) -> None:
    with FakeLLM(each_other) as llm:
        anna = await small_world.person("anna")
        await anna.connect(llm.openai_url, ["each_other"])
        await anna.post("/my/agents", {"name": "alpha", "limits": {"max_tokens": 1000}}, 201)
        await anna.post("/my/agents", {"name": "beta", "instructions": "long " * 4000}, 201)
        sent = await anna.say(await anna.chat(), "ask beta", target_agent="alpha")
        assert sent["reply"]["status"] == "failed"
        assert "The limit of 1000 tokens was reached" in sent["reply"]["error"]["detail"]


async def test_an_approval_answered_twice_after_a_restart_with_edited_arguments_runs_once(
    tmp_path: Path, database_url: str | None
) -> None:
    asked: dict[str, Any] = {"database_url": database_url, "master_key": KEY, "lease_seconds": 1}
    with FakeLLM("calls") as llm:
        async with open_world(tmp_path, **asked) as world:
            world.services.get(ToolRegistry).add(marking(tmp_path / "marks.txt"))
            anna = await world.person("anna")
            await anna.connect(llm.openai_url, ["calls"])
            await anna.post("/my/agents", {"name": "marker", "tools": {"mark": "ask"}}, 201)
            chat = await anna.chat()
            sent = await anna.say(chat, '/call mark {"n": 1}\n/say Done.', target_agent="marker")
            assert sent["reply"]["status"] == "waiting"
            token = anna.token
        async with open_world(tmp_path, **asked) as world:
            world.services.get(ToolRegistry).add(marking(tmp_path / "marks.txt"))
            async with _client(world, token) as client:
                anna = Person("", "", token, client)
                ((approval),) = (await anna.get("/my/approvals", status="pending"))["items"]
                decide = f"/my/approvals/{approval['id']}/decide"
                edited = {"decision": "approve", "args": {"n": 7}}
                answers = await asyncio.gather(*(client.post(decide, json=edited) for _ in range(2)))
                assert sorted(answer.status_code for answer in answers) == [200, 409]
                await events_of_run(anna, chat, sent["run_id"], sent["seq"])
                run = await anna.get(f"/my/runs/{sent['run_id']}")
                assert (run["status"], text_of(run["message"])) == ("succeeded", "Done.")
    assert (tmp_path / "marks.txt").read_text() == f"{chat} 7\n"


@pytest.mark.skipif(not (POSTGRES and REDIS), reason="needs PostgreSQL and Redis")
async def test_a_server_that_leaves_work_to_others_hears_and_tells_them_at_once(tmp_path: Path) -> None:
    assert POSTGRES
    # a lease of a minute: whatever goes on within the test was told, not found by looking
    with FakeLLM(tokens_per_second=100) as llm:
        async with fresh_postgres(POSTGRES) as url:
            shared: dict[str, Any] = {"database_url": url, "redis_url": REDIS, "lease_seconds": 60}
            shared["master_key"] = KEY
            async with (
                open_world(tmp_path / "doors", agent_concurrency=0, **shared) as doors,
                open_world(tmp_path / "hands", **shared),
            ):
                anna = await doors.person("anna")
                await connect(anna, llm)
                async with asyncio.timeout(15):
                    sent = await anna.say(await anna.chat(), "Hello.", model="fake/echo")
                    assert text_of(sent["reply"]) == "Echo: Hello."
                    chat = await anna.chat()
                    sent = await anna.say(chat, "Tell me a lot.", wait=False, model="fake/long")
                    await anna.events_until(chat, "text_delta", after=sent["seq"])
                    await anna.post(f"/my/runs/{sent['run_id']}/cancel", status=202)
                    events = await events_of_run(anna, chat, sent["run_id"], sent["seq"])
                assert events[-1]["type"] == "task_cancelled"


async def test_after_an_outage_of_ten_seconds_everything_goes_on_by_itself(tmp_path: Path) -> None:
    with _own_cluster() as cluster, FakeLLM("calls", tokens_per_second=40) as llm:
        settings: dict[str, Any] = {"database_url": cluster.url, "lease_seconds": 1, "agent_concurrency": 4}
        async with open_world(tmp_path / "data", **settings) as world:
            world.services.get(ToolRegistry).add(marking(tmp_path / "marks.txt"))
            anna = await world.person("anna")
            await anna.connect(llm.openai_url, ["calls"])
            chats = []
            for number in range(6):
                agent = f"marker{number % 3}"
                if number < 3:
                    await anna.post("/my/agents", {"name": agent}, 201)
                chat = await anna.chat()
                lines = [f'/call mark {{"n": {n}}}' for n in range(8)]
                sent = await anna.say(chat, "\n".join([*lines, "/say All done."]), wait=False, target_agent=agent)
                chats.append((chat, sent))
            await anna.events_until(chats[0][0], "tool_finished", after=chats[0][1]["seq"])
            await cluster.stop()
            await asyncio.sleep(10)  # the outage
            await cluster.start()
            for _, sent in chats:
                await _ended(anna, sent["run_id"])
                run = await anna.get(f"/my/runs/{sent['run_id']}")
                assert (run["status"], text_of(run["message"])) == ("succeeded", "All done."), run["message"]["error"]
        marks = Counter((tmp_path / "marks.txt").read_text().splitlines())
        assert marks == {f"{chat} {n}": 1 for chat, _ in chats for n in range(8)}


async def _ended(person: Person, run_id: str) -> None:
    async with asyncio.timeout(60):
        while True:
            answer = await person.client.get(f"/my/runs/{run_id}")
            if answer.status_code == 200 and answer.json()["ended_at"]:
                return
            await asyncio.sleep(0.2)  # streams were cut with the database


def _client(world: World, token: str) -> httpx.AsyncClient:
    headers = {"Authorization": f"Bearer {token}"}
    return httpx.AsyncClient(base_url=world.url, headers=headers, timeout=60, verify=False)


class Cluster:
    """A PostgreSQL of this test alone."""

    def __init__(self, tools: Path, folder: Path) -> None:
        self._tools = tools
        self._folder = folder
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = probe.getsockname()[1]
        self.url = f"postgresql://entourage@127.0.0.1:{self._port}/postgres"

    def make(self) -> None:
        if os.getuid() == 0:
            shutil.chown(self._folder, "postgres")
        data = str(self._folder / "pg")
        self._do("initdb", "-D", data, "-U", "entourage", "--auth=trust", "--no-sync", "-E", "UTF8", "--locale=C")
        self._control("start")

    async def stop(self) -> None:
        """As a crash does it."""
        await asyncio.to_thread(self._control, "stop", "-m", "immediate")

    async def start(self) -> None:
        await asyncio.to_thread(self._control, "start")

    def end(self) -> None:
        self._control("stop", "-m", "immediate")

    def _control(self, *how: str) -> None:
        options = f"-p {self._port} -k {self._folder} -c listen_addresses=127.0.0.1 -c fsync=off"
        self._do("pg_ctl", "-D", str(self._folder / "pg"), "-w", "-l", str(self._folder / "log"), "-o", options, *how)

    def _do(self, program: str, *given: str) -> None:
        become = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
        command = [*become, str(self._tools / program), *given]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/")


@contextmanager
def _own_cluster() -> Iterator[Cluster]:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found:
        pytest.skip("PostgreSQL's programs are not here")
    with TemporaryDirectory() as folder:  # the other account may not look below tmp_path
        cluster = Cluster(found[-1].parent, Path(folder))
        cluster.make()
        try:
            yield cluster
        finally:
            cluster.end()
