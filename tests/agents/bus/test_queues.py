"""The queues that a person sees: what waits, halting one, and what the metrics say."""

from __future__ import annotations

import asyncio

from tests.e2e.walking import connect, events_of_run, text_of
from tests.fakes.llm_server import FakeLLM
from tests.world import World


async def test_a_halted_queue_keeps_what_comes_and_goes_on_in_order(world: World, fake_llm: FakeLLM) -> None:
    anna = await world.person("anna")
    await connect(anna, fake_llm)
    halted = await anna.post("/my/queues/coder/pause", status=200)
    assert (halted["paused"], halted["items"]) == (True, [])
    chats = [await anna.chat() for _ in range(3)]
    sent = [
        await anna.say(chat, f"hello {n}", wait=False, target_agent="coder", model="fake/echo")
        for n, chat in enumerate(chats)
    ]
    queue = await anna.get("/my/queues/coder")
    assert [run["id"] for run in queue["items"]] == [one["run_id"] for one in sent]
    assert {run["status"] for run in queue["items"]} == {"queued"}
    assert (queue["running"], queue["waiting"], queue["max_running"], queue["max_waiting"]) == (0, 3, 3, 100)
    assert queue["oldest_ms"] >= 0
    other = await anna.say(await anna.chat(), "meanwhile", target_agent="tester", model="fake/echo")
    assert text_of(other["reply"]) == "Echo: meanwhile"
    assert (await anna.post("/my/queues/coder/resume", status=200))["paused"] is False
    for chat, one in zip(chats, sent, strict=True):
        await events_of_run(anna, chat, one["run_id"], one["seq"])
    queue = next(q for q in (await anna.get("/my/queues"))["items"] if q["agent"] == "coder")
    assert (queue["waiting"], queue["running"], queue["ended_1h"], queue["failed_1h"]) == (0, 0, 3, 0)
    assert queue["wait_p95_ms"] >= queue["wait_p50_ms"] >= 0


async def test_there_are_queues_of_ones_own_agents_only(small_world: World, fake_llm: FakeLLM) -> None:
    anna, boris = await small_world.person("anna"), await small_world.person("boris")
    await boris.post("/my/agents", {"name": "poet"}, 201)
    assert "poet" not in {queue["agent"] for queue in (await anna.get("/my/queues"))["items"]}
    for answer in (
        await anna.client.get("/my/queues/poet"),
        await anna.client.post("/my/queues/poet/pause"),
        await anna.client.post("/my/queues/poet/resume"),
    ):
        assert answer.status_code == 404
        assert answer.json()["type"] == "/problems/not-found"


async def test_when_a_hundred_wait_the_next_message_is_refused_and_leaves_nothing(
    small_world: World, fake_llm: FakeLLM
) -> None:
    anna = await small_world.person("anna")
    await connect(anna, fake_llm)
    await anna.post("/my/queues/coder/pause", status=200)
    chats = await asyncio.gather(*(anna.chat() for _ in range(101)))
    for chat in chats[:100]:
        await anna.say(chat, "hello", wait=False, target_agent="coder", model="fake/echo")
    body = {"content": [{"type": "text", "text": "one more"}], "target_agent": "coder"}
    refused = await anna.client.post(f"/my/chat/{chats[100]}/message/", json=body)
    assert (refused.status_code, refused.json()["type"]) == (429, "/problems/queue-full")
    assert refused.headers["Retry-After"] == "5"
    assert (await anna.get(f"/my/chat/{chats[100]}/messages"))["items"] == []
    assert (await anna.get("/my/queues/coder"))["waiting"] == 100


async def test_metrics_tell_agents_of_the_default_team_apart_and_no_others(
    small_own_world: World, fake_llm: FakeLLM
) -> None:
    admin = await small_own_world.person("admin", is_admin=True)
    await connect(admin, fake_llm)
    await admin.post("/my/agents", {"name": "secretproject"}, 201)
    for agent in ("coder", "secretproject"):
        await admin.say(await admin.chat(), "hello", target_agent=agent, model="fake/echo")
    told = (await admin.client.get("/metrics")).text
    assert 'bus_wait_seconds_count{agent="coder",kind="turn"} 1.0' in told
    assert 'bus_wait_seconds_count{agent="custom",kind="turn"} 1.0' in told
    assert "secretproject" not in told
