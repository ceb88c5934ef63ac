"""Saying something to an agent while it works: it reads it before it thinks on, and it stays where it was read."""

from __future__ import annotations

from typing import Any

import pytest

from entourage.agents.closing import Closing
from entourage.agents.work import Work
from tests.agents.control.leading import (
    SHORT,
    codes,
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
from tests.fakes.replies import Reply, call, say
from tests.world import Person


def script(c: Conversation) -> Reply:
    """Works a while for "go", then says what it read."""
    if c.user_text == "go":
        return codes(SHORT) if not c.results else say("Done without a word.")
    if c.user_text.startswith("tell"):
        return slowly("a rather long answer that takes its time to be said at all and comes to an end some time")
    return say(f"Read: {' | '.join(notes_read(c))}")


async def steer(person: Person, sent: Any, text: str) -> Any:
    return await person.post(f"/my/runs/{sent['run_id']}/steer", {"text": text}, 202)


async def test_a_note_during_a_tool_call_is_read_after_it(anna: Person, fake_llm: FakeLLM) -> None:
    fake_llm.play(script)
    chat = await anna.chat()
    sent = await anna.say(chat, "go", wait=False)
    await happens(anna, chat, "tool_started")
    await steer(anna, sent, "Also count them.")
    await happens(anna, chat, "task_completed")
    reply = await last(anna, chat)
    assert kinds(reply) == ["tool_call", "note", "text"]
    assert reply["parts"][0]["status"] == "ok"
    assert reply["parts"][1]["text"] == "Also count them."
    assert text_of(reply) == "Read: go | Also count them."
    assert [step["kind"] for step in await steps_of(anna, sent["run_id"])] == ["response", "tool", "note", "response"]


async def test_a_note_in_mid_answer_lets_the_run_go_on_after_its_last_word(anna: Person, fake_llm: FakeLLM) -> None:
    fake_llm.play(script)
    chat = await anna.chat()
    sent = await anna.say(chat, "tell me", wait=False)
    await happens(anna, chat, "text_delta")
    await steer(anna, sent, "And why?")
    await happens(anna, chat, "task_completed")
    reply = await last(anna, chat)
    assert kinds(reply) == ["text", "note", "text"]
    assert reply["parts"][2]["text"] == "Read: tell me | And why?"
    later = (await anna.say(chat, "and now?"))["reply"]
    assert text_of(later) == "Read: tell me | And why? | and now?"


async def test_a_note_between_the_last_word_and_the_end_is_not_lost(
    anna: Person, fake_llm: FakeLLM, monkeypatch: pytest.MonkeyPatch
) -> None:
    succeed = Closing.succeed
    said: list[str] = []

    async def succeed_late(self: Closing, work: Work) -> None:
        if not said:
            said.append("once")
            await anna.post(f"/my/runs/{work.run.id}/steer", {"text": "One more."}, 202)
        await succeed(self, work)

    monkeypatch.setattr(Closing, "succeed", succeed_late)
    fake_llm.play(script)
    chat = await anna.chat()
    reply = (await anna.say(chat, "hello"))["reply"]
    assert kinds(reply) == ["text", "note", "text"]
    assert text_of(reply).endswith("Read: hello | One more.")


async def test_a_note_while_it_waits_for_a_person_is_read_once_it_goes_on(anna: Person, fake_llm: FakeLLM) -> None:
    def asking(c: Conversation) -> Reply:
        return say(f"Read: {' | '.join(notes_read(c))}") if len(c.turns) > 1 else call("ask_user", question="Which?")

    fake_llm.play(asking)
    chat = await anna.chat()
    sent = await anna.say(chat, "go")
    assert sent["reply"]["status"] == "waiting"
    await steer(anna, sent, "Quickly.")
    (question,) = (await anna.get("/my/approvals", status="pending"))["items"]
    await anna.post(f"/my/approvals/{question['id']}/decide", {"decision": "answer", "answer": "blue"}, 200)
    await happens(anna, chat, "task_completed")
    reply = await last(anna, chat)
    assert kinds(reply) == ["tool_call", "note", "text"]
    assert text_of(reply) == "Read: go | Quickly."


async def test_who_comes_too_late_is_told(anna: Person, fake_llm: FakeLLM) -> None:
    sent = await anna.say(await anna.chat(), "hello")
    refused = await anna.client.post(f"/my/runs/{sent['run_id']}/steer", json={"text": "wait"})
    assert refused.status_code == 409
    assert "ended" in refused.json()["detail"]
    assert (await run_of(anna, sent))["status"] == "succeeded"
