"""The bus: from asking to beginning, tasks a second, fifty agents at once, and what a server adds; peers beside it."""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import httpx

from bench.bar import Bar, median, quantile
from bench.rig import bus_peers
from bench.rig.bus import ENGINES, POSTGRES, Bus, bus
from bench.servers import Running, entourage
from entourage.agents.runs import Claim
from tests.fakes.llm_server import FakeLLM

START_MS = {"SQLite": 5.0, "PostgreSQL": 15.0}
SAMPLES, WARM_UP, TASKS = 200, 20, 1000
AGENTS, MODEL_SECONDS, ROUNDS = 50, 0.1, 10
FIRST_TOKEN_MS = 200.0


def bars() -> list[Bar]:
    found: list[Bar] = []
    for engine in ENGINES:
        found += asyncio.run(_engine(engine))
    for name, told in bus_peers.measured(POSTGRES).items():
        found += _peer(name, told)
    found += list(_server())
    return found


async def _engine(engine: str) -> list[Bar]:
    async with bus(engine) as opened:
        waits = await _waits(opened, None)
        direct = await _waits(opened, opened.dispatcher.worker)
    async with bus(engine) as opened:
        per_second = await _throughput(opened)
    async with bus(engine) as opened:
        share, spread = await _fifty(opened)
    limit = START_MS[engine]
    return [
        Bar(f"{engine}: enqueue to start, p50", median(waits), "ms"),
        Bar(f"{engine}: enqueue to start, p99", quantile(waits, 0.99), "ms", limit),
        Bar(f"{engine}: the same where a slot is free, p50", median(direct), "ms"),
        Bar(f"{engine}: the same where a slot is free, p99", quantile(direct, 0.99), "ms", limit),
        Bar(f"{engine}: empty tasks", per_second, "1/s"),
        Bar(f"{engine}: 50 agents, 100 ms each, of the ideal", share * 100, "%", 90, at_most=False),
        Bar(f"{engine}: of those, most over fewest ends of an agent", spread, "x", 1.5, note="in mid-way"),
    ]


async def _waits(opened: Bus, worker: str | None) -> list[float]:
    """From before the transaction to the first line of the work, in ms; one at a time."""
    waits: list[float] = []
    for number in range(SAMPLES + WARM_UP):
        at = time.perf_counter()
        (row,) = await opened.enqueue([f"agent{number % AGENTS}"], worker)
        opened.dispatcher.begin(row)
        await opened.until(1)
        waits.append((opened.job.began.pop(row.id) - at) * 1000)
    return waits[WARM_UP:]


async def _throughput(opened: Bus) -> float:
    """Entered in fifties, begun, ended; each end is a commit."""
    began = time.perf_counter()
    agents = [f"agent{number}" for number in range(AGENTS)]
    for _ in range(TASKS // AGENTS):
        await opened.enqueue(agents)
    await opened.until(TASKS)
    return TASKS / (time.perf_counter() - began)


async def _fifty(opened: Bus) -> tuple[float, float]:
    """How near to the ideal of fifty slots, and how even between agents when half is done."""

    all_entered = asyncio.Event()

    async def ask_model(claim: Claim) -> None:
        await all_entered.wait()
        await asyncio.sleep(MODEL_SECONDS)
        await opened.runs.record(claim, "response", "0", 0, "{}")

    agents = [f"agent{number}" for number in range(AGENTS)]
    opened.job.does = ask_model
    for _ in range(ROUNDS):
        await opened.enqueue(agents)
    all_entered.set()  # none ends before, or entering them would be measured in part
    began = time.perf_counter()
    ended = await opened.until(AGENTS * ROUNDS)
    ideal = ROUNDS * MODEL_SECONDS
    half = Counter(ended[: len(ended) // 2])
    return ideal / (time.perf_counter() - began), max(half.values()) / max(1, min(half[agent] for agent in agents))


def _peer(name: str, told: dict[str, Any]) -> list[Bar]:
    waits = [wait * 1000 for wait in told["waits"]]
    return [
        Bar(f"{name}: enqueue to start, p50", median(waits), "ms", note="a peer"),
        Bar(f"{name}: enqueue to start, p99", quantile(waits, 0.99), "ms", note="a peer"),
        Bar(f"{name}: empty tasks", told["per_second"], "1/s", note="a peer"),
    ]


def _server() -> Iterator[Bar]:
    with (
        FakeLLM("long", tokens_per_second=200, first_token_ms=FIRST_TOKEN_MS) as llm,
        entourage() as server,
        closing(server.client()) as client,
    ):
        body = {"name": "fake", "type": "openai_compatible", "base_url": llm.openai_url, "api_key": "sk-test"}
        models = {"models": ["long", "echo"], "is_default": True}
        client.post("/api/v1/providers", json={**body, **models}).raise_for_status()
        talks = [_talk(client) for _ in range(15)][3:]
        yield Bar("direct call to first event, p95", quantile([t["event"] for t in talks], 0.95), "ms", 100)
        yield Bar("first token after the model's, p95", quantile([t["token"] for t in talks], 0.95), "ms", 50)
        yield Bar("cancel in mid-stream to its event, p95", quantile([t["cancel"] for t in talks], 0.95), "ms", 50)
        time.sleep(2)
        yield Bar("idle CPU of a server", _idle(server), "%", 1)


def _talk(client: httpx.Client) -> dict[str, float]:
    """Times of one turn that is cancelled in the midst of its stream, in ms."""
    chat = client.post("/my/chat", json={}).json()["id"]
    said = {"content": [{"type": "text", "text": "go on"}], "target_agent": "coder"}
    started = time.perf_counter()
    sent = client.post(f"/my/chat/{chat}/message/", json=said).raise_for_status().json()
    times: dict[str, float] = {}
    cancelled = 0.0
    with client.stream("GET", f"/my/stream/{chat}", params={"after": sent["seq"]}) as answer:
        for line in answer.iter_lines():
            now = time.perf_counter()
            event = json.loads(line)
            if event.get("run_id") != sent["run_id"]:
                continue
            times.setdefault("event", (now - started) * 1000)
            if event["type"] == "text_delta" and not cancelled:
                times["token"] = (now - started) * 1000 - FIRST_TOKEN_MS
                cancelled = time.perf_counter()
                client.post(f"/my/runs/{sent['run_id']}/cancel").raise_for_status()
            if event["type"] == "task_cancelled":
                times["cancel"] = (now - cancelled) * 1000
                return times
    raise RuntimeError("the run was not cancelled")


def _idle(server: Running, seconds: float = 8.0) -> float:
    before = server.cpu_seconds()
    time.sleep(seconds)
    return (server.cpu_seconds() - before) / seconds * 100
