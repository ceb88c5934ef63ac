"""Many people with nearly the same memories: nobody ever finds another's.

`ENTOURAGE_TEST_TENANTS=1000` has as many people and ten searches of each; by default there are a few.
"""

import asyncio
import os

from entourage.kit.ids import new_id
from entourage.memory.schemas import NewMemory
from entourage.memory.search_schemas import MemorySearch
from entourage.memory.service import Memories

TENANTS = int(os.environ.get("ENTOURAGE_TEST_TENANTS", "20"))
SEARCHES_EACH = 10
AT_ONCE = 8

PLANTED = "The vault of the archive opens with the code {code}; only the owner of it may know."
QUESTIONS = ["which code opens the vault", "vault archive code", "{code}", "who may know it", "code {code} archive"]


async def test_nobody_finds_a_twin_of_somebody_else(small_own_world):
    memories = small_own_world.services.get(Memories)
    tenants = [(new_id(), 4000 + number) for number in range(TENANTS)]
    for owner_id, code in tenants:
        await memories.store(owner_id, NewMemory(text=PLANTED.format(code=code)))
    for owner_id, _ in tenants:
        await memories.settled(owner_id)
    gate = asyncio.Semaphore(AT_ONCE)
    foreign: list[tuple[int, str]] = []
    silent: list[int] = []

    async def ask(owner_id, code, turn):
        other = tenants[(code * 7 + turn) % TENANTS][1]
        query = QUESTIONS[turn % len(QUESTIONS)].format(code=other)
        async with gate:
            found = await memories.search(owner_id, MemorySearch(query=query, limit=20, diversity=0.5 * (turn % 2)))
        texts = [item.memory.text for item in found.items]
        foreign.extend((code, text) for text in texts if text != PLANTED.format(code=code))
        silent.extend([code] if not texts else [])

    turns = [ask(owner_id, code, turn) for owner_id, code in tenants for turn in range(SEARCHES_EACH)]
    await asyncio.gather(*turns)
    assert foreign == []
    assert silent == []
