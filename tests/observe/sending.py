"""What the tests of watching share: an application with a key of its own, and waiting for the projection."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from entourage.observe.projection.projector import Projector
from tests.world import Person, World

Json = dict[str, Any]

NDJSON = {"Content-Type": "application/x-ndjson"}
SESSION = "3f0c1f0e-8a1b-4c55-9a5e-0d5b7a1f9c01"


@dataclass
class Agent:
    """An outside agent that sends with an ingest key."""

    world: World
    owner: Person
    app: str
    key: Json
    client: httpx.AsyncClient

    async def hook(self, event: str, session: str = SESSION, **body: Any) -> httpx.Response:
        """A hook, as Claude Code sends it; it is taken."""
        whole = {"session_id": session, "hook_event_name": event, "cwd": "/home/ana/shop", **body}
        answer = await self.client.post(f"/hooks/{self.app}", json=whole)
        assert answer.status_code == 200, answer.text
        return answer

    async def tell(self, **body: Any) -> Json:
        """An event by `POST /events`; it is taken."""
        answer = await self.client.post("/events", json={"session_id": SESSION, **body})
        assert answer.status_code == 202, answer.text
        return answer.json()

    async def batch(self, *lines: Json | str) -> Json:
        """Lines by `POST /events/batch`."""
        text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
        answer = await self.client.post("/events/batch", content=text, headers=NDJSON)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def stored(self, **params: Any) -> list[Json]:
        """Events of the owner, oldest first."""
        return (await self.owner.get("/events", order="asc", limit=1000, **params))["items"]


async def settled(world: World) -> None:
    """Everything that is committed is projected."""
    await world.services.get(Projector).settle()


@asynccontextmanager
async def agent_of(world: World, owner: Person, app: str = "claude-code") -> AsyncIterator[Agent]:
    """An application of `owner` with a key for it alone."""
    key = await owner.post("/my/keys", {"name": app, "scopes": ["ingest"], "app": app}, 201)
    headers = {"Authorization": f"Bearer {key['key']}"}
    async with httpx.AsyncClient(base_url=world.url, headers=headers, timeout=30) as client:
        yield Agent(world, owner, app, key, client)
