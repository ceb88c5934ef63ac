"""Titles by the model: asked once after the first answer, never instead of a person's own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from entourage.chats.titles import MAX_TITLE_CHARS, clean_title
from tests.fakes.conversation import Conversation
from tests.fakes.llm_server import FakeLLM
from tests.fakes.replies import Reply, say
from tests.world import Person, open_world


def is_title(c: Conversation) -> bool:
    return "Name this conversation" in c.system


def script(c: Conversation) -> Reply:
    return say('"Capital of France."\n') if is_title(c) else say("Paris.")


@pytest.fixture
async def anna(tmp_path: Path, fake_llm: FakeLLM) -> AsyncIterator[Person]:
    fake_llm.play(script)
    async with open_world(tmp_path, title_by_model=True) as world:
        person = await world.person("anna")
        await person.connect(fake_llm.openai_url, ["plain"])
        yield person


def titles_asked(llm: FakeLLM) -> int:
    return sum("Name this conversation" in str(request["body"]) for request in llm.requests)


async def title_after(person: Person, chat: str, title: str) -> None:
    """Wait until the conversation is told to have this title."""
    async for event in person.events(chat):
        if event["type"] == "chat_updated" and event["data"]["chat"]["title"] == title:
            return


async def test_the_first_answer_brings_a_title(anna: Person, fake_llm: FakeLLM) -> None:
    chat = await anna.chat()
    asked = await anna.say(chat, "what is the capital of France?")
    await title_after(anna, chat, "Capital of France")
    await anna.say(chat, "and of Spain?")
    assert (await anna.get(f"/my/chat/{chat}"))["title"] == "Capital of France"
    assert titles_asked(fake_llm) == 1
    request = next(r["body"] for r in fake_llm.requests if "Name this conversation" in str(r["body"]))
    assert request.get("max_completion_tokens", request.get("max_tokens")) <= 32
    events = await anna.events_until(chat, "task_started", after=asked["seq"])
    assert events
    used = [event async for event in until_second_usage(anna, chat)]
    assert used[-1]["run_id"] == asked["run_id"]


async def until_second_usage(person: Person, chat: str) -> AsyncIterator[dict[str, object]]:
    seen = 0
    async for event in person.events(chat):
        if event["type"] == "usage":
            seen += 1
            yield event
            if seen == 2:
                return


async def test_a_persons_title_is_never_replaced(anna: Person, fake_llm: FakeLLM) -> None:
    named = (await anna.post("/my/chat", {"title": "Mine"}, 201))["id"]
    await anna.say(named, "what is the capital of France?")
    other = await anna.chat()
    fake_llm.play(lambda c: Reply(deltas=("Late",), first_token_ms=300) if is_title(c) else say("Paris."))
    await anna.say(other, "what is the capital of France?")
    await anna.client.patch(f"/my/chat/{other}", json={"title": "My own"})
    await anna.say(other, "thanks")
    await until_usages(anna, other, 3)
    assert [item["title"] for item in (await anna.get("/my/chat"))["items"]] == ["My own", "Mine"]
    assert titles_asked(fake_llm) == 1


async def until_usages(person: Person, chat: str, count: int) -> None:
    async for event in person.events(chat):
        count -= event["type"] == "usage"
        if not count:
            return


async def test_offline_and_failing_models_leave_the_first_words(anna: Person, fake_llm: FakeLLM) -> None:
    offline = await anna.chat()
    await anna.say(offline, "hello there", model="offline")
    assert titles_asked(fake_llm) == 0
    failing = await anna.chat()
    fake_llm.play(lambda c: say("", stubborn=True) if is_title(c) else say("Paris."))
    await anna.say(failing, "hello again")
    await until_usages(anna, failing, 1)
    assert {item["title"] for item in (await anna.get("/my/chat"))["items"]} == {"hello there", "hello again"}


@settings(deadline=None)
@given(st.text())
def test_what_a_model_says_becomes_one_short_line(text: str) -> None:
    title = clean_title(text)
    assert len(title) <= MAX_TITLE_CHARS
    assert "\n" not in title
    assert title == title.strip()
