"""A run that goes on later, after a restart or as a fork, was shown what it was shown."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.agents.control.leading import ended, steps_of, text_of
from tests.agents.control.test_restarts import again
from tests.agents.remembering.talking import ASKED, HERON, context_of, said_by_user, says, store, turns
from tests.agents.timetravel.test_forks import fork
from tests.fakes.conversation import Conversation
from tests.fakes.llm_server import FakeLLM
from tests.fakes.replies import Reply, call, say
from tests.world import Person, open_world

Json = dict[str, Any]


def asks_first(c: Conversation) -> Reply:
    """Asks the person, then answers."""
    return say(f"Thank you: {c.results[0].text}") if c.results else call("ask_user", question="Sure?")


async def answer_question(person: Person) -> None:
    [waiting] = (await person.get("/my/approvals", status="pending"))["items"]
    await person.post(f"/my/approvals/{waiting['id']}/decide", {"decision": "answer", "answer": "yes"}, 200)


async def test_a_run_that_waited_reads_the_same_though_it_was_forgotten(anna: Person, fake_llm: FakeLLM) -> None:
    stored = await store(anna, HERON)
    fake_llm.play(asks_first)
    chat = await anna.chat()
    sent = await anna.say(chat, ASKED)
    assert sent["reply"]["status"] == "waiting"
    await anna.client.delete(f"/my/memory/{stored['id']}")
    await store(anna, "The staging server of our team is called stork now.")
    await answer_question(anna)
    done = (await ended(anna, sent))["message"]
    first, second = turns(fake_llm)[0], turns(fake_llm)[1]
    assert said_by_user(first) == said_by_user(second)
    assert context_of(done) == context_of(sent["reply"])
    assert [step["kind"] for step in await steps_of(anna, sent["run_id"])].count("context") == 1


async def test_a_restart_in_between_changes_nothing(
    tmp_path: Path, database_url: str | None, fake_llm: FakeLLM
) -> None:
    fake_llm.play(asks_first)
    async with open_world(tmp_path, database_url=database_url) as world:
        anna = await world.person("anna")
        await anna.connect(fake_llm.openai_url, ["fake-1"])
        stored = await store(anna, HERON)
        sent = await anna.say(await anna.chat(), ASKED)
        await anna.client.delete(f"/my/memory/{stored['id']}")
    async with open_world(tmp_path, database_url=database_url) as world:
        anna = await again(world, anna)
        await answer_question(anna)
        done = (await ended(anna, sent))["message"]
    assert said_by_user(turns(fake_llm)[0]) == said_by_user(turns(fake_llm)[-1])
    assert [item["text"] for item in context_of(done)] == [HERON]


async def test_a_fork_after_it_reads_the_same_and_a_fork_before_it_recalls_anew(
    anna: Person, fake_llm: FakeLLM
) -> None:
    stored = await store(anna, HERON)
    fake_llm.play(says("It is heron [1]."))
    sent = await anna.say(await anna.chat(), ASKED)
    await anna.client.delete(f"/my/memory/{stored['id']}")
    later = (await ended(anna, await fork(anna, sent["run_id"], 1)))["message"]
    assert context_of(later) == context_of(sent["reply"])
    assert said_by_user(turns(fake_llm)[-1]) == said_by_user(turns(fake_llm)[0])
    anew = (await ended(anna, await fork(anna, sent["run_id"], 0)))["message"]
    assert stored["id"] not in {item["memory_id"] for item in context_of(anew)}
    assert text_of(anew) == "It is heron [1]."
