"""The graph as rows beside all others: the engine that is always there."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, Literal

from entourage.kit.errors import Conflict
from entourage.stores.graph.base import Counts, Direction, Edge, EdgeKey, Node, Subgraph, Table, check
from entourage.stores.graph.sql.reading import Reader
from entourage.stores.graph.sql.writing import Writer
from entourage.stores.sql.database import Database


class SqlGraph:
    """Implements `Graph` on SQLite and PostgreSQL."""

    engine: Literal["sql"] = "sql"

    def __init__(self, database: Database) -> None:
        self._database = database

    async def upsert(self, owner_id: str, nodes: Sequence[Node], edges: Sequence[Edge]) -> None:
        check(nodes, edges)
        async with self._writing(owner_id) as writer:
            await writer.put(nodes, edges)

    async def delete(self, owner_id: str, ids: Sequence[str], edges: Sequence[EdgeKey] = ()) -> int:
        async with self._writing(owner_id) as writer:
            return await writer.delete(ids, edges)

    async def nodes(self, owner_id: str, ids: Sequence[str]) -> list[Node]:
        async with self._reading(owner_id) as reader:
            return [node for _, node in await reader.nodes(ids)]

    async def page(self, owner_id: str, *, kinds: Sequence[str] = (), after: str | None, limit: int) -> list[Node]:
        async with self._reading(owner_id) as reader:
            return await reader.page(kinds, after, limit)

    async def edges(
        self, owner_id: str, ids: Sequence[str], *, types: Sequence[str] = (), direction: Direction = "both", limit: int
    ) -> list[Edge]:
        async with self._reading(owner_id) as reader:
            numbers = [number for number, _ in await reader.nodes(ids)]
            _, edges = await reader.shown(await reader.edges(numbers, types, direction, limit))
            return edges

    async def neighbours(
        self, owner_id: str, id: str, *, types: Sequence[str] = (), direction: Direction = "both", limit: int
    ) -> Subgraph:
        async with self._reading(owner_id) as reader:
            return await reader.neighbours(id, types, direction, limit)

    async def subgraph(self, owner_id: str, ids: Sequence[str], *, depth: int, limit: int) -> Subgraph:
        async with self._reading(owner_id) as reader:
            return await (reader.subgraph(ids, depth, limit) if ids else reader.best_connected(limit))

    async def path(self, owner_id: str, start: str, end: str, *, max_hops: int) -> Subgraph | None:
        async with self._reading(owner_id) as reader:
            return await reader.path(start, end, max_hops)

    async def search(
        self, owner_id: str, text: str, *, kinds: Sequence[str] = (), limit: int, offset: int = 0
    ) -> list[Node]:
        async with self._reading(owner_id) as reader:
            return await reader.search(text, kinds, limit, offset)

    async def counts(self, owner_id: str) -> Counts:
        async with self._reading(owner_id) as reader:
            return await reader.counts()

    async def cypher(
        self, owner_id: str, query: str, params: Mapping[str, Any], *, limit: int, timeout_seconds: float
    ) -> Table:
        raise Conflict(
            "This server keeps its graph in SQL tables, which do not speak Cypher.",
            hint="Set ENTOURAGE_GRAPH_URL to a Neo4j 5, or use the other doors under /my/graph.",
        )

    async def drop_owner(self, owner_id: str) -> None:
        async with self._writing(owner_id) as writer:
            await writer.drop()

    async def ping(self) -> None:
        await self._database.ping()

    async def close(self) -> None:
        """The database is closed by whoever opened it."""

    @asynccontextmanager
    async def _reading(self, owner_id: str) -> AsyncGenerator[Reader]:
        async with self._database.reading(owner_id) as reading:
            yield Reader(reading, self._database.dialect, owner_id)

    @asynccontextmanager
    async def _writing(self, owner_id: str) -> AsyncGenerator[Writer]:
        async with self._database.write(owner_id) as session:
            writer = Writer(session, self._database.dialect, owner_id)
            await writer.begin()
            yield writer
