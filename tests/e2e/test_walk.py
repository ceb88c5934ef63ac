"""The main job over real HTTP: a person attaches a table, the team charts it, all of it live and nothing lost."""

from __future__ import annotations

import asyncio

import pytest

from tests.e2e.walking import (
    BEST,
    TOTAL,
    WALK_TOOLS,
    begin_walk,
    connect,
    event_where,
    events_of_run,
    messages,
    text_of,
    tool_parts,
)
from tests.fakes.llm_server import FakeLLM
from tests.world import World


@pytest.mark.parametrize("dialect", ["openai_compatible", "anthropic_compatible"])
async def test_the_team_charts_an_attached_table(world: World, fake_llm: FakeLLM, dialect: str) -> None:
    anna = await world.person("anna")
    await connect(anna, fake_llm, dialect)
    chat, sent = await begin_walk(anna)
    reply = sent["reply"]
    assert reply["status"] == "done", reply["error"]
    calls = tool_parts(reply)
    assert [call["tool"] for call in calls] == WALK_TOOLS
    assert [call["status"] for call in calls] == ["ok"] * 5
    assert f"**{TOTAL}**" in text_of(reply)
    assert BEST in text_of(reply)
    assert reply["usage"]["output_tokens"] > 0
    assert reply["model"] == "fake/csv_walk"

    artifacts = (await anna.get("/my/artifacts", chat_id=chat))["items"]
    assert {(item["type"], item["title"]) for item in artifacts} == {("image", "Totals chart"), ("data", "Totals")}
    for item in artifacts:
        content = await anna.client.get(f"/my/artifacts/{item['id']}/content")
        assert BEST in content.text
        linked = await anna.client.get(item["content_url"], headers={"Authorization": ""})
        assert linked.content == content.content
        assert "sandbox" in linked.headers["content-security-policy"]
    assert len([request for request in fake_llm.requests if request["method"] == "POST"]) == 6


async def test_the_answer_streams_and_the_log_is_compacted_when_it_ends(world: World, fake_llm: FakeLLM) -> None:
    anna = await world.person("anna")
    await connect(anna, fake_llm)
    chat, sent = await begin_walk(anna, wait=False)
    events = await events_of_run(anna, chat, sent["run_id"], sent["seq"])
    kinds = [event["type"] for event in events]
    assert kinds.count("tool_started") == kinds.count("tool_finished") == 5
    assert kinds.count("artifact_created") == 2
    assert kinds.count("usage") == 6
    assert kinds.index("task_started") < kinds.index("tool_started") < kinds.index("artifact_created")
    final = [event["data"]["message"] for event in events if event["type"] == "message"][-1]
    assert final["status"] == "done"
    streamed = "".join(event["data"]["text"] for event in events if event["type"] == "text_delta")
    assert streamed == "".join(part["text"] for part in final["parts"] if part["type"] == "text")
    (_, kept) = await messages(anna, chat)
    assert kept["parts"] == final["parts"]

    await event_where(anna, chat, "chat_updated", events[-1]["seq"])
    replayed = await anna.events_until(chat, "chat_updated", after=events[-1]["seq"])
    assert replayed[-1]["data"]["chat"]["running"] is False


async def test_without_a_model_the_offline_one_does_the_parts_it_can(world: World) -> None:
    anna = await world.person("anna")
    chat = await anna.chat()
    attachment = await anna.attach(chat, "sales.csv", b"region,amount\nNorth,10\nSouth,20\n")
    reply = (await anna.say(chat, "Chart the totals by region.", attachments=[attachment]))["reply"]
    assert reply["status"] == "done", reply["error"]
    assert reply["model"] == "offline"
    assert "run_code" in [call["tool"] for call in tool_parts(reply)]
    assert {item["type"] for item in (await anna.get("/my/artifacts", chat_id=chat))["items"]} >= {"image", "data"}
    hello = (await anna.say(chat, "Write me a poem about the sea."))["reply"]
    assert "model" in text_of(hello).lower()


async def test_a_question_waits_for_its_answer(world: World, fake_llm: FakeLLM) -> None:
    anna = await world.person("anna")
    await connect(anna, fake_llm)
    chat = await anna.chat()
    sent = await anna.say(chat, "Paint it.", model="fake/ask")
    assert sent["reply"]["status"] == "waiting"
    assert tool_parts(sent["reply"])[0]["status"] == "waiting"
    (question,) = (await anna.get("/my/approvals", status="pending"))["items"]
    assert question["question"] == "Which colour shall I use?"
    assert question["options"] == ["blue", "green"]
    assert tool_parts(sent["reply"])[0]["approval_id"] == question["id"]

    await anna.post(f"/my/approvals/{question['id']}/decide", {"decision": "answer", "answer": "green"}, 200)
    events = await events_of_run(anna, chat, sent["run_id"])
    assert "approval_resolved" in [event["type"] for event in events]
    (_, reply) = await messages(anna, chat)
    assert reply["status"] == "done"
    assert text_of(reply).endswith("You chose: green")
    assert (await anna.get("/my/approvals", status="pending"))["items"] == []


async def test_an_agent_asks_another_one(world: World, fake_llm: FakeLLM) -> None:
    anna = await world.person("anna")
    await connect(anna, fake_llm)
    fake_llm.play("delegate")
    await anna.client.patch(f"/api/v1/providers/{await _provider(anna)}", json={"models": ["plain"]})
    chat = await anna.chat()
    sent = await anna.say(chat, "Get hello.py written.")
    reply = sent["reply"]
    assert reply["status"] == "done", reply["error"]
    (call,) = tool_parts(reply)
    assert call["tool"] == "call_agent"
    assert call["child"]["agent"] == "coder"
    assert call["result"] == "hello.py is written."

    child = await anna.get(f"/my/runs/{call['child']['run_id']}")
    assert child["parent_run_id"] == sent["run_id"]
    assert child["status"] == "succeeded"
    assert [part["tool"] for part in tool_parts(child["message"])] == ["write_file"]
    events = await events_of_run(anna, chat, sent["run_id"])
    nested = [event for event in events if event["run_id"] == child["id"] and event["type"] == "tool_started"]
    assert nested[0]["parent_run_id"] == sent["run_id"]
    assert {event["session_id"] for event in events} == {chat}


async def _provider(person: object) -> str:
    return (await person.get("/api/v1/providers"))["items"][0]["id"]  # type: ignore[attr-defined]


@pytest.mark.parametrize("prefix", ["@coder ", "  @coder, "])
async def test_a_mention_chooses_the_agent(small_world: World, fake_llm: FakeLLM, prefix: str) -> None:
    anna = await small_world.person("anna")
    await connect(anna, fake_llm)
    chat = await anna.chat()
    sent = await anna.say(chat, f"{prefix}say hi", model="fake/echo")
    assert sent["reply"]["agent"] == "coder"
    called = await event_where(anna, chat, "direct_agent_call")
    assert called["data"] == {"run_id": sent["run_id"], "agent": "coder", "by": "user"}


async def test_the_conversation_goes_on_with_its_history(world: World, fake_llm: FakeLLM) -> None:
    anna = await world.person("anna")
    await connect(anna, fake_llm)
    chat, _ = await begin_walk(anna)
    await anna.say(chat, "And now?", model="fake/echo")
    sent = fake_llm.requests[-1]["body"]["messages"]
    assert [message["role"] for message in sent if message["role"] == "user"] == ["user", "user"]
    answered = {message["tool_call_id"] for message in sent if message["role"] == "tool"}
    called = {call["id"] for message in sent for call in message.get("tool_calls") or []}
    assert called == answered
    assert len(called) == 5
    assert [item["role"] for item in await messages(anna, chat)] == ["user", "assistant"] * 2


async def test_two_turns_at_once_are_refused(small_world: World, fake_llm: FakeLLM) -> None:
    anna = await small_world.person("anna")
    await connect(anna, fake_llm)
    chat = await anna.chat()
    sent = await anna.say(chat, "first", wait=False, model="fake/stall_mid")
    again = await anna.client.post(f"/my/chat/{chat}/message/", json={"content": [{"type": "text", "text": "x"}]})
    assert again.status_code == 409
    assert "stop it first" in again.json()["hint"]
    assert (await anna.client.delete(f"/my/chat/{chat}")).status_code == 409
    await asyncio.gather(
        events_of_run(anna, chat, sent["run_id"]), anna.post(f"/my/runs/{sent['run_id']}/cancel", status=202)
    )
