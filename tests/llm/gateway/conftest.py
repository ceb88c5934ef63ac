"""A whole server with two raw providers behind it, and aliases over both."""

from __future__ import annotations

import itertools
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from entourage.events.log import EventLog
from entourage.llm.money.meter import Meter
from entourage.stores.log import Filter
from tests.llm.gateway.dialects import PATHS, ask
from tests.llm.gateway.upstream import Upstream, upstream
from tests.world import Person, World, open_world

TYPES = {"chat": "openai_compatible", "responses": "openai", "messages": "anthropic_compatible"}


@dataclass
class Gate:
    """One person's gateway: providers `one` and `two` for each dialect, alias `both-<dialect>` over them in order."""

    world: World
    ana: Person
    one: Upstream
    two: Upstream
    providers: dict[str, str]

    async def post(self, dialect: str, body: Any, **headers: str) -> httpx.Response:
        """A request to the dialect's door."""
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        if isinstance(body, bytes):
            told = {"content-type": "application/json", **told}
            return await self.ana.client.post(PATHS[dialect], content=body, headers=told)
        return await self.ana.client.post(PATHS[dialect], json=body, headers=told)

    async def say(self, dialect: str, model: str, **more: Any) -> httpx.Response:
        """An ordinary request."""
        return await self.post(dialect, ask(dialect, model, **more))

    async def ledger(self) -> list[dict[str, Any]]:
        """What accounting knows, the oldest first."""
        return await ledger_of(self.world, self.ana)


async def ledger_of(world: World, person: Person) -> list[dict[str, Any]]:
    """The usage events of a person."""
    await world.services.get(Meter).flush()
    found = await world.services.get(EventLog).read(person.id, Filter(types=("usage",)))
    return [json.loads(event.record.data) for event in found]


async def connect(person: Person, name: str, kind: str, url: str, **more: Any) -> str:
    """A new provider's id."""
    base = url if kind.startswith("anthropic") else f"{url}/v1"
    body = {"name": name, "type": kind, "base_url": base, "api_key": f"sk-{name}-secret", "models": ["m"], **more}
    return (await person.post("/api/v1/providers", body, 201))["id"]


async def alias(person: Person, name: str, strategy: str, *candidates: tuple[str, str, int]) -> None:
    """A new alias over (provider id, model, weight)."""
    listed = [{"provider_id": provider, "model": model, "weight": weight} for provider, model, weight in candidates]
    await person.post("/api/v1/aliases", {"name": name, "strategy": strategy, "candidates": listed}, 201)


QUICK = {
    "provider_first_byte_seconds": 0.4,
    "provider_between_bytes_seconds": 0.4,
    "gateway_retries": 0,
    "gateway_requests_per_minute": 100_000,
}


@asynccontextmanager
async def gate_of(world: World) -> AsyncIterator[Gate]:
    """A new person in this world, with providers of their own."""
    async with AsyncExitStack() as stack:
        one, two = [await stack.enter_async_context(upstream()) for _ in range(2)]
        ana = await world.person(f"ana{next(_numbers)}")
        providers: dict[str, str] = {}
        for dialect, kind in TYPES.items():
            for name, fake in (("one", one), ("two", two)):
                providers[f"{name}-{dialect}"] = await connect(ana, f"{name}-{dialect}", kind, fake.url)
            first, second = providers[f"one-{dialect}"], providers[f"two-{dialect}"]
            await alias(ana, f"both-{dialect}", "priority", (first, "m", 1), (second, "m", 1))
        yield Gate(world, ana, one, two, providers)


_numbers = itertools.count()


@pytest.fixture(scope="session")
async def gate_world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    async with open_world(tmp_path_factory.mktemp("gateway"), **QUICK) as world:
        yield world


@pytest.fixture
async def gate(gate_world: World) -> AsyncIterator[Gate]:
    async with gate_of(gate_world) as opened:
        yield opened


@pytest.fixture
def own_gate(tmp_path: Path) -> Callable[..., AbstractAsyncContextManager[Gate]]:
    """A gate in a world of its own, with other settings."""

    @asynccontextmanager
    async def opened(**settings: Any) -> AsyncIterator[Gate]:
        async with open_world(tmp_path, **{**QUICK, **settings}) as world, gate_of(world) as gate:
            yield gate

    return opened
