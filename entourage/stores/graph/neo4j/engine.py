"""The graph on a Neo4j 5."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, LiteralString

from entourage.stores.graph.base import (
    EDGES_PER_NODE,
    Counts,
    Direction,
    Edge,
    EdgeKey,
    Node,
    Subgraph,
    Table,
    check,
    edges_along,
    neighbourhood,
)
from entourage.stores.graph.cypher.guard import guarded
from entourage.stores.graph.neo4j import statements, writing
from entourage.stores.graph.neo4j.connection import Connection
from entourage.stores.graph.neo4j.values import edge_of, node_of, shown
from entourage.stores.graph.walking import reach
from entourage.stores.graph.words import folded, query_words

if TYPE_CHECKING:
    from neo4j import AsyncManagedTransaction


class Neo4jGraph:
    """Implements `Graph`."""

    engine: Literal["neo4j"] = "neo4j"

    def __init__(self, url: str) -> None:
        self._connection = Connection(url)

    async def migrate(self) -> int:
        """Bring constraints and indexes up; done at the first use, too."""
        return await self._connection.migrate()

    async def upsert(self, owner_id: str, nodes: Sequence[Node], edges: Sequence[Edge]) -> None:
        check(nodes, edges)
        await self._connection.write(lambda tx: writing.put(tx, owner_id, nodes, edges))

    async def delete(self, owner_id: str, ids: Sequence[str], edges: Sequence[EdgeKey] = ()) -> int:
        check((), [Edge(*edge) for edge in edges])
        return await self._connection.write(lambda tx: writing.delete(tx, owner_id, ids, edges))

    async def nodes(self, owner_id: str, ids: Sequence[str]) -> list[Node]:
        rows = await self._rows(statements.NODES, owner_id, ids=list(ids)) if ids else []
        found = {row[0]: node_of(row) for row in rows}
        return [found[one] for one in dict.fromkeys(ids) if one in found]

    async def page(self, owner_id: str, *, kinds: Sequence[str] = (), after: str | None, limit: int) -> list[Node]:
        rows = await self._rows(statements.PAGE, owner_id, kinds=list(kinds), after=after or "", most=limit)
        return [node_of(row) for row in rows]

    async def edges(
        self, owner_id: str, ids: Sequence[str], *, types: Sequence[str] = (), direction: Direction = "both", limit: int
    ) -> list[Edge]:
        statement = statements.edges_at(direction)
        rows = await self._rows(statement, owner_id, ids=list(ids), types=list(types), most=limit)
        return [edge_of(row) for row in rows]

    async def neighbours(
        self, owner_id: str, id: str, *, types: Sequence[str] = (), direction: Direction = "both", limit: int
    ) -> Subgraph:
        most = (limit + 1) * EDGES_PER_NODE
        edges = await self.edges(owner_id, [id], types=types, direction=direction, limit=most)
        others, more = neighbourhood(id, ((edge.source, edge.target) for edge in edges), limit)
        nodes = await self.nodes(owner_id, [id, *others])
        known = {node.id for node in nodes}
        kept = [edge for edge in edges if edge.source in known and edge.target in known]
        return Subgraph(nodes, kept, truncated=more or len(edges) >= most)

    async def subgraph(self, owner_id: str, ids: Sequence[str], *, depth: int, limit: int) -> Subgraph:
        if not ids:
            rows = await self._rows(statements.BEST, owner_id, most=limit + 1)
            return await self._between(owner_id, [node_of(row) for row in rows[:limit]], truncated=len(rows) > limit)

        async def around(keys: Sequence[str], most: int) -> list[tuple[str, str]]:
            rows = await self._rows(statements.AROUND, owner_id, ids=list(keys), most=most)
            return [(row[0], row[1]) for row in rows]

        starts = [node.id for node in await self.nodes(owner_id, ids)]
        keys, truncated = await reach(around, starts, depth, limit)
        return await self._between(owner_id, await self.nodes(owner_id, keys), truncated=truncated)

    async def path(self, owner_id: str, start: str, end: str, *, max_hops: int) -> Subgraph | None:
        if start == end:
            nodes = await self.nodes(owner_id, [start])
            return Subgraph(nodes) if nodes else None
        rows = await self._rows(statements.path(max_hops), owner_id, start=start, end=end)
        if not rows:
            return None
        whole = await self._between(owner_id, await self.nodes(owner_id, rows[0][0]), truncated=False)
        return Subgraph(whole.nodes, edges_along(whole))

    async def search(
        self, owner_id: str, text: str, *, kinds: Sequence[str] = (), limit: int, offset: int = 0
    ) -> list[Node]:
        words = query_words(text)
        query = " AND ".join([f'owner:"{owner_id}"', *(f"words:{word}*" for word in words)])
        statements.owner_label(owner_id)  # an id that is none must not get into the query
        rows = await self._rows(
            statements.SEARCH if words else statements.NAMED,
            owner_id,
            query=query,
            key=folded(text),
            kinds=list(kinds),
            most=limit,
            skipped=offset,
        )
        return [node_of(row) for row in rows]

    async def counts(self, owner_id: str) -> Counts:
        kinds = {row[0]: row[1] for row in await self._rows(statements.KINDS, owner_id)}
        types = {row[0]: row[1] for row in await self._rows(statements.TYPES, owner_id)}
        return Counts(sum(kinds.values()), sum(types.values()), kinds, types)

    async def cypher(
        self, owner_id: str, query: str, params: Mapping[str, Any], *, limit: int, timeout_seconds: float
    ) -> Table:
        statement, values = guarded(query, params, statements.owner_label(owner_id))

        async def work(tx: AsyncManagedTransaction) -> Table:
            result = await tx.run(statement, values)  # pyright: ignore[reportArgumentType]  # `guarded` has built it
            rows = [[shown(value) for value in record] for record in await result.fetch(limit + 1)]
            return Table(list(result.keys()), rows[:limit], truncated=len(rows) > limit)

        return await self._connection.read(work, timeout_seconds)

    async def drop_owner(self, owner_id: str) -> None:
        for statement in statements.DROP:
            while await self._connection.write(partial(_deleted, statement, owner_id)):
                pass

    async def ping(self) -> None:
        await self._rows("RETURN $owner", "")

    async def close(self) -> None:
        await self._connection.close()

    async def _between(self, owner_id: str, nodes: Sequence[Node], *, truncated: bool) -> Subgraph:
        most = EDGES_PER_NODE * len(nodes) + 1_000
        ids = [node.id for node in nodes]
        rows = await self._rows(statements.BETWEEN, owner_id, ids=ids, most=most + 1) if ids else []
        return Subgraph(nodes, [edge_of(row) for row in rows[:most]], truncated=truncated or len(rows) > most)

    async def _rows(self, statement: str, owner_id: str, **params: Any) -> list[list[Any]]:
        async def work(tx: AsyncManagedTransaction) -> list[list[Any]]:
            result = await tx.run(statement, {"owner": owner_id, **params})  # pyright: ignore[reportArgumentType]  # ours
            return await result.values()

        return await self._connection.read(work)


async def _deleted(statement: LiteralString, owner_id: str, tx: AsyncManagedTransaction) -> int:
    """How many went this time."""
    return (await (await tx.run(statement, {"owner": owner_id})).values())[0][0]
