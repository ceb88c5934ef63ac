"""A turn with one tool: first event after the call, and what our run loop adds to the bare model calls."""

from __future__ import annotations

import asyncio
import json
import statistics
import time
from contextlib import closing
from typing import Any

import httpx

from bench.bar import Bar, median, quantile
from bench.servers import entourage
from tests.fakes.llm_server import FakeLLM

TURNS, WARM_UP = 60, 10


def bars() -> list[Bar]:
    with FakeLLM("one_tool") as provider, entourage() as server, closing(server.client()) as client:
        body = {"name": "fake", "type": "openai_compatible", "base_url": provider.openai_url, "api_key": "sk-test"}
        answer = client.post("/api/v1/providers", json={**body, "models": ["one_tool"], "is_default": True})
        answer.raise_for_status()
        chat = client.post("/my/chat", json={}).json()["id"]
        for _ in range(WARM_UP):
            _turn(client, chat)
        cpu = server.cpu_seconds()
        turns = [_turn(client, chat) for _ in range(TURNS)]
        cpu = (server.cpu_seconds() - cpu) / TURNS * 1000
        overhead = [turn["whole"] - turn["model"] - turn["tool"] for turn in turns]
        bare = _bare(provider.openai_url)
        alone = asyncio.run(_framework_alone(provider.openai_url))
    return [
        Bar("direct call to first event, p50", median([turn["first"] for turn in turns]), "ms", 100),
        Bar("direct call to first event, p95", quantile([turn["first"] for turn in turns], 0.95), "ms", 100),
        Bar("run loop over the model, one-tool turn, p50", median(overhead), "ms"),
        Bar("run loop over the model, one-tool turn, p95", quantile(overhead, 0.95), "ms", 10),
        Bar("  of which pydantic-ai alone, the same turn, p50", median(alone) - bare, "ms", note="without us"),
        Bar("server CPU of a whole turn", cpu, "ms", note=f"bare HTTP calls of it: {bare:.1f} ms wall"),
    ]


def _turn(client: httpx.Client, chat: str) -> dict[str, float]:
    """Times of one turn in ms: to the first event, the run from start to end, its model calls, its tool."""
    started = time.perf_counter()
    sent = client.post(
        f"/my/chat/{chat}/message/", json={"content": [{"type": "text", "text": "go"}], "parent_id": None}
    ).json()
    first, events = 0.0, list[dict[str, Any]]()
    with client.stream("GET", f"/my/stream/{chat}", params={"after": sent["seq"]}) as answer:
        for line in answer.iter_lines():
            event = json.loads(line)
            if event.get("run_id") != sent["run_id"]:
                continue
            first = first or (time.perf_counter() - started) * 1000
            events.append(event)
            if event["type"] == "task_completed":
                break
    of = {kind: [event for event in events if event["type"] == kind] for kind in ("usage", "tool_finished")}
    begin = next(event["ts"] for event in events if event["type"] == "task_started")
    return {
        "first": first,
        "whole": float(events[-1]["ts"] - begin),
        "model": float(sum(event["data"]["latency_ms"] for event in of["usage"])),
        "tool": float(sum(event["data"]["duration_ms"] for event in of["tool_finished"])),
    }


def _bare(url: str) -> float:
    """The provider's two answers without us, in ms."""
    times: list[float] = []
    body = {"model": "one_tool", "stream": True, "messages": [{"role": "user", "content": "go"}]}
    with httpx.Client(headers={"Authorization": "Bearer sk-test"}) as client:
        for _ in range(20):
            started = time.perf_counter()
            client.post(f"{url}/chat/completions", json=body)
            times.append((time.perf_counter() - started) * 2000)
    return statistics.median(times)


async def _framework_alone(url: str) -> list[float]:
    """The same turn by pydantic-ai without us, nothing recorded, in ms."""
    from pydantic_ai import Agent
    from pydantic_ai.models.openai import OpenAIChatModel
    from pydantic_ai.providers.openai import OpenAIProvider

    agent = Agent(OpenAIChatModel("one_tool", provider=OpenAIProvider(base_url=url, api_key="sk-test")))

    @agent.tool_plain
    def list_files(path: str = "", pattern: str | None = None) -> str:
        return "There are no files here."

    times: list[float] = []
    for _ in range(TURNS):
        started = time.perf_counter()
        async with agent.run_stream_events("go") as events:
            async for _event in events:
                pass
        times.append((time.perf_counter() - started) * 1000)
    return times[WARM_UP:]
