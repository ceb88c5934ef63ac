"""A provider that goes wrong: passing faults are tried again unseen, lasting ones are told with the way out."""

from __future__ import annotations

import pytest

from tests.e2e.walking import connect, events_of_run, messages, text_of
from tests.fakes.llm_server import FakeLLM
from tests.world import World


@pytest.mark.parametrize("fault", ["server_error", "cut_mid", "rate_limit", "error_event", "ends_early"])
async def test_a_passing_fault_is_tried_again(small_world: World, fake_llm: FakeLLM, fault: str) -> None:
    anna = await small_world.person("anna")
    # compatible servers do not always say why an answer ends; in Anthropic's dialect a silent end is a cut
    await connect(anna, fake_llm, "anthropic_compatible" if fault == "ends_early" else "openai_compatible")
    chat = await anna.chat()
    sent = await anna.say(chat, "Say these words back to me.", model=f"fake/flaky_{fault}")
    assert sent["reply"]["status"] == "done", sent["reply"]["error"]
    assert text_of(sent["reply"]) == "Echo: Say these words back to me."
    events = await events_of_run(anna, chat, sent["run_id"])
    finals = [event for event in events if event["type"] == "message" and event["data"]["message"]["status"] == "done"]
    assert text_of(finals[-1]["data"]["message"]) == "Echo: Say these words back to me."


@pytest.mark.parametrize("kind", ["openai_compatible", "anthropic_compatible"])
async def test_a_refused_key_is_told_with_the_way_out(small_world: World, fake_llm: FakeLLM, kind: str) -> None:
    anna = await small_world.person("anna")
    url = fake_llm.openai_url if kind == "openai_compatible" else fake_llm.anthropic_url
    await anna.connect(url, ["echo"], kind, api_key="wrong-key-1234567890")
    chat = await anna.chat()
    reply = (await anna.say(chat, "hello"))["reply"]
    assert reply["status"] == "failed"
    assert "key" in (reply["error"]["detail"] + reply["error"]["title"]).lower()
    assert "settings" in reply["error"]["hint"].lower() or "key" in reply["error"]["hint"].lower()
    assert len([request for request in fake_llm.requests if request["method"] == "POST"]) == 1
    everything = (await anna.client.get(f"/my/chat/{chat}/export", params={"format": "json"})).text
    assert "wrong-key-1234567890" not in everything
    (_, kept) = await messages(anna, chat)
    assert kept["error"] == reply["error"]


@pytest.mark.parametrize("script", ["unknown_model", "no_credit", "bad_request"])
async def test_a_lasting_fault_ends_the_turn_with_a_reason(small_world: World, fake_llm: FakeLLM, script: str) -> None:
    anna = await small_world.person("anna")
    await connect(anna, fake_llm)
    chat = await anna.chat()
    sent = await anna.say(chat, "hello", model=f"fake/{script}")
    assert sent["reply"]["status"] == "failed"
    assert sent["reply"]["error"]["detail"]
    events = await events_of_run(anna, chat, sent["run_id"])
    assert events[-1]["type"] == "task_failed"
    assert events[-1]["data"]["error"]["title"] == sent["reply"]["error"]["title"]
    again = await anna.say(chat, "And now?", model="fake/echo")
    assert text_of(again["reply"]) == "Echo: And now?"


async def test_text_that_no_database_keeps_is_kept_without_it(world: World, fake_llm: FakeLLM) -> None:
    from tests.fakes.replies import say

    anna = await world.person("anna")
    fake_llm.play(lambda _: say("before\x00after and \ud800 alone"))
    await anna.connect(fake_llm.openai_url, ["plain"])
    chat = await anna.chat()
    sent = await anna.say(chat, "hello")
    assert sent["reply"]["status"] == "done", sent["reply"]["error"]
    assert "after" in text_of(sent["reply"])
    assert "\x00" not in text_of(sent["reply"])


async def test_a_model_that_calls_what_does_not_exist_is_told(small_world: World, fake_llm: FakeLLM) -> None:
    anna = await small_world.person("anna")
    await connect(anna, fake_llm)
    chat = await anna.chat()
    text = '/call no_such_tool {"a": 1}\n/call read_file {"path": "../../etc/passwd"}\n/call read_file {"nothing": 1}'
    sent = await anna.say(chat, text, model="fake/calls")
    assert sent["reply"]["status"] == "done", sent["reply"]["error"]
    calls = [part for part in sent["reply"]["parts"] if part["type"] == "tool_call"]
    assert [call["status"] for call in calls] == ["failed"] * 3
    assert "no_such_tool" in calls[0]["error"]
    assert "path" in calls[2]["error"]


async def test_arguments_that_no_database_keeps_are_kept_without_it(world: World, fake_llm: FakeLLM) -> None:
    from tests.fakes.replies import call, say

    anna = await world.person("anna")
    fake_llm.play(lambda c: say("done") if c.results else call("write_file", path="a.txt", content="x\x00y"))
    await anna.connect(fake_llm.openai_url, ["plain"])
    sent = await anna.say(await anna.chat(), "hello")
    assert sent["reply"]["status"] == "done", sent["reply"]["error"]
