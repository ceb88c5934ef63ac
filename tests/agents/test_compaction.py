"""Long conversations: the oldest messages are summarised once, by the agent's own model, and later turns reuse that."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.agents.test_structured_answers import posts, until
from tests.e2e.processes import running_server
from tests.e2e.walking import events_of_run, messages
from tests.fakes.conversation import Conversation
from tests.fakes.llm_server import FakeLLM
from tests.fakes.replies import Reply, say
from tests.world import Person, World

LONG = "the secret is tulip. " + "x" * 130_000
MEMORY = "They spoke of a secret: tulip."


def is_summary(c: Conversation) -> bool:
    return "memory of a conversation" in c.system


def script(c: Conversation) -> Reply:
    return say(MEMORY) if is_summary(c) else say("Noted.")


@pytest.fixture
async def anna(small_world: World, fake_llm: FakeLLM) -> Person:
    fake_llm.play(script)
    person = await small_world.person("anna")
    await person.connect(fake_llm.openai_url, ["plain"])
    return person


async def fill(person: Person, **more: Any) -> str:
    """A conversation that the next turn's history does not fit any more."""
    chat = await person.chat()
    for _ in range(2):
        await person.say(chat, LONG, **more)
    return chat


def sent(llm: FakeLLM) -> str:
    """The newest request's messages, as text."""
    return json.dumps(posts(llm)[-1]["body"]["messages"])


async def test_the_oldest_messages_are_summarised_and_the_person_sees_it(anna: Person, fake_llm: FakeLLM) -> None:
    chat = await fill(anna)
    reply = (await anna.say(chat, "what was it?"))["reply"]
    mark, text = reply["parts"]
    shown = await messages(anna, chat)
    assert mark == {"type": "summary", "upto_message_id": shown[3]["id"], "messages": 4, "text": MEMORY}
    assert text["text"] == "Noted."
    assert len(posts(fake_llm)) == 4
    assert MEMORY in sent(fake_llm)
    assert "xxxx" not in sent(fake_llm)
    events = await anna.events_until(chat, "task_completed", after=0)
    usages = [event for event in events if event["type"] == "usage"]
    assert len(usages) == 1  # of the first turn; the others follow
    every = [item async for item in until_done(anna, chat, reply["run_id"])]
    assert [event["type"] for event in every].count("usage") == 2


async def until_done(person: Person, chat: str, run_id: str) -> Any:
    async for event in person.events(chat):
        if event["run_id"] != run_id:
            continue
        yield event
        if event["type"] == "task_completed":
            return


async def test_later_turns_reuse_the_summary(anna: Person, fake_llm: FakeLLM) -> None:
    chat = await fill(anna)
    await anna.say(chat, "what was it?")
    reply = (await anna.say(chat, "and again?"))["reply"]
    assert len(posts(fake_llm)) == 5
    assert [part["type"] for part in reply["parts"]] == ["text"]
    assert MEMORY in sent(fake_llm)
    assert "what was it?" in sent(fake_llm)


async def test_another_branch_before_the_summarised_messages_does_not_see_it(anna: Person, fake_llm: FakeLLM) -> None:
    chat = await fill(anna)
    await anna.say(chat, "what was it?")
    first = (await messages(anna, chat))[1]
    await anna.say(chat, "from here", parent_id=first["id"])
    assert MEMORY not in sent(fake_llm)
    assert "tulip" in sent(fake_llm)


async def test_when_the_summary_fails_the_oldest_are_left_out_and_the_model_is_told(
    anna: Person, fake_llm: FakeLLM
) -> None:
    chat = await fill(anna)
    fake_llm.play(lambda c: say("", stubborn=True) if is_summary(c) else say("Noted."))
    reply = (await anna.say(chat, "what was it?"))["reply"]
    assert reply["status"] == "done"
    assert [part["type"] for part in reply["parts"]] == ["text"]
    assert "2 earlier messages of this conversation are left out here" in sent(fake_llm)


async def test_the_offline_model_leaves_the_oldest_out(anna: Person, fake_llm: FakeLLM) -> None:
    chat = await fill(anna, model="offline")
    reply = (await anna.say(chat, "what was it?", model="offline"))["reply"]
    assert reply["status"] == "done"
    assert all(part["type"] != "summary" for part in reply["parts"])
    assert posts(fake_llm) == []


class Stalling(FakeLLM):
    """A provider that makes summaries but does not answer until it is told to."""

    stalls = True


@pytest.mark.e2e
async def test_a_killed_server_does_not_pay_for_the_summary_twice(tmp_path: Any) -> None:
    def stalling(c: Conversation) -> Reply:
        stalled = Reply(deltas=("late",), first_token_ms=60_000)
        return stalled if llm.stalls and "what was it?" in c.user_text and not is_summary(c) else script(c)

    with Stalling(stalling) as llm:
        async with running_server(tmp_path) as server:
            anna = await server.sign_in()
            await anna.connect(llm.openai_url, ["plain"])
            chat = await fill(anna)
            asked = await anna.say(chat, "what was it?", wait=False)
            await until(lambda: "what was it?" in sent(llm) and MEMORY in sent(llm))
            await server.kill()
            llm.stalls = False
            await server.start()
            await events_of_run(anna, chat, asked["run_id"], asked["seq"])
            reply = (await messages(anna, chat))[-1]
            await anna.client.aclose()
    assert [part["type"] for part in reply["parts"]] == ["summary", "text"]
    assert sum("memory of a conversation" in json.dumps(request["body"]) for request in posts(llm)) == 1
    assert MEMORY in sent(llm)
