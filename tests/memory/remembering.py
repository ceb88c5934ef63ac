"""What tests of memory do again and again."""

from __future__ import annotations

import asyncio
from typing import Any

from entourage.memory.service import Memories
from tests.world import Person, World


async def remember(person: Person, text: str, **more: Any) -> Any:
    """Store a new memory."""
    return await person.post("/my/memory", {"text": text, **more}, 201)


async def search(person: Person, query: str, **more: Any) -> Any:
    """What a search finds."""
    return await person.post("/my/memory/search", {"query": query, **more}, 200)


async def settled(world: World, person: Person) -> None:
    """Wait until all that a person stored is indexed."""
    async with asyncio.timeout(60):
        await world.services.get(Memories).settled(person.id)
