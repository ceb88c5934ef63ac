"""Waiting for the graph to have read along with memory."""

from __future__ import annotations

import asyncio

from sqlalchemy import select

from entourage.assembly import Stores
from entourage.memory.rows import PENDING
from entourage.memory.tables import MemoryRow, TombstoneRow
from tests.world import Person, World


async def settled(world: World, person: Person) -> None:
    """Return once what the person stored and forgot is in the graph."""
    waiting = select(MemoryRow.id).where(MemoryRow.told_state == PENDING).limit(1)
    async with asyncio.timeout(60):
        while True:
            async with world.services.get(Stores).database.read(person.id) as session:
                if (
                    await session.scalar(waiting) is None
                    and await session.scalar(select(TombstoneRow.memory_id)) is None
                ):
                    return
            await asyncio.sleep(0.02)
