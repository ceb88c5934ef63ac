"""What was said to a run and what it rests from outlive the server."""

from __future__ import annotations

from pathlib import Path

import httpx

from entourage.accounts.service import Accounts
from tests.agents.control.leading import ended, happens, kinds, last, notes_read, slowly, steps_of, text_of
from tests.fakes.conversation import Conversation
from tests.fakes.llm_server import FakeLLM
from tests.fakes.replies import Reply, call, say
from tests.world import Person, World, open_world


async def again(world: World, person: Person) -> Person:
    """The same person at a server that was started again."""
    token = await world.services.get(Accounts).mint_access_token(person.id)
    headers = {"Authorization": f"Bearer {token}"}
    client = httpx.AsyncClient(base_url=world.url, headers=headers, timeout=60, verify=False)
    there = Person(person.id, person.email, token, client)
    world.people.append(there)
    return there


def script(c: Conversation) -> Reply:
    """Speaks for long, asks after a note, and ends with what it was told."""
    told = notes_read(c)
    if any(turn.results for turn in c.turns):
        return say(f"Read: {' | '.join(told)}")
    return call("ask_user", question="Which?") if len(told) > 1 else slowly("word " * 400)


async def test_half_said_words_notes_and_their_places(
    tmp_path: Path, database_url: str | None, fake_llm: FakeLLM
) -> None:
    fake_llm.play(script)
    async with open_world(tmp_path, database_url=database_url) as world:
        anna = await world.person("anna")
        await anna.connect(fake_llm.openai_url, ["plain"])
        chat = await anna.chat()
        sent = await anna.say(chat, "go", wait=False)
        await happens(anna, chat, "text_delta")
        run = f"/my/runs/{sent['run_id']}"
        await anna.post(f"{run}/pause", {"how": "interrupt"}, 202)
        await anna.post(f"{run}/steer", {"text": "first"}, 202)
        await anna.post(f"{run}/steer", {"text": "second"}, 202)
    async with open_world(tmp_path, database_url=database_url) as world:
        anna = await again(world, anna)
        reply = await last(anna, chat)
        assert (reply["status"], kinds(reply)) == ("paused", ["text"])
        assert text_of(reply).startswith("word ")
        await anna.post(f"{run}/resume", {}, 202)
        await happens(anna, chat, "approval_requested")
        assert kinds(await last(anna, chat)) == ["note", "note", "tool_call"]
        await anna.post(f"{run}/steer", {"text": "third"}, 202)
    async with open_world(tmp_path, database_url=database_url) as world:
        anna = await again(world, anna)
        (question,) = (await anna.get("/my/approvals", status="pending"))["items"]
        await anna.post(f"/my/approvals/{question['id']}/decide", {"decision": "answer", "answer": "blue"}, 200)
        reply = (await ended(anna, sent))["message"]
        assert kinds(reply) == ["note", "note", "tool_call", "note", "text"]
        assert text_of(reply) == "Read: go | first | second | third"
        told = [step["kind"] for step in await steps_of(anna, sent["run_id"])]
        assert told == ["note", "note", "response", "tool", "note", "response"]
