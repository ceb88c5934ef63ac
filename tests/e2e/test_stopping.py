"""The stop button, at every point of a run: what is written stays, nothing goes on, and the talk can continue."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from tests.e2e.walking import connect, event_where, events_of_run, messages, text_of, tool_parts
from tests.fakes.llm_server import FakeLLM
from tests.world import Person, World

SLOW_CODE = '/call run_code {"language": "bash", "code": "touch began; sleep 50; touch ended"}'


@pytest.fixture
async def anna(world: World, fake_llm: FakeLLM) -> Person:
    person = await world.person("anna")
    await connect(person, fake_llm)
    return person


async def stop(person: Person, sent: dict[str, Any]) -> None:
    stopped = await person.post(f"/my/runs/{sent['run_id']}/cancel", status=202)
    assert stopped["id"] == sent["run_id"]


async def test_in_mid_stream(anna: Person) -> None:
    chat = await anna.chat()
    sent = await anna.say(chat, "one two three four five six seven", wait=False, model="fake/slow_between")
    await event_where(anna, chat, "text_delta")
    await stop(anna, sent)
    events = await events_of_run(anna, chat, sent["run_id"])
    assert events[-1]["type"] == "task_cancelled"
    (_, reply) = await messages(anna, chat)
    assert reply["status"] == "cancelled"
    assert "Echo: one two".startswith(text_of(reply)[:8])
    assert (await anna.get(f"/my/runs/{sent['run_id']}"))["status"] == "cancelled"


async def test_in_mid_tool(anna: Person) -> None:
    chat = await anna.chat()
    sent = await anna.say(chat, SLOW_CODE, wait=False, model="fake/calls")
    await event_where(anna, chat, "tool_started")
    await stop(anna, sent)
    await events_of_run(anna, chat, sent["run_id"])
    (_, reply) = await messages(anna, chat)
    assert reply["status"] == "cancelled"
    assert tool_parts(reply)[0]["status"] == "cancelled"
    assert tool_parts(reply)[0]["error"] == "Stopped by the user."
    listing = await anna.say(chat, "/call list_files {}", model="fake/calls")
    assert "ended" not in text_of(listing["reply"])


async def test_while_it_waits_for_a_person(anna: Person) -> None:
    chat = await anna.chat()
    sent = await anna.say(chat, "Paint it.", model="fake/ask")
    (question,) = (await anna.get("/my/approvals", status="pending"))["items"]
    await stop(anna, sent)
    await events_of_run(anna, chat, sent["run_id"])
    (_, reply) = await messages(anna, chat)
    assert reply["status"] == "cancelled"
    assert tool_parts(reply)[0]["status"] == "cancelled"
    late = await anna.client.post(
        f"/my/approvals/{question['id']}/decide", json={"decision": "answer", "answer": "blue"}
    )
    assert late.status_code == 409
    assert "cancelled" in late.json()["detail"]


async def test_with_the_agents_it_called(anna: Person, fake_llm: FakeLLM) -> None:
    chat = await anna.chat()
    text = f"/call call_agent {json.dumps({'agent': 'coder', 'task': SLOW_CODE})}"
    fake_llm.play("calls")
    await anna.client.post(
        "/api/v1/providers",
        json={
            "name": "plain",
            "type": "openai_compatible",
            "base_url": fake_llm.openai_url,
            "api_key": "k",
            "models": ["plain"],
            "is_default": True,
        },
    )
    sent = await anna.say(chat, text, wait=False)
    called = await event_where(anna, chat, "direct_agent_call", by="orchestrator")
    await event_where(anna, chat, "tool_started", tool="run_code")
    await stop(anna, sent)
    await events_of_run(anna, chat, sent["run_id"])
    assert (await anna.get(f"/my/runs/{sent['run_id']}"))["status"] == "cancelled"
    child = await anna.get(f"/my/runs/{called['data']['run_id']}")
    assert child["status"] == "cancelled"
    assert tool_parts(child["message"])[0]["status"] == "cancelled"


async def test_twice_or_too_late_changes_nothing(anna: Person) -> None:
    chat = await anna.chat()
    sent = await anna.say(chat, "hello", model="fake/echo")
    await asyncio.gather(stop(anna, sent), stop(anna, sent))
    (_, reply) = await messages(anna, chat)
    assert reply["status"] == "done"


async def test_the_talk_goes_on_after_it(anna: Person, fake_llm: FakeLLM) -> None:
    chat = await anna.chat()
    sent = await anna.say(chat, SLOW_CODE, wait=False, model="fake/calls")
    await event_where(anna, chat, "tool_started")
    await stop(anna, sent)
    await events_of_run(anna, chat, sent["run_id"])
    again = await anna.say(chat, "Go on.", model="fake/echo")
    assert again["reply"]["status"] == "done", again["reply"]["error"]
    told = fake_llm.requests[-1]["body"]["messages"]
    called = [call["id"] for message in told for call in message.get("tool_calls") or []]
    answered = [message["tool_call_id"] for message in told if message["role"] == "tool"]
    assert called == answered
    assert len(called) == 1
