"""What the tests of remembering share: storing, waiting until it can be found, and what a model was shown."""

from __future__ import annotations

import asyncio
from typing import Any

from tests.fakes.conversation import Conversation
from tests.fakes.llm_server import FakeLLM
from tests.fakes.replies import Reply, say
from tests.world import Person

Json = dict[str, Any]

HERON = "The staging server of our team is called heron."
ASKED = "What is the staging server of our team called?"


async def store(person: Person, text: str, **more: Any) -> Json:
    """Keep a memory, and wait until searches find it."""
    answer = await person.client.post("/my/memory", json={"text": text, **more})
    assert answer.status_code in (200, 201), answer.text
    await indexed(person)
    return answer.json()


async def indexed(person: Person) -> None:
    """Wait until everything that was kept can be found."""
    async with asyncio.timeout(60):
        while (await person.get("/my/memory/stats"))["pending"]:
            pass


async def memories(person: Person, kind: str | None = None) -> list[Json]:
    """What is remembered, of a kind."""
    return (await person.get("/my/memory", **({"kind": kind} if kind else {})))["items"]


async def texts(person: Person, kind: str) -> list[str]:
    return [memory["text"] for memory in await memories(person, kind)]


async def agent_named(person: Person, name: str) -> Json:
    return next(agent for agent in (await person.get("/my/agents"))["items"] if agent["name"] == name)


async def change_agent(person: Person, name: str, **fields: Any) -> None:
    agent = await agent_named(person, name)
    answer = await person.client.patch(f"/my/agents/{agent['id']}", json=fields)
    assert answer.status_code == 200, answer.text


def says(text: str) -> Any:
    """A script that says this whatever it is asked."""

    def script(_: Conversation) -> Reply:
        return say(text)

    return script


def turns(fake_llm: FakeLLM) -> list[Json]:
    """What the model was asked for the turns of runs, not for facts."""
    bodies = [request["body"] for request in fake_llm.requests if "messages" in (request.get("body") or {})]
    return [body for body in bodies if "<turn>" not in said_by_user(body)]


def lessons(fake_llm: FakeLLM) -> list[Json]:
    """What the model was asked for facts."""
    bodies = [request["body"] for request in fake_llm.requests if "messages" in (request.get("body") or {})]
    return [body for body in bodies if "<turn>" in said_by_user(body)]


def said_by_user(body: Json) -> str:
    """All that stands on the person's side of it."""
    return "\n".join(_text(message["content"]) for message in body["messages"] if message["role"] == "user")


def system_of(body: Json) -> str:
    roles = ("system", "developer")
    return "\n".join(_text(message["content"]) for message in body["messages"] if message["role"] in roles)


def _text(content: Any) -> str:
    return content if isinstance(content, str) else "\n".join(part.get("text", "") for part in content)


def context_of(message: Json) -> list[Json]:
    """What was recalled for it."""
    return next((part["items"] for part in message["parts"] if part["type"] == "context"), [])
