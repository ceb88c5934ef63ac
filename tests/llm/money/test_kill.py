"""A server that is killed while calls are paid for: what is in the log is counted, once."""

from __future__ import annotations

import asyncio
import itertools
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx

from tests.e2e.processes import ServerProcess, running_server
from tests.fakes.llm_server import FakeLLM
from tests.llm.money.spending import PRICES
from tests.world import Person

CLIENTS = 8
CALLS_BEFORE_THE_END = 40


async def test_a_killed_server_has_counted_what_it_recorded(
    database_url: str | None, tmp_path: Path, fake_llm: FakeLLM
) -> None:
    async with running_server(tmp_path, database_url, GATEWAY_CACHE_SECONDS="0") as server:
        ana = await server.sign_in()
        await ana.connect(fake_llm.openai_url, ["m"], prices=PRICES)
        key = (await ana.post("/my/gateway-keys", {"name": "k", "requests_per_minute": 100_000}, 201))["key"]
        seen = await _calls_until_killed(server, ana, key)
        await ana.client.aclose()
        await server.start()
        ana = await server.sign_in()
        total = (await ana.get("/my/usage", by="model"))["total"]
        recorded = await _recorded(ana)
        assert len(recorded) == total["calls"]
        assert sum(Decimal(call["cost_usd"] or 0) for call in recorded.values()) == Decimal(total["cost_usd"])
        assert seen <= set(recorded)
        await ana.client.aclose()


async def _calls_until_killed(server: ServerProcess, person: Person, key: str) -> set[str]:
    """Clients that call one after the other; the ids of those that were seen in the log before the kill."""
    answered = itertools.count(1)
    enough = asyncio.Event()

    async def client() -> None:
        body = {"model": "m", "messages": [{"role": "user", "content": "hi"}]}
        headers = {"Authorization": f"Bearer {key}"}
        async with httpx.AsyncClient(base_url=server.url, headers=headers, timeout=60) as http:
            while True:
                answer = await http.post("/v1/chat/completions", json=body)
                answer.raise_for_status()
                if next(answered) >= CALLS_BEFORE_THE_END:
                    enough.set()

    clients = [asyncio.create_task(client()) for _ in range(CLIENTS)]
    async with asyncio.timeout(60):
        await enough.wait()
        seen = set(await _recorded(person))
        while not seen:
            seen = set(await _recorded(person))
    await server.kill()
    ends = await asyncio.gather(*clients, return_exceptions=True)
    assert all(isinstance(end, httpx.TransportError) for end in ends)
    return seen


async def _recorded(person: Person) -> dict[str, Any]:
    found: dict[str, Any] = {}
    cursor: str | None = None
    while True:
        page = await person.get("/my/usage/calls", limit=100, **({"cursor": cursor} if cursor else {}))
        for call in page["items"]:
            assert call["id"] not in found
            found[call["id"]] = call
        cursor = page["next_cursor"]
        if cursor is None:
            return found
