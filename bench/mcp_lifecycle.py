"""What MCP servers leave behind: processes, descriptors, memory after 500 links, and after 100 changes under load."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil

from bench.bar import Bar, median, quantile
from entourage.kit.logs import configure_logs
from entourage.tools.mcp.links.link import Link
from entourage.tools.mcp.servers.service import McpServers
from tests.world import Person, World, open_world

FAKE = Path(__file__).parents[1] / "tests" / "fakes" / "mcp_server.py"
PEOPLE = int(os.environ.get("ENTOURAGE_BENCH_MCP_PEOPLE", "20"))
ROUNDS = int(os.environ.get("ENTOURAGE_BENCH_MCP_ROUNDS", "25"))
CHANGES = int(os.environ.get("ENTOURAGE_BENCH_MCP_CHANGES", "100"))
URL = "/api/v1/mcp/servers"
_WARM = 2
_SETTLED_MB = 30.0


async def bars() -> list[Bar]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name, "data")
        async with open_world(folder) as world:
            configure_logs(world.settings)
            ana = await world.person("ana", is_admin=True)
            found = [*await _links(world, ana, folder), *await _changes(world, ana, folder)]
        return [*found, Bar("processes after the server has ended", len(_processes(folder)), "", 0)]


async def _links(world: World, ana: Person, folder: Path) -> list[Bar]:
    """A process for each person, again and again."""
    await ana.post(URL, _body("each", is_shared=True), 201)
    people = [await world.person(f"p{number}") for number in range(PEOPLE)]
    servers = world.services.get(McpServers)
    for _ in range(_WARM):
        await _round(servers, people)
    rss, descriptors, took = _rss(), _descriptors(), list[float]()
    for _ in range(ROUNDS):
        took += await _round(servers, people)
    count = PEOPLE * ROUNDS
    return [
        Bar(f"{count} links: processes left", len(_processes(folder)), "", 0),
        Bar(f"{count} links: descriptors more", _descriptors() - descriptors, "", 0),
        Bar(f"{count} links: memory more", _rss() - rss, "MB", _SETTLED_MB),
        Bar("a process started, greeted, listed and called, p50", median(took) * 1000, "ms"),
    ]


async def _round(servers: McpServers, people: list[Person]) -> list[float]:
    async def one(person: Person) -> float:
        started = time.perf_counter()
        link: Link = await servers.link(person.id, "each", affinity="s")
        await link.request("tools/call", {"name": "echo", "arguments": {}})
        return time.perf_counter() - started

    took = await asyncio.gather(*(one(person) for person in people))
    definition = servers.registry.named(people[0].id, "each")
    await asyncio.gather(*(backend.stop() for backend in servers.pool.all_of(definition.id)))
    return took


async def _changes(world: World, ana: Person, folder: Path) -> list[Bar]:
    """One server is declared anew again and again while it and another are called."""
    for name in ("steady", "shaky"):
        await ana.post(URL, _body(name), 201)
        await ana.post("/my/tool-policies", {"subject": "*", "tool": f"{name}.*", "grant": "allow"}, 201)
        await _called(ana, name, 0)
    shaky = next(one for one in (await ana.get(URL))["items"] if one["name"] == "shaky")
    done, failures, calls = asyncio.Event(), list[Any](), list[float]()

    async def load(name: str) -> None:
        number = 0
        while not done.is_set():
            number += 1
            started = time.perf_counter()
            result = await _called(ana, name, number)
            calls.append(time.perf_counter() - started)
            if result["status"] != "ok":
                failures.append((name, result))

    loading = [asyncio.create_task(load(name)) for name in ("steady", "steady", "shaky")]
    for number in range(CHANGES):
        answer = await ana.client.patch(f"{URL}/{shaky['id']}", json={"env": {"ROUND": str(number)}})
        assert answer.status_code == 200, answer.text
        await asyncio.sleep(0.05)
    done.set()
    await asyncio.gather(*loading)
    for server in world.services.get(McpServers).registry.all():
        for backend in world.services.get(McpServers).pool.all_of(server.id):
            await backend.stop()
    async with asyncio.timeout(60):
        while left := _processes(folder):  # noqa: ASYNC110  processes tell nobody
            await asyncio.sleep(0.1)
    return [
        Bar(f"{CHANGES} changes under load: failed calls", len(failures), "", 0, note=str(failures[:1])[:80]),
        Bar(f"{CHANGES} changes under load: calls meanwhile", len(calls), ""),
        Bar(f"{CHANGES} changes under load: p99 of a call", quantile(calls, 0.99) * 1000, "ms"),
        Bar(f"{CHANGES} changes under load: processes left", len(left), "", 0),
    ]


async def _called(ana: Person, name: str, number: int) -> Any:
    return await ana.post(f"/my/tools/{name}.echo/call", {"args": {"n": number, "who": str(id(name))}}, 200)


def _body(name: str, **more: Any) -> dict[str, Any]:
    args, folders = [str(FAKE), "stdio"], [{"path": str(FAKE.parent)}]
    return {"name": name, "command": sys.executable, "args": args, "folders": folders, "network": False, **more}


def _processes(folder: Path) -> list[int]:
    """Bubblewraps over homes in this data folder, zombies of ours included."""
    found: list[int] = []
    for process in psutil.process_iter(["pid", "cmdline", "status", "ppid"]):
        is_zombie = process.info["status"] == psutil.STATUS_ZOMBIE and process.info["ppid"] == os.getpid()
        if is_zombie or str(folder / "mcp") in " ".join(process.info["cmdline"] or ()):
            found.append(process.info["pid"])
    return found


def _rss() -> float:
    return psutil.Process().memory_info().rss / 1_048_576


def _descriptors() -> int:
    return psutil.Process().num_fds()
