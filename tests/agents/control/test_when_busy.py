"""A message that comes while the turn before is still being written."""

from __future__ import annotations

from typing import Any

import pytest

from tests.agents.control.leading import counting, ended, happens, kinds, last, run_of, slowly, text_of
from tests.fakes.conversation import Conversation
from tests.fakes.llm_server import FakeLLM
from tests.fakes.replies import Reply, call, say
from tests.world import Person

Json = dict[str, Any]


async def branch(person: Person, chat: str) -> list[Json]:
    return (await person.get(f"/my/chat/{chat}/messages"))["items"]


async def begin(person: Person, fake_llm: FakeLLM) -> tuple[str, Json]:
    """A long answer is being written."""
    fake_llm.play(counting)
    chat = await person.chat()
    sent = await person.say(chat, "write a lot", wait=False)
    await happens(person, chat, "text_delta")
    return chat, sent


async def test_it_is_refused_unless_said_otherwise(anna: Person, fake_llm: FakeLLM) -> None:
    chat, sent = await begin(anna, fake_llm)
    refused = await anna.client.post(f"/my/chat/{chat}/message/", json={"content": [{"type": "text", "text": "and?"}]})
    assert refused.status_code == 409
    assert "when_busy" in refused.json()["hint"]
    await anna.post(f"/my/runs/{sent['run_id']}/cancel", status=202)


async def test_steer_tells_it_to_the_agent_that_works(anna: Person, fake_llm: FakeLLM) -> None:
    def script(c: Conversation) -> Reply:
        return slowly("some words that take their time to come " * 6) if c.user_text == "go" else say(c.user_text)

    fake_llm.play(script)
    chat = await anna.chat()
    sent = await anna.say(chat, "go", wait=False)
    await happens(anna, chat, "text_delta")
    told = await anna.say(chat, "also this", wait=False, when_busy="steer")
    assert (told["run_id"], told["reply_id"]) == (sent["run_id"], sent["reply_id"])
    assert (await ended(anna, sent))["status"] == "succeeded"
    (_, reply) = await branch(anna, chat)
    assert kinds(reply) == ["text", "note", "text"]
    again = await anna.say(chat, "a message of its own", when_busy="steer")
    assert again["reply"]["status"] == "done"
    assert len(await branch(anna, chat)) == 4


async def test_enqueue_answers_after_the_turn(anna: Person, fake_llm: FakeLLM) -> None:
    def script(c: Conversation) -> Reply:
        if c.user_text == "first":
            return slowly("some words that take their time to come")
        return say(f"{c.user_text} after {len(c.turns)} turns")

    fake_llm.play(script)
    chat = await anna.chat()
    first = await anna.say(chat, "first", wait=False)
    second = await anna.say(chat, "second", wait=False, when_busy="enqueue")
    third = await anna.say(chat, "third", wait=False, when_busy="enqueue")
    assert second["message"]["parent_id"] == first["reply_id"]
    assert (await ended(anna, third))["status"] == "succeeded"
    replies = [text_of(message) for message in (await branch(anna, chat))[1::2]]
    assert replies[1:] == ["second after 3 turns", "third after 5 turns"]


async def test_interrupt_stops_the_turn_and_answers(anna: Person, fake_llm: FakeLLM) -> None:
    chat, sent = await begin(anna, fake_llm)
    answered = await anna.say(chat, "stop that", when_busy="interrupt")
    assert text_of(answered["reply"]) == "You said: stop that"
    assert (await run_of(anna, sent))["status"] == "cancelled"
    assert [message["status"] for message in await branch(anna, chat)] == ["done", "cancelled", "done", "done"]


async def test_rollback_takes_the_turn_and_its_question_off_the_branch(anna: Person, fake_llm: FakeLLM) -> None:
    chat, sent = await begin(anna, fake_llm)
    answered = await anna.say(chat, "something else", when_busy="rollback")
    assert text_of(answered["reply"]) == "You said: something else"
    assert text_of((await branch(anna, chat))[0]) == "something else"
    assert sorted(answered["message"]["siblings"]) == sorted([sent["message"]["id"], answered["message"]["id"]])


@pytest.mark.parametrize("how", ["steer", "enqueue", "interrupt", "rollback"])
@pytest.mark.parametrize("paused", [False, True])
async def test_it_works_when_the_turn_waits_or_rests(anna: Person, fake_llm: FakeLLM, how: str, paused: bool) -> None:
    def script(c: Conversation) -> Reply:
        is_first = c.user_text == "ask me" and not c.results
        return call("ask_user", question="Which?") if is_first else say(f"heard {c.user_text}")

    fake_llm.play(script)
    chat = await anna.chat()
    sent = await anna.say(chat, "ask me")
    if paused:
        await anna.post(f"/my/runs/{sent['run_id']}/pause", {}, 202)
    second = await anna.say(chat, "more", wait=False, when_busy=how)
    if how in ("steer", "enqueue"):
        if paused:
            await anna.post(f"/my/runs/{sent['run_id']}/resume", {}, 202)
        (question,) = (await anna.get("/my/approvals", status="pending"))["items"]
        await anna.post(f"/my/approvals/{question['id']}/decide", {"decision": "answer", "answer": "blue"}, 200)
    assert (await ended(anna, second))["status"] == "succeeded"
    assert text_of(await last(anna, chat)) == "heard more"


async def test_interrupting_stops_what_waits_behind_it_too(anna: Person, fake_llm: FakeLLM) -> None:
    chat, sent = await begin(anna, fake_llm)
    waiting = await anna.say(chat, "second", wait=False, when_busy="enqueue")
    answered = await anna.say(chat, "stop all", when_busy="interrupt")
    assert text_of(answered["reply"]) == "You said: stop all"
    assert {(await run_of(anna, one))["status"] for one in (sent, waiting)} == {"cancelled"}
