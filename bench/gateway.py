"""The AI gateway beside its upstream alone, nginx, LiteLLM's proxy and Portkey: one run, the gateway on one core.

The fake provider and the load generator share the other core. Our gateway checks a virtual key, its limit and its
budget, routes, reads usage, prices the call and writes its usage event; each request is another one, so that its cache
always misses (but where hits are measured). `python -m bench.rig.gateways` installs the others; what is not there is
left out.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Generator, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field

from bench.bar import Bar
from bench.rig.gateways import Gateway, litellm, nginx, ours, portkey
from bench.servers import free_port

SECONDS = float(os.environ.get("ENTOURAGE_BENCH_SECONDS", "5"))
CONNECTIONS = (1, 16, 64)
STREAMS = 64
REQUESTS_FOR_MEMORY = 100_000
GATEWAY_CORE, OTHER_CORE = 0, 1

PER_SECOND = 8_000
TIMES_NGINX = 4
BELOW_LITELLM, BELOW_PORTKEY = 20, 10
ADDED_MS = 1.0
MORE_MB = 10.0


@dataclass
class Measured:
    """What one gateway came to. CPU in microseconds of the gateway's process."""

    per_second: dict[int, float] = field(default_factory=dict[int, float])
    cpu_us: dict[int, float] = field(default_factory=dict[int, float])
    streams_per_second: float = 0.0
    stream_cpu_us: float = 0.0
    first_ms: float = 0.0
    failed: int = 0


def bars() -> list[Bar]:
    with _upstream() as upstream:
        direct = _measure(
            Gateway("direct", f"{upstream}/v1/chat/completions", "none", "m", os.getpid()), is_direct=True
        )
        found = [*_told("direct (the limit of the rig)", direct)]
        limit = _maybe(nginx(upstream))
        found += _told("nginx proxy_pass", limit) if limit else []
        with ours(upstream) as gateway:
            gateway.pin(GATEWAY_CORE)
            mine = _measure(gateway)
            more = [*_hits(gateway), *_memory(gateway)]
        others = {name: _maybe(start(upstream)) for name, start in (("LiteLLM", litellm), ("Portkey", portkey))}
    found += [*_judged(mine, direct, limit, others), *more]
    for name, one in others.items():
        found += _told(name, one) if one else []
    return found


def _maybe(starting: AbstractContextManager[Gateway | None]) -> Measured | None:
    with starting as gateway:
        if gateway is None:
            return None
        gateway.pin(GATEWAY_CORE)
        return _measure(gateway)


@contextmanager
def _upstream() -> Generator[str]:
    port = free_port()
    process = subprocess.Popen([sys.executable, "-m", "bench.rig.upstream", str(port)])
    os.sched_setaffinity(process.pid, {OTHER_CORE})
    try:
        time.sleep(1)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


def _measure(gateway: Gateway, *, is_direct: bool = False) -> Measured:
    measured = Measured()
    for connections in CONNECTIONS:
        told, cpu = _load(gateway, connections, "whole")
        measured.per_second[connections] = told["per_second"]
        measured.cpu_us[connections] = 0.0 if is_direct else cpu / max(1, told["done"]) * 1e6
        measured.failed += int(told["failed"])
    told, cpu = _load(gateway, STREAMS, "stream")
    measured.streams_per_second = told["per_second"]
    measured.stream_cpu_us = 0.0 if is_direct else cpu / max(1, told["done"]) * 1e6
    measured.failed += int(told["failed"])
    told, _ = _load(gateway, STREAMS, "paced")
    measured.first_ms = told["first_p50_ms"]
    measured.failed += int(told["failed"])
    return measured


def _load(gateway: Gateway, connections: int, kind: str, seconds: float = SECONDS) -> tuple[dict[str, float], float]:
    """What the load generator told, and the CPU seconds the gateway took meanwhile."""
    model = gateway.model + {"stream": "-stream", "paced": "-paced"}.get(kind, "")
    arguments = [gateway.url, gateway.key, model, str(connections), str(seconds), kind]
    extra = json.dumps(dict(gateway.headers))
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.rig.load", *arguments, extra], stdout=subprocess.PIPE, text=True
    )
    os.sched_setaffinity(process.pid, {OTHER_CORE})
    assert process.stdout
    if process.stdout.readline().strip() != "warm":
        raise RuntimeError("the load generator failed")
    before = gateway.cpu_seconds()
    told = json.loads(process.stdout.readline())
    cpu = gateway.cpu_seconds() - before
    process.wait(10)
    return told, cpu


def _told(name: str, measured: Measured) -> Iterator[Bar]:
    rates = ", ".join(f"{count}: {rate:.0f}" for count, rate in measured.per_second.items())
    note = f"by connections {rates}"
    yield Bar(f"{name}: whole answers at 64 connections", measured.per_second[64], "1/s", note=note)
    if measured.cpu_us[64]:
        yield Bar(f"{name}: CPU of a whole answer", measured.cpu_us[64], "us")
    note = f"CPU {measured.stream_cpu_us:.0f} us" if measured.stream_cpu_us else ""
    yield Bar(f"{name}: streams of 53 events at 64 connections", measured.streams_per_second, "1/s", note=note)
    failed = f"{measured.failed} failed" if measured.failed else ""
    yield Bar(f"{name}: first token at 64 paced streams, p50", measured.first_ms, "ms", note=failed)


def _judged(
    mine: Measured, direct: Measured, limit: Measured | None, others: dict[str, Measured | None]
) -> Iterator[Bar]:
    rates = ", ".join(f"{count}: {rate:.0f}" for count, rate in mine.per_second.items())
    yield Bar("ours: whole answers, one core", mine.per_second[64], "1/s", PER_SECOND, at_most=False, note=rates)
    cpu, note = mine.cpu_us[64], f"{mine.cpu_us[64]:.0f} us"
    if limit:
        yield Bar("ours: CPU of a whole answer, times nginx", cpu / limit.cpu_us[64], "x", TIMES_NGINX, note=note)
    for name, times in (("LiteLLM", BELOW_LITELLM), ("Portkey", BELOW_PORTKEY)):
        if other := others[name]:
            yield Bar(f"ours: CPU below that of {name}", other.cpu_us[64] / cpu, "x", times, at_most=False)
    note = f"CPU {mine.stream_cpu_us:.0f} us"
    yield Bar("ours: streams of 53 events, one core", mine.streams_per_second, "1/s", note=note)
    yield Bar("ours: added to the first token at 64 paced streams", mine.first_ms - direct.first_ms, "ms", ADDED_MS)
    yield Bar("ours: answers that failed", float(mine.failed), "", 0)


def _hits(gateway: Gateway) -> Iterator[Bar]:
    told, cpu = _load(gateway, 64, "same")
    yield Bar("ours: exact-cache hits", told["per_second"], "1/s", note=f"CPU {cpu / told['done'] * 1e6:.0f} us")


def _memory(gateway: Gateway) -> Iterator[Bar]:
    """Memory after the caches and windows have filled, and after so many requests more."""
    _load(gateway, 64, "whole", SECONDS * 4)
    before, done = gateway.rss_mb(), 0
    while done < REQUESTS_FOR_MEMORY:
        told, _ = _load(gateway, 64, "whole", SECONDS)
        done += int(told["done"])
    note = f"from {before:.0f} MB, over {done:,} requests"
    yield Bar("ours: memory grown", gateway.rss_mb() - before, "MB", MORE_MB, note=note)
