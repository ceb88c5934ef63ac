"""What is known is quoted to the agent before it is asked, with its sources, and shown with the answer."""

from __future__ import annotations

from typing import Any

from tests.agents.control.leading import kinds, steps_of
from tests.agents.remembering.talking import (
    ASKED,
    HERON,
    change_agent,
    context_of,
    said_by_user,
    says,
    store,
    system_of,
    turns,
)
from tests.fakes.conversation import Conversation
from tests.fakes.llm_server import FakeLLM
from tests.fakes.replies import Reply, call, say
from tests.world import Person, World

Json = dict[str, Any]


async def test_a_fact_is_quoted_to_the_agent_and_shown_with_the_answer(anna: Person, fake_llm: FakeLLM) -> None:
    stored = await store(anna, HERON)
    fake_llm.play(says("It is called heron [1]."))
    chat = await anna.chat()
    sent = await anna.say(chat, ASKED)
    assert kinds(sent["reply"]) == ["context", "text"]
    [item] = context_of(sent["reply"])
    assert (item["memory_id"], item["kind"], item["text"]) == (stored["id"], "fact", HERON)
    assert item["why"]
    body = turns(fake_llm)[0]
    assert f"> {HERON}" in said_by_user(body)
    assert said_by_user(body).index(HERON) < said_by_user(body).index(ASKED)
    assert HERON not in system_of(body)
    assert "They are data" in system_of(body)


async def test_it_is_told_before_the_answer_and_stays_with_it(anna: Person, fake_llm: FakeLLM) -> None:
    await store(anna, HERON)
    fake_llm.play(says("heron"))
    chat = await anna.chat()
    sent = await anna.say(chat, ASKED)
    events = await anna.events_until(chat, "task_completed")
    types = [event["type"] for event in events]
    retrieved = next(event for event in events if event["type"] == "context_retrieved")
    assert types.index("context_retrieved") < types.index("usage")
    assert retrieved["data"]["items"] == context_of(sent["reply"])
    assert retrieved["data"]["message_id"] == sent["reply_id"]
    shown = (await anna.get(f"/my/chat/{chat}/messages"))["items"][-1]
    assert kinds(shown) == ["context", "text"]


async def test_it_is_a_step_of_the_run(anna: Person, fake_llm: FakeLLM) -> None:
    await store(anna, HERON)
    fake_llm.play(says("heron"))
    sent = await anna.say(await anna.chat(), ASKED)
    context, response = await steps_of(anna, sent["run_id"])
    assert (context["kind"], context["title"]) == ("context", "Recalled one memory")
    assert HERON in context["output"]
    assert response["kind"] == "response"


async def test_who_has_no_memories_is_asked_as_ever(anna: Person, fake_llm: FakeLLM) -> None:
    fake_llm.play(says("Hello."))
    sent = await anna.say(await anna.chat(), "hello")
    assert kinds(sent["reply"]) == ["text"]
    assert said_by_user(turns(fake_llm)[0]) == "hello"
    assert "recalled" not in system_of(turns(fake_llm)[0])
    assert [step["kind"] for step in await steps_of(anna, sent["run_id"])] == ["response"]


async def test_nobody_is_reminded_of_what_another_person_knows(mindful: World, anna: Person, fake_llm: FakeLLM) -> None:
    await store(anna, HERON)
    bob = await mindful.person("bob")
    await bob.connect(fake_llm.openai_url, ["fake-1"])
    fake_llm.play(says("I do not know."))
    sent = await bob.say(await bob.chat(), ASKED)
    assert context_of(sent["reply"]) == []
    assert HERON not in said_by_user(turns(fake_llm)[-1])


async def test_an_agent_recalls_as_much_as_its_memory_says(anna: Person, fake_llm: FakeLLM) -> None:
    own = await store(anna, "The coder calls the staging server of our team egret.", agent="coder", shared=False)
    team = await store(anna, HERON)
    fake_llm.play(says("I see."))
    expected = {"all": {own["id"], team["id"]}, "own": {own["id"]}, "shared": {team["id"]}, "none": set[str]()}
    for scope, ids in expected.items():
        await change_agent(anna, "coder", memory=scope)
        sent = await anna.say(await anna.chat(), f"@coder {ASKED}")
        found = {item["memory_id"] for item in context_of(sent["reply"]) if item["kind"] == "fact"}
        assert found == ids, scope


async def test_who_switched_memory_off_is_not_reminded_and_not_remembered(anna: Person, fake_llm: FakeLLM) -> None:
    await store(anna, HERON)
    await anna.client.patch("/my/preferences", json={"memory": "off"})
    fake_llm.play(says("I do not know."))
    sent = await anna.say(await anna.chat(), ASKED)
    assert kinds(sent["reply"]) == ["text"]
    assert (await anna.get("/my/memory", kind="interaction"))["items"] == []
    await anna.client.patch("/my/preferences", json={"memory": "on"})
    assert context_of((await anna.say(await anna.chat(), ASKED))["reply"])


async def test_what_was_said_elsewhere_is_recalled_but_not_what_stands_in_the_conversation(
    anna: Person, fake_llm: FakeLLM
) -> None:
    from tests.agents.remembering.talking import indexed

    fake_llm.play(says("The regatta of the yacht club is on the ninth of May."))
    first = await anna.chat()
    told = await anna.say(first, "When is the regatta of the yacht club?")
    await indexed(anna)
    again = await anna.say(first, "When is the regatta of the yacht club, please?")
    assert context_of(again["reply"]) == []
    elsewhere = await anna.say(await anna.chat(), "When is the regatta of the yacht club?")
    items = context_of(elsewhere["reply"])
    assert {item["source"]["session_id"] for item in items} == {first}
    assert told["reply_id"] in {item["source"]["message_id"] for item in items}


async def test_a_called_agent_recalls_by_its_task(anna: Person, fake_llm: FakeLLM) -> None:
    await store(anna, HERON)

    def script(c: Conversation) -> Reply:
        if "You were called by another agent" in c.system:
            return say("heron")
        return say("Done.") if c.results else call("call_agent", agent="coder", task=ASKED)

    fake_llm.play(script)
    await anna.say(await anna.chat(), "Please have somebody look into it for me, would you?")
    child = next(body for body in turns(fake_llm) if "You were called by another agent" in system_of(body))
    assert HERON in said_by_user(child)


async def test_later_turns_are_not_told_again_what_earlier_ones_recalled(anna: Person, fake_llm: FakeLLM) -> None:
    await store(anna, HERON)
    fake_llm.play(says("It is heron."))
    chat = await anna.chat()
    await anna.say(chat, ASKED)
    await anna.say(chat, "Thanks! Now tell me something about the migration of storks in autumn and spring.")
    assert said_by_user(turns(fake_llm)[-1]).count("<recalled ") <= 1


async def test_a_shared_link_shows_the_answer_and_nothing_of_what_it_rests_on(anna: Person, fake_llm: FakeLLM) -> None:
    await store(anna, HERON)
    fake_llm.play(says("As you told me [1]."))
    chat = await anna.chat()
    await anna.say(chat, ASKED)
    share = await anna.post(f"/my/chat/{chat}/share", {}, 201)
    shown = await anna.client.get(f"/api/v1/shared/{share['token']}")
    assert "As you told me" in shown.text
    assert "heron" not in shown.text
    exported = (await anna.client.get(f"/my/chat/{chat}/export", params={"format": "markdown"})).text
    assert "Recalled from memory" in exported
    assert HERON in exported
