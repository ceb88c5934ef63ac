"""After a turn a model may say what of it is worth keeping: in the background, once, at the person's price."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from entourage.agents.remembering.lessons import Lessons, facts_in
from entourage.agents.remembering.tables import LessonRow
from entourage.assembly import Stores
from entourage.kit.ids import new_id
from entourage.stores.sql import EVERYONE
from tests.agents.remembering.talking import lessons, texts
from tests.fakes.conversation import Conversation
from tests.fakes.llm_server import FakeLLM
from tests.fakes.replies import Fault, Reply, say
from tests.world import Person, World, open_world

Json = dict[str, Any]

WORDS = "We are moving our yard to Aveiro in June, can you list what to think of?"


def learned(*facts: str) -> Any:
    """A script that answers, and finds these facts."""
    told = "[" + ", ".join(f'"{fact}"' for fact in facts) + "]"

    def script(c: Conversation) -> Reply:
        return say(told) if "<turn>" in c.user_text else say("Movers, permits, insurance.")

    return script


async def waiting(world: World) -> list[LessonRow]:
    async with world.services.get(Stores).database.read(EVERYONE) as session:
        return list(await session.scalars(select(LessonRow)))


async def read_all(world: World) -> None:
    """Wait until every lesson was read."""
    async with asyncio.timeout(60):
        while await waiting(world):
            pass


async def test_a_model_finds_what_rules_do_not(mindful: World, anna: Person, fake_llm: FakeLLM) -> None:
    fake_llm.play(learned("The user moves their yard to Aveiro in June."))
    chat = await anna.chat()
    await anna.say(chat, WORDS)
    await read_all(mindful)
    assert await texts(anna, "fact") == ["The user moves their yard to Aveiro in June."]
    assert len(lessons(fake_llm)) == 1
    events = await anna.events_until(chat, "chat_updated")
    assert sum(event["type"] == "usage" for event in events) <= 2


async def test_it_is_asked_after_the_turn_and_paid_by_the_person(
    mindful: World, anna: Person, fake_llm: FakeLLM
) -> None:
    fake_llm.play(learned("The user moves."))
    chat = await anna.chat()
    sent = await anna.say(chat, WORDS)
    await read_all(mindful)
    seen: list[str] = []
    async with asyncio.timeout(60):
        async for event in anna.events(chat):
            seen.append(event["type"])
            if event["type"] == "memory_stored" and event["data"]["memory"]["kind"] == "fact":
                break
    assert seen.count("usage") == 2
    assert seen.index("task_completed") < len(seen) - 1 - seen[::-1].index("usage")
    run = await anna.get(f"/my/runs/{sent['run_id']}")
    assert run["status"] == "succeeded"


@pytest.mark.parametrize("extract", ["rules", "off"])
async def test_who_does_not_want_it_is_not_read(mindful: World, anna: Person, fake_llm: FakeLLM, extract: str) -> None:
    settings = await anna.get("/my/memory/settings")
    wanted = {"embedder": settings["embedder"], "extract": extract}
    assert (await anna.client.put("/my/memory/settings", json=wanted)).status_code == 200
    fake_llm.play(learned("The user moves."))
    await anna.say(await anna.chat(), WORDS)
    await read_all(mindful)
    assert lessons(fake_llm) == []
    assert await texts(anna, "fact") == []


async def test_a_request_without_a_person_in_it_costs_nothing(mindful: World, anna: Person, fake_llm: FakeLLM) -> None:
    fake_llm.play(learned("Nothing."))
    await anna.say(await anna.chat(), "Translate the word harbour into Portuguese.")
    await read_all(mindful)
    assert lessons(fake_llm) == []


async def test_a_model_that_fails_is_not_asked_again(mindful: World, anna: Person, fake_llm: FakeLLM) -> None:
    def script(c: Conversation) -> Reply:
        fails = "<turn>" in c.user_text
        return Reply(fault=Fault("status", 400, "bad", "No.")) if fails else say("Movers.")

    fake_llm.play(script)
    await anna.say(await anna.chat(), WORDS)
    await read_all(mindful)
    assert len(lessons(fake_llm)) == 1
    await mindful.services.get(Lessons).read_due()
    assert len(lessons(fake_llm)) == 1


async def test_what_a_crash_left_is_read_after_the_next_start(
    tmp_path: Path, database_url: str | None, fake_llm: FakeLLM
) -> None:
    fake_llm.play(learned("The user moves to Aveiro."))
    async with open_world(tmp_path, database_url=database_url) as world:
        anna = await world.person("anna")
        await anna.connect(fake_llm.openai_url, ["fake-1"])
        left = LessonRow(
            run_id=new_id(), chat_id=new_id(), message_id=new_id(), agent="coder", model="fake/fake-1", shared=True
        )
        left.question, left.answer, left.attempts, left.due_ms = WORDS, "Movers.", 1, 1
        async with world.services.get(Stores).database.write(anna.id) as session:
            session.add(left)
    async with open_world(tmp_path, database_url=database_url) as world:
        await read_all(world)
        async with world.services.get(Stores).database.read(anna.id) as session:
            from entourage.memory.tables import MemoryRow

            assert [row.text for row in await session.scalars(select(MemoryRow))] == ["The user moves to Aveiro."]
    assert len(lessons(fake_llm)) == 1


@pytest.mark.parametrize(
    ("said", "facts"),
    [
        ('["One.", "Two."]', ["One.", "Two."]),
        ('Sure:\n```json\n["One.", "One."]\n```', ["One."]),
        ("[]", []),
        ("nothing", []),
        ("[1, null, {}]", []),
        ('["unfinished', []),
        (str([f"{number}" for number in range(9)]).replace("'", '"'), ["0", "1", "2", "3", "4"]),
    ],
)
def test_only_sentences_are_taken_from_an_answer(said: str, facts: list[str]) -> None:
    assert facts_in(said) == facts
