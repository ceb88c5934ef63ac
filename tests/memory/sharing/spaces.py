"""A workspace whose members share a memory: Ana owns it, Ben edits, Cleo looks, and Dan is a stranger."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from entourage.memory.service import Memories
from tests.workspaces.places import API, workspace
from tests.world import Person, World

HERON = "The staging server of our team is called heron."
ASKED = "What is the staging server of our team called?"


@dataclass
class Shared:
    """The workspace's id, and everybody around it."""

    world: World
    id: str
    ana: Person
    ben: Person
    cleo: Person
    dan: Person

    async def store(self, person: Person, text: str, **more: Any) -> Any:
        """Keep it in the workspace's memory, and wait until searches find it."""
        stored = await person.post("/my/memory", {"text": text, "workspace": self.id, **more}, 201)
        await self.indexed()
        return stored

    async def indexed(self) -> None:
        async with asyncio.timeout(60):
            await self.world.services.get(Memories).settled(self.id)

    async def texts(self, person: Person, query: str = ASKED, **more: Any) -> list[str]:
        """What a person's search of it finds."""
        found = await person.post("/my/memory/search", {"query": query, "workspace": self.id, **more}, 200)
        return [hit["memory"]["text"] for hit in found["items"]]

    def member(self, person: Person) -> str:
        return f"{API}/{self.id}/members/{person.id}"


async def shared(world: World) -> Shared:
    """A workspace of four people, one of whom is not in it."""
    ana, ben, cleo, dan = [await world.person(name) for name in ("ana", "ben", "cleo", "dan")]
    space = await workspace(ana, "Birds")
    await space.share(ben)
    await space.share(cleo, "viewer")
    return Shared(world, space.id, ana, ben, cleo, dan)
