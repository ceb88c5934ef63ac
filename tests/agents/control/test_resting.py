"""Pausing, interrupting, resuming and retrying: what was done stays, and the provider accepts what comes after."""

from __future__ import annotations

from typing import Any

import pytest

from tests.agents.control.leading import (
    SHORT,
    SLOW,
    codes,
    counting,
    ended,
    happens,
    kinds,
    last,
    notes_read,
    run_of,
    slowly,
    steps_of,
    text_of,
)
from tests.fakes.conversation import Conversation
from tests.fakes.llm_server import FakeLLM
from tests.fakes.replies import Call, Fault, Reply, call, say
from tests.world import Person

Json = dict[str, Any]


async def rest(person: Person, sent: Json, how: str = "pause") -> Json:
    return await person.post(f"/my/runs/{sent['run_id']}/pause", {"how": how}, 202)


async def resume(person: Person, sent: Json, text: str | None = None) -> Json:
    return await person.post(f"/my/runs/{sent['run_id']}/resume", {"text": text} if text else {}, 202)


async def answer(person: Person, sent: Json) -> Json:
    """The turn once its run has succeeded."""
    run = await ended(person, sent)
    assert run["status"] == "succeeded", run
    return run["message"]


async def test_pausing_in_mid_tool_rests_after_the_tool(anna: Person, fake_llm: FakeLLM) -> None:
    fake_llm.play(lambda c: say(f"It {c.results[-1].text.split()[-1]}.") if c.results else codes(SHORT))
    chat = await anna.chat()
    sent = await anna.say(chat, "go", wait=False)
    await happens(anna, chat, "tool_started")
    await rest(anna, sent)
    paused = await happens(anna, chat, "run_paused")
    assert paused["data"]["how"] == "pause"
    reply = await last(anna, chat)
    assert (reply["status"], reply["parts"][0]["status"]) == ("paused", "ok")
    assert (await run_of(anna, sent))["status"] == "paused"
    assert len(fake_llm.requests) == 1
    assert (await anna.get(f"/my/chat/{chat}"))["running"]
    await resume(anna, sent)
    reply = await answer(anna, sent)
    assert kinds(reply) == ["tool_call", "text"]
    assert len(fake_llm.requests) == 2


async def test_interrupting_in_mid_answer_keeps_the_words_until_it_goes_on(anna: Person, fake_llm: FakeLLM) -> None:
    fake_llm.play(counting)
    chat = await anna.chat()
    sent = await anna.say(chat, "write a lot", wait=False)
    await happens(anna, chat, "text_delta")
    stopped = await rest(anna, sent, "interrupt")
    assert stopped["status"] == "paused"
    reply = await last(anna, chat)
    assert reply["status"] == "paused"
    assert text_of(reply).startswith("word0")
    await resume(anna, sent, "be short")
    reply = await answer(anna, sent)
    assert kinds(reply) == ["note", "text"]
    assert text_of(reply) == "You said: write a lot\nbe short"
    later = (await anna.say(chat, "and now?"))["reply"]
    assert later["status"] == "done"


async def test_interrupting_in_mid_tool_ends_the_call_and_tells_the_model(anna: Person, fake_llm: FakeLLM) -> None:
    def script(c: Conversation) -> Reply:
        return say(f"It said: {c.results[-1].text}") if c.results else codes(SLOW)

    fake_llm.play(script)
    chat = await anna.chat()
    sent = await anna.say(chat, "go", wait=False)
    await happens(anna, chat, "tool_started")
    await rest(anna, sent, "interrupt")
    reply = await last(anna, chat)
    assert (reply["status"], reply["parts"][0]["status"]) == ("paused", "cancelled")
    (_, tool) = await steps_of(anna, sent["run_id"])
    assert (tool["status"], tool["output"]) == ("cancelled", "The user interrupted this call before it was done.")
    await resume(anna, sent)
    assert text_of(await answer(anna, sent)) == "It said: The user interrupted this call before it was done."


async def test_of_two_calls_the_finished_one_is_kept(anna: Person, fake_llm: FakeLLM) -> None:
    def script(c: Conversation) -> Reply:
        if c.results:
            return say(" and ".join("cut" if "interrupted" in result.text else "whole" for result in c.results))
        return Reply(calls=(Call("list_files", {}), codes(SLOW).calls[0]))

    fake_llm.play(script)
    chat = await anna.chat()
    sent = await anna.say(chat, "go", wait=False)
    await happens(anna, chat, "tool_finished")
    await rest(anna, sent, "interrupt")
    await resume(anna, sent)
    assert text_of(await answer(anna, sent)) == "whole and cut"


@pytest.mark.parametrize("answer_while_paused", [True, False])
async def test_a_run_that_waits_for_a_person_can_rest(
    anna: Person, fake_llm: FakeLLM, answer_while_paused: bool
) -> None:
    fake_llm.play(lambda c: say(f"So {c.results[-1].text}.") if c.results else call("ask_user", question="Which?"))
    chat = await anna.chat()
    sent = await anna.say(chat, "go")
    assert (await rest(anna, sent))["status"] == "paused"
    assert (await last(anna, chat))["status"] == "paused"
    (question,) = (await anna.get("/my/approvals", status="pending"))["items"]
    blue = {"decision": "answer", "answer": "blue"}
    if answer_while_paused:
        await anna.post(f"/my/approvals/{question['id']}/decide", blue, 200)
        assert (await run_of(anna, sent))["status"] == "paused"
        await resume(anna, sent)
    else:
        await resume(anna, sent)
        await anna.post(f"/my/approvals/{question['id']}/decide", blue, 200)
    assert text_of(await answer(anna, sent)) == "So blue."


async def test_the_agents_it_called_rest_with_it(anna: Person, fake_llm: FakeLLM) -> None:
    def script(c: Conversation) -> Reply:
        if c.user_text == "the task":
            return slowly("a report of many words " * 60) if len(fake_llm.requests) < 3 else say("report")
        return (
            say(f"He wrote: {c.results[-1].text}") if c.results else call("call_agent", agent="coder", task="the task")
        )

    fake_llm.play(script)
    chat = await anna.chat()
    sent = await anna.say(chat, "go", wait=False)
    called = await happens(anna, chat, "direct_agent_call")
    await happens(anna, chat, "text_delta")
    await rest(anna, sent, "interrupt")
    child = f"/my/runs/{called['data']['run_id']}"
    assert (await anna.get(child))["status"] == "paused"
    assert (await run_of(anna, sent))["status"] == "paused"
    await resume(anna, sent)
    assert (await anna.get(child))["kind"] == "call"
    assert text_of(await answer(anna, sent)) == "He wrote: report"
    assert (await anna.get(child))["status"] == "succeeded"


async def test_stopping_what_rests_leaves_a_history_that_is_accepted(anna: Person, fake_llm: FakeLLM) -> None:
    def script(c: Conversation) -> Reply:
        return codes(SLOW) if c.user_text == "go" else say(f"Read: {' | '.join(notes_read(c))}")

    fake_llm.play(script)
    chat = await anna.chat()
    sent = await anna.say(chat, "go", wait=False)
    await happens(anna, chat, "tool_started")
    await rest(anna, sent, "interrupt")
    await anna.post(f"/my/runs/{sent['run_id']}/cancel", status=202)
    assert (await run_of(anna, sent))["status"] == "cancelled"
    later = (await anna.say(chat, "and now?"))["reply"]
    assert text_of(later).endswith("and now?")


async def test_a_failed_run_goes_on_after_its_last_step(anna: Person, fake_llm: FakeLLM) -> None:
    def script(c: Conversation) -> Reply:
        if not c.results:
            return call("list_files")
        return Reply(fault=Fault("status", 400, "bad", "no")) if len(fake_llm.requests) == 2 else say("done")

    fake_llm.play(script)
    chat = await anna.chat()
    sent = await anna.say(chat, "go")
    assert sent["reply"]["status"] == "failed"
    assert (await run_of(anna, sent))["usage"]["input_tokens"] > 0
    await anna.post(f"/my/runs/{sent['run_id']}/retry", status=202)
    reply = await answer(anna, sent)
    assert (reply["status"], kinds(reply), reply["error"]) == ("done", ["tool_call", "text"], None)
    assert len(fake_llm.requests) == 3
    assert (await run_of(anna, sent))["status"] == "succeeded"
    refused = await anna.client.post(f"/my/runs/{sent['run_id']}/retry")
    assert refused.status_code == 409


async def test_what_has_ended_neither_rests_nor_goes_on(anna: Person, fake_llm: FakeLLM) -> None:
    sent = await anna.say(await anna.chat(), "hello")
    for door, body in (("pause", {}), ("resume", {})):
        refused = await anna.client.post(f"/my/runs/{sent['run_id']}/{door}", json=body)
        assert refused.status_code == 409
