"""What people and agents do with their graph."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from entourage.kit.errors import NotFound
from entourage.stores.graph.base import MAX_HOPS, Counts, Direction, Edge, Graph, Node, Subgraph, Table

MAX_PARTS = 1_000
"""Ids from which one surroundings may begin."""


class Graphs:
    """The graph of every owner, opened as one. `on_delete` hears whose nodes a person has removed."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.on_delete: list[Callable[[str], None]] = []

    async def upsert(self, owner_id: str, nodes: Sequence[Node], edges: Sequence[Edge]) -> None:
        """Make or replace, all or nothing. Raises Invalid."""
        await self.graph.upsert(owner_id, nodes, edges)

    async def get(self, owner_id: str, node_id: str) -> Node:
        """Raises NotFound."""
        found = await self.graph.nodes(owner_id, [node_id])
        if not found:
            raise _missing(node_id)
        return found[0]

    async def delete(self, owner_id: str, node_id: str) -> None:
        """Remove a node with its edges. Raises NotFound."""
        if not await self.graph.delete(owner_id, [node_id]):
            raise _missing(node_id)
        for hears in self.on_delete:
            hears(owner_id)

    async def page(self, owner_id: str, *, kinds: Sequence[str], after: str | None, limit: int) -> list[Node]:
        """By id."""
        return await self.graph.page(owner_id, kinds=kinds, after=after, limit=limit)

    async def search(
        self, owner_id: str, text: str, *, kinds: Sequence[str] = (), limit: int, offset: int = 0
    ) -> list[Node]:
        """By the words of their names."""
        return await self.graph.search(owner_id, text, kinds=kinds, limit=limit, offset=offset)

    async def neighbours(
        self, owner_id: str, node_id: str, *, types: Sequence[str] = (), direction: Direction = "both", limit: int = 100
    ) -> Subgraph:
        """A node and those it has edges with. Raises NotFound."""
        found = await self.graph.neighbours(owner_id, node_id, types=types, direction=direction, limit=limit)
        if not found.nodes:
            raise _missing(node_id)
        return found

    async def subgraph(self, owner_id: str, ids: Sequence[str], *, depth: int, limit: int) -> Subgraph:
        """What lies around these nodes; without any, the best connected."""
        return await self.graph.subgraph(owner_id, ids, depth=depth, limit=limit)

    async def path(self, owner_id: str, start: str, end: str, *, max_hops: int = MAX_HOPS) -> Subgraph:
        """A shortest path, nothing when there is none. Raises NotFound for a node that is not there."""
        found = await self.graph.path(owner_id, start, end, max_hops=max_hops)
        if found is not None:
            return found
        there = {node.id for node in await self.graph.nodes(owner_id, [start, end])}
        for node_id in (start, end):
            if node_id not in there:
                raise _missing(node_id)
        return Subgraph()

    async def counts(self, owner_id: str) -> Counts:
        """How much there is."""
        return await self.graph.counts(owner_id)

    async def cypher(
        self, owner_id: str, query: str, params: Mapping[str, Any], *, limit: int, timeout_seconds: float
    ) -> Table:
        """A reading query. Raises Unavailable where the engine has no Cypher, Invalid, TimedOut."""
        return await self.graph.cypher(owner_id, query, params, limit=limit, timeout_seconds=timeout_seconds)


def _missing(node_id: str) -> NotFound:
    return NotFound(f"There is no node {node_id[:80]!r}.", hint="Search for it by name: GET /my/graph/nodes?q=...")
