"""Several replicas of one server: who takes the next call, and what becomes of calls when one dies."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest

from entourage.tools.mcp.servers.balancing import Balancer
from entourage.tools.mcp.servers.service import McpServers
from tests.tools.mcp.fake import http_fake
from tests.tools.mcp.servers.rig import added, called, fresh_name, pool_of, said, until
from tests.world import World

URL = "/api/v1/mcp/servers"


@asynccontextmanager
async def three(*options: str) -> AsyncIterator[list[tuple[int, asyncio.subprocess.Process]]]:
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(http_fake("--json", *options)) for _ in range(3)]


def body(name: str, fakes: list[tuple[int, Any]], **more: Any) -> dict[str, Any]:
    return {"name": name, "replicas": [{"url": f"http://127.0.0.1:{port}/mcp"} for port, _ in fakes], **more}


async def counts(world: World, person: Any, made: dict[str, Any]) -> list[int]:
    """How many calls each replica has had."""
    backend = pool_of(world).known(made["id"], person.id)
    assert backend
    found: list[int] = []
    for seat in backend.seats:
        link = await seat.link()
        found.append(int((await link.request("tools/call", {"name": "count"}))["content"][0]["text"]) - 1)
    return found


async def test_calls_go_round(small_world: World) -> None:
    ana = await small_world.person("ana", is_admin=True)
    name = fresh_name()
    async with three() as fakes:
        made = await added(ana, body(name, fakes))
        for number in range(12):
            await said(ana, f"{name}.echo", n=number)
        assert await counts(small_world, ana, made) == [4, 4, 4]


async def test_a_session_stays_with_its_replica(small_world: World) -> None:
    ana = await small_world.person("ana", is_admin=True)
    name = fresh_name()
    async with three() as fakes:
        made = await added(ana, body(name, fakes))
        link = await small_world.services.get(McpServers).link(ana.id, name, affinity="session 7")
        for _ in range(9):
            await link.request("tools/call", {"name": "echo", "arguments": {}})
        assert sorted(await counts(small_world, ana, made)) == [0, 0, 9]


@pytest.mark.parametrize("era", ["legacy", "modern"])
async def test_one_of_three_is_killed_under_load_and_no_idempotent_call_fails(small_world: World, era: str) -> None:
    ana = await small_world.person("ana", is_admin=True)
    name, other = fresh_name(), fresh_name("other")
    async with three("--era", era) as fakes, http_fake("--json") as (port, _):
        made = await added(ana, body(name, fakes))
        await added(ana, {"name": other, "url": f"http://127.0.0.1:{port}/mcp"})
        await said(ana, f"{name}.echo")
        statuses: Counter[str] = Counter()
        done = asyncio.Event()

        async def load(server: str) -> None:
            number = 0
            while not done.is_set():
                number += 1
                result = await called(ana, f"{server}.echo", n=number, who=id(asyncio.current_task()))
                statuses[f"{server} {result['status']}"] += 1

        loading = [asyncio.create_task(load(server)) for server in (name, name, name, other)]
        await until(lambda: statuses[f"{name} ok"] > 20)
        killed_port, process = fakes[1]
        process.kill()
        await process.wait()
        backend = pool_of(small_world).known(made["id"], ana.id)
        assert backend
        seat = backend.seats[1]
        await until(lambda: seat.breaker.state == "open")
        reached = statuses[f"{name} ok"]
        await until(lambda: statuses[f"{name} ok"] > reached + 20)
        # it comes back; once the breaker tries it again, it takes its share
        async with http_fake("--json", "--era", era, port=killed_port):
            seat.breaker._standing._open_until = 0.0
            await until(lambda: seat.breaker.state == "closed")
            done.set()
            await asyncio.gather(*loading)
        assert set(statuses) == {f"{name} ok", f"{other} ok"}
        shown = await ana.get(f"{URL}/{made['id']}/status")
        assert [one["state"] for one in shown["replicas"]] == ["closed", "closed", "closed"]


class Candidate:
    def __init__(self, index: int, weight: int = 1, in_flight: int = 0) -> None:
        self.index, self.weight, self.in_flight = index, weight, in_flight


def test_heavy_replicas_come_as_often_as_they_are_heavy() -> None:
    balancer = Balancer("weighted")
    candidates = [Candidate(0, 5), Candidate(1, 1), Candidate(2, 2)]
    first = [balancer.order(candidates)[0].index for _ in range(80)]
    assert Counter(first) == {0: 50, 1: 10, 2: 20}
    assert first[:8].count(0) == 5 and first[:3] != [0, 0, 0]


def test_the_least_busy_comes_first() -> None:
    balancer = Balancer("least_connections")
    candidates = [Candidate(0, in_flight=3), Candidate(1, in_flight=1), Candidate(2, in_flight=2)]
    assert [one.index for one in balancer.order(candidates)] == [1, 2, 0]
    idle = [Candidate(0), Candidate(1), Candidate(2)]
    assert {balancer.order(idle)[0].index for _ in range(6)} == {0, 1, 2}


def test_when_a_replica_goes_only_those_who_were_with_it_move() -> None:
    balancer = Balancer("round_robin")
    candidates = [Candidate(0), Candidate(1), Candidate(2)]
    before = {f"s{n}": balancer.order(candidates, f"s{n}")[0].index for n in range(60)}
    after = {f"s{n}": balancer.order(candidates[:2], f"s{n}")[0].index for n in range(60)}
    assert all(after[key] == index for key, index in before.items() if index != 2)
    assert set(before.values()) == {0, 1, 2}
