"""Agents that call agents: the call names the run it starts from its first event on, unless it starts none."""

from __future__ import annotations

import pytest

from tests.e2e.walking import folded, tool_parts
from tests.fakes.conversation import Conversation
from tests.fakes.llm_server import FakeLLM
from tests.fakes.replies import Call, Reply, call, say
from tests.world import Person, World


@pytest.fixture
async def anna(small_world: World, fake_llm: FakeLLM) -> Person:
    person = await small_world.person("anna")
    await person.connect(fake_llm.openai_url, ["plain"])
    return person


async def test_two_calls_of_one_agent_each_name_their_own_run(anna: Person, fake_llm: FakeLLM) -> None:
    def script(c: Conversation) -> Reply:
        if c.user_text.startswith("task"):
            return say(f"did {c.user_text}")
        tasks = (Call("call_agent", {"agent": "@coder", "task": f"task {number}"}) for number in (1, 2))
        return say("done") if c.results else Reply(calls=tuple(tasks))

    fake_llm.play(script)
    chat = await anna.chat()
    sent = await anna.say(chat, "go")
    events = await anna.events_until(chat, "task_completed", after=sent["seq"])
    started = [event["data"]["child"] for event in events if event["type"] == "tool_started"]
    assert {child["agent"] for child in started} == {"coder"}
    parts = tool_parts(sent["reply"])
    assert [{**part["child"], "usage": None} for part in parts] == started
    assert all(part["child"]["usage"]["input_tokens"] for part in parts)
    for part in parts:
        run = await anna.get(f"/my/runs/{part['child']['run_id']}")
        assert run["task"] == part["args"]["task"]
        assert run["parent_run_id"] == sent["run_id"]


async def test_a_call_that_starts_no_run_ends_without_one(anna: Person, fake_llm: FakeLLM) -> None:
    fake_llm.play(lambda c: say("ok") if c.results else call("call_agent", agent="nobody", task="x"))
    chat = await anna.chat()
    sent = await anna.say(chat, "go")
    (part,) = tool_parts(sent["reply"])
    assert (part["status"], part["child"]) == ("failed", None)
    events = await anna.events_until(chat, "tool_failed", after=sent["seq"])
    blank = {**sent["reply"], "parts": [], "status": "streaming"}
    assert folded(blank, events)["parts"][0]["child"] is None
    assert next(event["data"] for event in events if event["type"] == "tool_started")["child"]["agent"] == "nobody"


async def test_a_called_agent_that_fails_is_still_named(anna: Person, fake_llm: FakeLLM) -> None:
    await anna.post("/my/agents", {"name": "clerk", "output_schema": {"type": "object"}, "model": "offline"}, 201)
    fake_llm.play(lambda c: say("ok") if c.results else call("call_agent", agent="clerk", task="x"))
    (part,) = tool_parts((await anna.say(await anna.chat(), "go"))["reply"])
    assert part["status"] == "failed"
    run = await anna.get(f"/my/runs/{part['child']['run_id']}")
    assert run["status"] == "failed"
    assert "offline model" in part["error"]
