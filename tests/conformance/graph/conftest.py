"""A graph store on each engine that is present, and one owner's view of it."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from entourage.kit.ids import new_id
from entourage.stores.graph.base import Edge, Graph, Node, Subgraph
from entourage.stores.graph.open import open_graph
from entourage.stores.sql import Database
from tests.conftest import POSTGRES
from tests.schema import fresh_postgres, open_database

NEO4J = os.environ.get("ENTOURAGE_TEST_NEO4J_URL")
ENGINES = ["sqlite", *(["postgresql"] if POSTGRES else []), *(["neo4j"] if NEO4J else [])]


@dataclass
class Mine:
    """One person's graph."""

    store: Graph
    owner: str = field(default_factory=new_id)

    async def put(self, *edges: tuple[str, str, str], nodes: Sequence[Node] = ()) -> None:
        """Edges written `("a", "USES", "b")`; their ends are concepts of that name."""
        given = {node.id: node for node in nodes}
        ends = {end: Node(end, "Concept", end) for source, _, target in edges for end in (source, target)}
        await self.store.upsert(
            self.owner, list({**ends, **given}.values()), [Edge(one, other, label) for one, label, other in edges]
        )

    async def around(self, *ids: str, depth: int = 1, limit: int = 100) -> Subgraph:
        return await self.store.subgraph(self.owner, ids, depth=depth, limit=limit)

    async def path(self, start: str, end: str, max_hops: int = 8) -> list[str] | None:
        found = await self.store.path(self.owner, start, end, max_hops=max_hops)
        return None if found is None else ids_of(found)

    async def names(self, text: str, **more: object) -> list[str]:
        found = await self.store.search(self.owner, text, **{"limit": 10, **more})  # type: ignore[arg-type]
        return [node.name for node in found]


def ids_of(part: Subgraph) -> list[str]:
    return [node.id for node in part.nodes]


def edges_of(part: Subgraph) -> set[tuple[str, str, str]]:
    return {(edge.source, edge.type, edge.target) for edge in part.edges}


@asynccontextmanager
async def opened(engine: str, folder: Path) -> AsyncIterator[Graph]:
    """A store of this engine with nothing of a new owner's in it."""
    if engine == "neo4j":
        store = open_graph(NEO4J, Database(None, folder))
        yield store
        await store.close()
    elif engine == "postgresql":
        assert POSTGRES
        async with fresh_postgres(POSTGRES) as url, _sql(url, folder) as store:
            yield store
    else:
        async with _sql(None, folder) as store:
            yield store


@asynccontextmanager
async def _sql(url: str | None, folder: Path) -> AsyncIterator[Graph]:
    database = await open_database(url, folder)
    yield open_graph(None, database)
    await database.close()


@pytest.fixture(params=ENGINES, scope="session")
def graph_engine(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="session")
async def store(graph_engine: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Graph]:
    async with opened(graph_engine, tmp_path_factory.mktemp(graph_engine)) as found:
        yield found


@pytest.fixture
async def mine(store: Graph) -> AsyncIterator[Mine]:
    """A new person's."""
    me = Mine(store)
    yield me
    await store.drop_owner(me.owner)


@pytest.fixture
async def theirs(store: Graph) -> AsyncIterator[Mine]:
    """Another person's, in the same store."""
    other = Mine(store)
    yield other
    await store.drop_owner(other.owner)
