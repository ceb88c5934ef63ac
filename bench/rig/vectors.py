"""A collection under test: made-up vectors in clusters, searches timed, the loop and the children watched."""

from __future__ import annotations

import asyncio
import os
import time
from array import array
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

import numpy as np

from bench.bar import quantile
from entourage.stores.vectors import Point, Search, Sparse, Where
from entourage.stores.vectors.edge.store import EdgeVectors

DIMENSIONS, CLUSTERS, KINDS = 384, 200, 10
TERMS, VOCABULARY = 20, 30_000
COLLECTION = "text-bench-384"


class Corpus:
    """`size` vectors, the same in every run."""

    def __init__(self, size: int) -> None:
        self._chance = np.random.default_rng(size)
        self._centres = self._chance.standard_normal((CLUSTERS, DIMENSIONS), dtype=np.float32)
        self.vectors = self.some(size)

    def some(self, count: int) -> np.ndarray:
        """Further vectors of the same kind, at unit length."""
        noise = self._chance.standard_normal((count, DIMENSIONS), dtype=np.float32) * 0.8
        found = self._centres[self._chance.integers(0, CLUSTERS, count)] + noise
        return found / np.linalg.norm(found, axis=1, keepdims=True)

    def point(self, number: int) -> Point:
        terms = np.unique(self._chance.zipf(1.3, TERMS) % VOCABULARY).tolist()
        payload = {"kind": f"kind{number % KINDS}", "created_ms": number, "tags": ["bench"]}
        return Point(id_of(number), vector(self.vectors[number]), Sparse(terms, [1.0] * len(terms)), payload)

    def nearest(self, query: np.ndarray, among: np.ndarray | slice, limit: int = 10) -> float:
        """The cosine of the last of the true `limit` nearest."""
        scores = self.vectors[among] @ query
        return float(np.partition(scores, -limit)[-limit])


def id_of(number: int) -> str:
    return str(UUID(int=number))


def vector(values: np.ndarray) -> array[float]:
    return array("f", values.tobytes())


@dataclass
class Watched:
    """What was seen while something went on."""

    stalls_ms: list[float] = field(default_factory=lambda: [0.0])
    works_ms: list[float] = field(default_factory=lambda: [0.0])
    searches_ms: list[float] = field(default_factory=lambda: [0.0])
    seconds: float = 0.0

    @property
    def stall(self) -> float:
        return max(self.stalls_ms)

    @property
    def work(self) -> float:
        """What of the longest stall the loop itself had to do: other processes on the machine do not count."""
        return max(self.works_ms)

    @property
    def p99(self) -> float:
        return quantile(self.searches_ms, 0.99)


class Rig:
    """A store in a folder of its own. `owner_of` says whose the point of a number is."""

    def __init__(self, store: EdgeVectors, corpus: Corpus, owners: int) -> None:
        self.store = store
        self.corpus = corpus
        self._owners = owners
        self._size = len(corpus.vectors)

    def owner(self, number: int) -> str:
        return f"owner{number * self._owners // self._size}"

    async def fill(self) -> Watched:
        """Write everything, at most fifty points of one owner at a time, while somebody searches."""
        step = min(50, self._size // self._owners)
        async with self.watched() as watched:
            for start in range(0, self._size, step):
                numbers = range(start, min(start + step, self._size))
                points = [self.corpus.point(number) for number in numbers]
                await self.store.upsert(COLLECTION, self.owner(start), points)
        return watched

    async def build(self) -> Watched:
        """Wait until the index is built, while somebody searches."""
        async with self.watched() as watched:
            await self.store.built()
        return watched

    @asynccontextmanager
    async def watched(self) -> AsyncGenerator[Watched]:
        watched, began = Watched(), time.perf_counter()
        tasks = [asyncio.create_task(self._ticks(watched)), asyncio.create_task(self._searches(watched))]
        try:
            yield watched
        finally:
            watched.seconds = time.perf_counter() - began
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)

    async def search(self, query: np.ndarray, owner: str, where: Where | None = None) -> tuple[float, list[float]]:
        """The time in ms, and the scores."""
        began = time.perf_counter()
        (hits,) = await self.store.search(COLLECTION, owner, [Search(vector(query), 10, where)])
        return (time.perf_counter() - began) * 1000, [hit.score for hit in hits]

    async def times(self, count: int, where: Where | None = None) -> list[float]:
        """Times of searches of one owner after the other, in ms."""
        queries = self.corpus.some(count)
        step = max(1, self._size // count)
        return [(await self.search(query, self.owner(n * step), where))[0] for n, query in enumerate(queries)]

    async def hybrid(self, count: int) -> list[float]:
        """Times of searches by vector and by terms in one visit, in ms."""
        times: list[float] = []
        for n, query in enumerate(self.corpus.some(count)):
            terms = sorted({1, n % 100 + 2, n % 1000 + 200})
            searches = [Search(vector(query), 50), Search(Sparse(terms, [1.0] * len(terms)), 50)]
            began = time.perf_counter()
            await self.store.search(COLLECTION, self.owner(n), searches)
            times.append((time.perf_counter() - began) * 1000)
        return times

    async def recall(self, count: int) -> float:
        """Share of the true ten nearest that is found, with all vectors one owner's."""
        found = 0
        for query in self.corpus.some(count):
            _, scores = await self.search(query, self.owner(0))
            least = self.corpus.nearest(query, slice(None))
            found += sum(score >= least - 1e-4 for score in scores)
        return found / (10 * count)

    async def _ticks(self, watched: Watched) -> None:
        """How much later than asked the loop comes back."""
        while True:
            began, worked = time.perf_counter(), time.thread_time()
            await asyncio.sleep(0.001)
            watched.stalls_ms.append((time.perf_counter() - began - 0.001) * 1000)
            watched.works_ms.append((time.thread_time() - worked) * 1000)

    async def _searches(self, watched: Watched) -> None:
        queries = self.corpus.some(256)
        while True:
            for query in queries:
                took, _ = await self.search(query, self.owner(0))
                watched.searches_ms.append(took)
                await asyncio.sleep(0.02)


@asynccontextmanager
async def rig(size: int, owners: int) -> AsyncGenerator[Rig]:
    """An empty collection, and what is to be in it."""
    with TemporaryDirectory() as folder:
        store = EdgeVectors(Path(folder))
        await store.ensure(COLLECTION, DIMENSIONS)
        await store.count(COLLECTION, None)
        try:
            yield Rig(store, Corpus(size), owners)
        finally:
            await store.close()


def memory_mb(pid: int | str = "self") -> tuple[float, float]:
    """Memory that is the process's own, and that which maps files and can be had back, in MB."""
    lines = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    own, mapped = (int(lines[key].split()[0]) / 1024 for key in ("RssAnon", "RssFile"))
    return own, mapped


def cpu_ms(pid: int) -> float:
    """Processor time a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK") * 1000
