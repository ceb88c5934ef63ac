"""A turn that ended is remembered, with what the person said of themselves; what was deleted is not."""

from __future__ import annotations

from typing import Any

import pytest

from entourage.llm.statements import stated, to_remember
from tests.agents.remembering.talking import change_agent, memories, says, texts
from tests.fakes.conversation import Conversation
from tests.fakes.llm_server import FakeLLM
from tests.fakes.replies import Call, Fault, Reply, call, say
from tests.world import Person

Json = dict[str, Any]


async def test_a_turn_becomes_an_interaction_that_knows_where_it_was(anna: Person, fake_llm: FakeLLM) -> None:
    fake_llm.play(says("The ninth of May."))
    chat = await anna.chat()
    sent = await anna.say(chat, "When is the regatta?")
    [kept] = await memories(anna, "interaction")
    assert kept["text"] == "User: When is the regatta?\norchestrator: The ninth of May."
    assert kept["source"]["session_id"] == chat
    assert kept["source"]["message_id"] == sent["reply_id"]
    assert (kept["agent"], kept["shared"]) == ("orchestrator", True)


async def test_it_is_told_of(anna: Person, fake_llm: FakeLLM) -> None:
    fake_llm.play(says("The ninth of May."))
    chat = await anna.chat()
    await anna.say(chat, "When is the regatta?")
    told = (await anna.events_until(chat, "memory_stored"))[-1]
    assert told["data"]["memory"]["id"] == (await memories(anna, "interaction"))[0]["id"]


async def test_what_is_said_of_oneself_becomes_a_fact(anna: Person, fake_llm: FakeLLM) -> None:
    fake_llm.play(says("Noted."))
    for words in ("Remember that the door code is 4711.", "My name is Ana. What is the capital of Peru?", "Who am I?"):
        await anna.say(await anna.chat(), words)
    facts = await memories(anna, "fact")
    assert {fact["text"] for fact in facts} == {"the door code is 4711.", "My name is Ana."}
    assert all(fact["agent"] is None and fact["shared"] for fact in facts)


async def test_a_fact_that_the_agent_stored_itself_is_not_kept_twice(anna: Person, fake_llm: FakeLLM) -> None:
    stores = Reply(calls=(Call("memory_store", {"text": "Ana's door code is 4711."}),))
    fake_llm.play(lambda c: say("Noted.") if c.results else stores)
    await anna.say(await anna.chat(), "Remember that the door code is 4711.")
    assert await texts(anna, "fact") == ["Ana's door code is 4711."]


async def test_deleting_a_conversation_forgets_what_was_said_in_it_but_not_the_facts(
    anna: Person, fake_llm: FakeLLM
) -> None:
    fake_llm.play(says("Nice."))
    chat = await anna.chat()
    await anna.say(chat, "My name is Ana.")
    assert (await anna.client.delete(f"/my/chat/{chat}")).status_code == 204
    assert await memories(anna, "interaction") == []
    assert await texts(anna, "fact") == ["My name is Ana."]


async def test_an_agent_for_itself_shares_nothing_and_one_without_memory_leaves_nothing(
    anna: Person, fake_llm: FakeLLM
) -> None:
    fake_llm.play(says("Nice."))
    await change_agent(anna, "coder", memory="own")
    await anna.say(await anna.chat(), "@coder My name is Ana.")
    assert {(one["agent"], one["shared"]) for one in await memories(anna)} == {("coder", False)}
    assert await texts(anna, "fact") == ["My name is Ana."]
    await change_agent(anna, "tester", memory="none")
    before = len(await memories(anna))
    await anna.say(await anna.chat(), "@tester My name is Bob.")
    assert len(await memories(anna)) == before


async def test_a_turn_that_failed_is_not_remembered(anna: Person, fake_llm: FakeLLM) -> None:
    fake_llm.play(lambda _: Reply(fault=Fault("status", 400, "bad", "No.")))
    sent = await anna.say(await anna.chat(), "My name is Ana.")
    assert sent["reply"]["status"] == "failed"
    assert await memories(anna) == []


async def test_only_the_turn_that_answers_the_person_is_kept(anna: Person, fake_llm: FakeLLM) -> None:
    def script(c: Conversation) -> Reply:
        if "You were called by another agent" in c.system:
            return say("Six.")
        return say("Six, it seems.") if c.results else call("call_agent", agent="coder", task="Count to six.")

    fake_llm.play(script)
    await anna.say(await anna.chat(), "Please let somebody count to six.")
    assert [one["agent"] for one in await memories(anna, "interaction")] == ["orchestrator"]


async def test_who_does_not_want_to_be_remembered_is_not(anna: Person, fake_llm: FakeLLM) -> None:
    settings = await anna.get("/my/memory/settings")
    answer = await anna.client.put("/my/memory/settings", json={"embedder": settings["embedder"], "remember": False})
    assert answer.status_code == 200, answer.text
    fake_llm.play(says("Nice."))
    await anna.say(await anna.chat(), "My name is Ana.")
    assert await memories(anna) == []


@pytest.mark.parametrize(
    ("words", "facts"),
    [
        ("please remember: the cat is called Murr", ["the cat is called Murr"]),
        ("Hi, I prefer tea. Is it raining?", ["Hi, I prefer tea."]),
        ("@coder, my name is Ana", ["my name is Ana"]),
        ("My favourite colour is green", ["My favourite colour is green"]),
        ("Lembre-se de que eu moro em Lisboa", ["eu moro em Lisboa"]),
        ("Meu nome é João.", ["Meu nome é João."]),
        ("A minha cor favorita é azul", ["A minha cor favorita é azul"]),
        ("Запомни, что код двери 1234", ["код двери 1234"]),
        ("Меня зовут Аня. Я живу в Москве.", ["Меня зовут Аня.", "Я живу в Москве."]),
        ("Мой любимый цвет синий", ["Мой любимый цвет синий"]),
        ("Do you remember my name?", []),
        ("What is my name?", []),
        ("my code is broken", []),
        ("> I prefer tea\nWhat does he mean?", []),
        ("```\nI like tea\n```", []),
        ("Note that the file is large", []),
    ],
)
def test_rules_read_what_people_say_of_themselves(words: str, facts: list[str]) -> None:
    assert stated(words) == facts


def test_a_question_is_no_request_to_remember() -> None:
    assert to_remember("Can you remember that film?") is None
    assert to_remember("remember to buy milk") is None
