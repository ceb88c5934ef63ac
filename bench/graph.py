"""The graph at 100,000 nodes and 500,000 edges: by the store, over HTTP, and beside Neo4j where there is one.

`ENTOURAGE_TEST_POSTGRES_URL` and `ENTOURAGE_TEST_NEO4J_URL` (see `scripts/neo4j-server`) name the other engines.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing
from http.client import HTTPConnection
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlencode

from bench.bar import Bar, quantile
from bench.servers import Running, entourage
from entourage.kit.ids import new_id
from entourage.migrate import ensure_schema
from entourage.stores.graph.base import Edge, Graph, Node
from entourage.stores.graph.open import open_graph
from entourage.stores.sql import Database
from tests.schema import fresh_postgres

NODES, EDGES, BATCH = 100_000, 500_000, 5_000
ROUNDS, PATHS = 1_000, 200
WARM_UP = 50
KINDS = ("Concept", "Memory", "Session", "File", "Tool")
TYPES = ("MENTIONS", "RELATES_TO", "USED_TOOL", "CONTAINS", "DEPENDS_ON")
WORDS = ("river", "engine", "sales", "report", "meeting", "index", "graph", "cloud", "invoice", "deploy")
LIMIT = 500


async def bars() -> list[Bar]:
    found: list[Bar] = []
    async with _sql() as store:
        found += await _of("SQLite", store, two_hops_ms=5)
    if url := os.environ.get("ENTOURAGE_TEST_POSTGRES_URL"):
        async with _postgres(url) as store:
            found += await _of("PostgreSQL", store, two_hops_ms=None)
    if url := os.environ.get("ENTOURAGE_TEST_NEO4J_URL"):
        async with _neo4j(url) as store:
            found += await _of("Neo4j", store, two_hops_ms=None)
    return found + await _over_http()


async def _of(engine: str, store: Graph, *, two_hops_ms: float | None) -> list[Bar]:
    owner = new_id()
    began = time.perf_counter()
    await load(store, owner)
    loaded = time.perf_counter() - began
    chooser = random.Random(5)

    def some() -> str:
        return f"n{chooser.randrange(NODES)}"

    async def upsert() -> None:
        node = Node(f"new{chooser.randrange(10**9)}", "Concept", "A new concept")
        await store.upsert(owner, [node], [Edge(node.id, some(), "MENTIONS")])

    hops = await _times(lambda: store.subgraph(owner, [some()], depth=2, limit=LIMIT), ROUNDS)
    near = await _times(lambda: store.neighbours(owner, some(), limit=100), ROUNDS)
    paths = await _times(lambda: store.path(owner, some(), some(), max_hops=8), PATHS)
    names = await _times(
        lambda: store.search(owner, f"{chooser.choice(WORDS)} {chooser.randrange(99)}", limit=20), PATHS
    )
    puts = await _times(upsert, PATHS)
    await store.drop_owner(owner)
    return [
        Bar(f"{engine}: 100k nodes and 500k edges loaded", loaded, "s"),
        Bar(f"{engine}: two hops, p50", quantile(hops, 0.5), "ms"),
        Bar(f"{engine}: two hops, p99", quantile(hops, 0.99), "ms", two_hops_ms),
        Bar(f"{engine}: neighbours, p99", quantile(near, 0.99), "ms"),
        Bar(f"{engine}: shortest path, p50", quantile(paths, 0.5), "ms"),
        Bar(f"{engine}: shortest path, p99", quantile(paths, 0.99), "ms"),
        Bar(f"{engine}: search by name, p99", quantile(names, 0.99), "ms"),
        Bar(f"{engine}: a node and an edge upserted, p50", quantile(puts, 0.5), "ms"),
        Bar(f"{engine}: a node and an edge upserted, p99", quantile(puts, 0.99), "ms"),
    ]


async def _over_http() -> list[Bar]:
    """A server and its client, a process each; what the client needs to read an answer's bytes counts."""
    with TemporaryDirectory() as scratch:
        folder = Path(scratch)
        with entourage(data_dir=folder) as server, closing(server.client()) as client:
            owner = client.get("/api/v1/auth/me").json()["id"]
        async with _sql(folder=folder) as store:
            await load(store, owner)
        with entourage(data_dir=folder) as server, closing(server.client()) as client:
            ask = _asking(server, client.headers["Authorization"])
            chooser = random.Random(6)

            def some() -> str:
                return f"n{chooser.randrange(NODES)}"

            hops = await _times(lambda: ask("subgraph", ids=some(), depth=2, limit=LIMIT), ROUNDS)
            paths = await _times(lambda: ask("path", **{"from": some(), "to": some()}), PATHS)
            whole = await _times(lambda: ask("subgraph", limit=5000), 20)
    return [
        Bar("API (SQLite): two hops, p50", quantile(hops, 0.5), "ms"),
        Bar("API (SQLite): two hops, p99", quantile(hops, 0.99), "ms", 5),
        Bar("API (SQLite): shortest path, p50", quantile(paths, 0.5), "ms"),
        Bar("API (SQLite): 5,000 best connected nodes, p50", quantile(whole, 0.5), "ms"),
    ]


def _asking(server: Running, authorization: str) -> Callable[..., Awaitable[None]]:
    """Asks over one connection that stays."""
    connection = HTTPConnection(server.url.removeprefix("http://"))

    async def ask(what: str, **params: object) -> None:
        target = f"/my/graph/{what}?{urlencode(params)}"
        connection.request("GET", target, headers={"Authorization": authorization})
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 200, answer.status

    return ask


async def load(store: Graph, owner: str) -> None:
    """The same random graph for every engine."""
    chooser = random.Random(4)
    for first in range(0, NODES, BATCH):
        nodes = [
            Node(f"n{number}", KINDS[number % len(KINDS)], f"{chooser.choice(WORDS)} {number}", {"number": number})
            for number in range(first, first + BATCH)
        ]
        await store.upsert(owner, nodes, [])
    for first in range(0, EDGES, BATCH):
        edges = [
            Edge(f"n{chooser.randrange(NODES)}", f"n{chooser.randrange(NODES)}", TYPES[number % len(TYPES)])
            for number in range(first, first + BATCH)
        ]
        await store.upsert(owner, [], edges)


async def _times(work: Callable[[], Awaitable[object]], rounds: int) -> list[float]:
    """Milliseconds of each round, after some that do not count."""
    for _ in range(min(WARM_UP, rounds)):
        await work()
    found: list[float] = []
    for _ in range(rounds):
        began = time.perf_counter()
        await work()
        found.append((time.perf_counter() - began) * 1000)
    return found


@asynccontextmanager
async def _sql(url: str | None = None, folder: Path | None = None) -> AsyncIterator[Graph]:
    with TemporaryDirectory() as scratch:
        database = Database(url, folder or Path(scratch))
        await ensure_schema(database)
        yield open_graph(None, database)
        await database.close()


@asynccontextmanager
async def _postgres(url: str) -> AsyncIterator[Graph]:
    async with fresh_postgres(url) as fresh, _sql(fresh) as store:
        yield store


@asynccontextmanager
async def _neo4j(url: str) -> AsyncIterator[Graph]:
    with TemporaryDirectory() as folder:
        store = open_graph(url, Database(None, Path(folder)))
        yield store
        await store.close()
