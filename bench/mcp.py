"""The MCP gateway beside its servers asked direct, FastMCP's proxy, mcp-proxy and ContextForge: one run, one machine.

The gateway has one core, its server and the load generator the other. Each call is another one, is checked, allowed,
logged as events and counted by ours. `python -m bench.rig.mcp_gateways` installs the others; what is not there is left
out.
"""

from __future__ import annotations

import asyncio
import json
import os
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from bench.bar import Bar, median
from bench.rig.gateways import Gateway
from bench.rig.mcp_gateways import STDIO, contextforge, echo, fastmcp, mcp_proxy, ours

SECONDS = float(os.environ.get("ENTOURAGE_BENCH_SECONDS", "5"))
CONNECTIONS = (1, 16)
GATEWAY_CORE, OTHER_CORE = 0, 1
ADDED_MS, SHARE = 1.0, 0.5
TIMES_FASTMCP, TIMES_FORGE = 3, 20
LIST_MS, TOOLS = 20.0, 1000
SESSIONS, MORE_MB = 500, 10.0


@dataclass
class Measured:
    """Calls a second by connections; p50 and p99 at one; CPU of a call at 16 connections; memory afterwards."""

    per_second: dict[int, float] = field(default_factory=dict[int, float])
    p50_ms: float = 0.0
    p99_ms: float = 0.0
    cpu_us: float = 0.0
    rss_mb: float = 0.0
    failed: int = 0


def bars() -> list[Bar]:
    found: list[Bar] = []
    with echo() as upstream:
        for era in ("legacy", "modern"):
            direct = _measure(Gateway("direct", upstream, "none", "echo", 0), era)
            found += _told(f"direct, HTTP, {era}", direct)
            with ours(upstream, "http") as gateway:
                mine = _measure(gateway, era)
            found += [*_told(f"ours, HTTP, {era}", mine), *_judged(f"HTTP, {era}", mine, direct)]
            found += _others(mine, upstream, era)
    for era in ("legacy", "modern"):
        direct = _measure(Gateway("direct", "stdio:" + shlex.join(STDIO), "none", "echo", 0), era)
        found += _told(f"direct, stdio, {era}", direct)
        with ours(None, "stdio") as gateway:
            mine = _measure(gateway, era)
        found += [*_told(f"ours, stdio, {era}", mine), *_judged(f"stdio, {era}", mine, direct)]
    found += _told_or_not("mcp-proxy, stdio, legacy", mcp_proxy(), "legacy")
    return [*found, *_lists(), *_sessions()]


def _others(mine: Measured, upstream: str, era: str) -> Iterator[Bar]:
    starts = [("FastMCP proxy", fastmcp, TIMES_FASTMCP)]
    if era == "legacy":  # ContextForge answers 400 to the other
        starts.append(("ContextForge", contextforge, TIMES_FORGE))
    for name, start, times in starts:
        with start(upstream, "http") as gateway:
            if gateway is None:
                continue
            other = _measure(gateway, era)
        yield from _told(f"{name}, HTTP, {era}", other)
        for count in CONNECTIONS:
            faster = mine.per_second[count] / max(0.01, other.per_second[count])
            yield Bar(f"ours, HTTP, {era}: times {name} at {count}", faster, "x", times, at_most=False)


def _told_or_not(name: str, starting: AbstractContextManager[Gateway | None], era: str) -> Iterator[Bar]:
    with starting as gateway:
        if gateway is not None:
            yield from _told(name, _measure(gateway, era))


def _measure(gateway: Gateway, era: str) -> Measured:
    measured = Measured()
    if gateway.pid:
        gateway.pin(GATEWAY_CORE)
    for connections in CONNECTIONS:
        told, cpu = _load(gateway, era, connections)
        measured.per_second[connections] = told["per_second"]
        measured.failed += int(told["failed"])
        measured.cpu_us = cpu / max(1, told["done"]) * 1e6
        if connections == 1:
            measured.p50_ms, measured.p99_ms = told["p50_ms"], told["p99_ms"]
    measured.rss_mb = gateway.rss_mb() if gateway.pid else 0.0
    return measured


def _load(gateway: Gateway, era: str, connections: int) -> tuple[dict[str, float], float]:
    arguments = [gateway.url, gateway.key, era, gateway.model, str(connections), str(SECONDS)]
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.rig.mcp_load", *arguments], stdout=subprocess.PIPE, text=True
    )
    os.sched_setaffinity(process.pid, {OTHER_CORE})
    assert process.stdout
    if process.stdout.readline().strip() != "warm":
        raise RuntimeError(f"the load generator failed at {gateway.name}")
    before = gateway.cpu_seconds() if gateway.pid else 0.0
    told = json.loads(process.stdout.readline())
    cpu = (gateway.cpu_seconds() if gateway.pid else 0.0) - before
    process.wait(10)
    return told, cpu


def _told(name: str, measured: Measured) -> Iterator[Bar]:
    note = f"p50 {measured.p50_ms:.2f} ms, p99 {measured.p99_ms:.2f} ms, at 16: {measured.per_second[16]:.0f}/s"
    if measured.cpu_us:
        note += f", CPU {measured.cpu_us:.0f} us, {measured.rss_mb:.0f} MB"
    if measured.failed:
        note += f", {measured.failed} FAILED"
    yield Bar(f"{name}: calls at 1 connection", measured.per_second[1], "1/s", note=note)


def _judged(name: str, mine: Measured, direct: Measured) -> Iterator[Bar]:
    yield Bar(f"ours, {name}: added at 1 connection, p50", mine.p50_ms - direct.p50_ms, "ms", ADDED_MS)
    for count in CONNECTIONS:
        share = mine.per_second[count] / direct.per_second[count]
        yield Bar(f"ours, {name}: share of direct at {count}", share, "", SHARE, at_most=False)
    yield Bar(f"ours, {name}: calls that failed", float(mine.failed), "", 0)


def _lists() -> Iterator[Bar]:
    """A list of 1,000 tools over HTTP, when it was just read and when something had changed."""
    times, size = asyncio.run(_listed())
    note = f"{size / 1024:.0f} kB, first {times[0]:.1f} ms"
    yield Bar(f"ours: tools/list of {TOOLS} tools, p50", median(times[1:]), "ms", LIST_MS, note=note)


async def _listed() -> tuple[list[float], int]:
    from bench.rig.mcp_front import fronted_tools

    times: list[float] = []
    size = 0
    with TemporaryDirectory() as scratch:
        async with fronted_tools(Path(scratch), TOOLS) as (ask, changed):
            for number in range(20):
                if number % 4 == 0:
                    changed()
                started = time.perf_counter()
                size = len(await ask())
                times.append((time.perf_counter() - started) * 1000)
    return times, size


def _sessions() -> Iterator[Bar]:
    """Sessions that are opened and left alone: what each holds."""
    with echo() as upstream, ours(upstream, "http") as gateway:
        before = gateway.rss_mb()
        headers = {"authorization": f"Bearer {gateway.key}", "accept": "application/json, text/event-stream"}
        hello = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "b", "version": "1"}}
        body = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": hello}
        with httpx.Client(headers=headers, timeout=30) as client:
            started = time.perf_counter()
            for _ in range(SESSIONS):
                client.post(gateway.url, json=body).raise_for_status()
            took = time.perf_counter() - started
        note = f"from {before:.0f} MB; {SESSIONS / took:.0f} opened a second"
        yield Bar(
            f"ours: memory of {SESSIONS} sessions left alone", gateway.rss_mb() - before, "MB", MORE_MB, note=note
        )
