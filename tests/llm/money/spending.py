"""Calls as the gateway's doors make them, for tests of what they cost."""

from __future__ import annotations

from typing import Any

from entourage.kit.ids import new_id
from entourage.llm.catalogue import Catalogue
from entourage.llm.money.call import Call, Spender, Tokens
from entourage.llm.money.meter import Admission, Meter
from tests.world import Person, World

PRICES = {"m": {"input": "10", "output": "20"}}
"""A thousand tokens in cost one cent."""

CENT = Tokens(input=1000)


async def provider(person: Person, **more: Any) -> dict[str, Any]:
    """A provider whose model `m` has a price."""
    body = {"name": "p", "type": "openai_compatible", "base_url": "http://127.0.0.1:9/v1", "models": ["m"]}
    return await person.post("/api/v1/providers", {**body, "prices": PRICES, **more}, 201)


def call(provider_id: str, tokens: Tokens = CENT, **more: Any) -> Call:
    """A call of the model `m` that has ended."""
    facts: dict[str, Any] = {
        "id": new_id(),
        "dialect": "chat",
        "door": "chat",
        "provider_id": provider_id,
        "provider_name": "p",
        "provider_type": "openai_compatible",
        "model": "m",
        "tokens": tokens,
        "latency_ms": 100,
    }
    return Call(**facts | more)


async def admit(world: World, person: Person, **more: Any) -> Admission:
    """Leave for a call, as a door gets it."""
    await world.services.get(Catalogue).of(person.id)
    return await world.services.get(Meter).admit(Spender(person.id, **more), "m")


async def spend(world: World, person: Person, provider_id: str, tokens: Tokens = CENT, **more: Any) -> str:
    """One call from admission to settling; the id of its event."""
    spender = {name: more.pop(name) for name in Spender.__struct_fields__ if name in more}
    admission = await admit(world, person, **spender)
    ended = call(provider_id, tokens, **more)
    world.services.get(Meter).settle(admission, ended)
    return ended.id


async def flush(world: World) -> None:
    """Wait until all of it is in the log."""
    await world.services.get(Meter).flush()
