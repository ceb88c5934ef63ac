"""Vectors: searches over all and over one of a thousand owners, while writing and building, beside other engines.

A million vectors take half an hour; `ENTOURAGE_BENCH_VECTORS=10000,100000` leaves them out.
"""

from __future__ import annotations

import asyncio
import os

from bench.bar import Bar, median, quantile
from bench.rig import vector_peers
from bench.rig.vectors import COLLECTION, Rig, cpu_ms, memory_mb, rig
from entourage.stores.vectors import Where

SIZES = [int(size) for size in os.environ.get("ENTOURAGE_BENCH_VECTORS", "10000,100000,1000000").split(",")]
OWNERS, SEARCHES, COMPARED = 1000, 300, 50
STALL_MS, FILTERED_MS, WHOLE_MS = 20.0, 5.0, 50.0


def bars() -> list[Bar]:
    found: list[Bar] = []
    for size in SIZES:
        found += asyncio.run(_whole(size))
    for size in SIZES:
        found += asyncio.run(_owners(size))
    for name, told in vector_peers.measured().items():
        found += _peer(name, told)
    return found


async def _whole(size: int) -> list[Bar]:
    """All vectors are one owner's."""
    name = f"{size:,} of one owner"
    async with rig(size, owners=1) as opened:
        found = await _written(opened, name, size)
        quiet = await opened.times(SEARCHES)
        found += [
            Bar(f"{name}: search, p50", median(quiet), "ms"),
            Bar(f"{name}: search, p95", quantile(quiet, 0.95), "ms", WHOLE_MS),
            Bar(f"{name}: search, processor of the child", await _cpu(opened), "ms"),
            Bar(f"{name}: vector and terms at once, p95", quantile(await opened.hybrid(SEARCHES), 0.95), "ms"),
            Bar(f"{name}: one kind of ten, p95", await _conditioned(opened), "ms", WHOLE_MS),
            Bar(f"{name}: recall@10 against all compared", await opened.recall(COMPARED), "", 0.95, at_most=False),
        ]
        return found + await _memory(opened, name)


async def _owners(size: int) -> list[Bar]:
    """The same among a thousand owners."""
    name = f"{size:,} of {OWNERS:,} owners"
    async with rig(size, owners=OWNERS) as opened:
        found = await _written(opened, name, size, filtered=True)
        quiet = await opened.times(SEARCHES * 3)
        found += [
            Bar(f"{name}: search, p50", median(quiet), "ms"),
            Bar(f"{name}: search, p99", quantile(quiet, 0.99), "ms", FILTERED_MS),
            Bar(f"{name}: search, processor of the child", await _cpu(opened), "ms"),
        ]
        return found + await _memory(opened, name)


async def _written(opened: Rig, name: str, size: int, *, filtered: bool = False) -> list[Bar]:
    """Figures of writing everything, and of building the index after it."""
    filling = await opened.fill()
    building = await opened.build()
    limit = FILTERED_MS if filtered else None
    return [
        Bar(f"{name}: upserts", size / filling.seconds, "1/s", note="with making the points"),
        Bar(f"{name}: stall of the loop while upserting", filling.stall, "ms", STALL_MS),
        Bar(f"{name}: processor of the loop in one turn of it", filling.work, "ms", STALL_MS),
        Bar(f"{name}: search while upserting, p99", filling.p99, "ms", limit),
        Bar(f"{name}: building after that", building.seconds, "s"),
        Bar(f"{name}: stall of the loop while building", building.stall, "ms", STALL_MS),
        Bar(f"{name}: search while building, p99", building.p99, "ms", limit),
    ]


async def _cpu(opened: Rig) -> float:
    (pid,) = opened.store.pids()
    before = cpu_ms(pid)
    await opened.times(SEARCHES)
    return (cpu_ms(pid) - before) / SEARCHES


async def _conditioned(opened: Rig) -> float:
    return quantile(await opened.times(SEARCHES, Where(equals={"kind": "kind3"})), 0.95)


async def _memory(opened: Rig, name: str) -> list[Bar]:
    own, mapped = memory_mb(opened.store.pids()[0])
    (state,) = [each for each in await opened.store.collections() if each.name == COLLECTION]
    return [
        Bar(f"{name}: memory of the child", own, "MB", note=f"and {mapped:.0f} MB of mapped files"),
        Bar(f"{name}: on disk", state.bytes / 1e6, "MB"),
    ]


def _peer(name: str, told: dict[str, float]) -> list[Bar]:
    return [
        Bar(f"{name}: search, p50", told["p50"], "ms", note="a peer"),
        Bar(f"{name}: search, p95", told["p95"], "ms", note="a peer"),
        Bar(f"{name}: search of one of 1,000 owners, p99", told["owner_p99"], "ms", note="a peer"),
        Bar(f"{name}: upserts", told["per_second"], "1/s", note="a peer"),
    ]
