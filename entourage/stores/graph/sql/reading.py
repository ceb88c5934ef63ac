"""Looking at a graph, inside one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from entourage.stores.graph.base import (
    EDGES_PER_NODE,
    Counts,
    Direction,
    Edge,
    Node,
    Subgraph,
    edges_along,
    neighbourhood,
)
from entourage.stores.graph.sql import statements
from entourage.stores.graph.texts import props_of
from entourage.stores.graph.walking import reach, shortest
from entourage.stores.graph.words import folded, query_words
from entourage.stores.sql import Prepared, Within
from entourage.stores.sql.database import Dialect

_COLUMNS: dict[Direction, tuple[str, ...]] = {"out": ("source",), "in": ("target",), "both": ("source", "target")}
_LAST_CHAR = "\U0010ffff"


class Reader:
    """One owner's graph as a transaction of theirs sees it."""

    def __init__(self, within: Within, dialect: Dialect, owner_id: str) -> None:
        self._within = within
        self._dialect: Dialect = dialect
        self._owner_id = owner_id

    async def nodes(self, ids: Sequence[str]) -> list[tuple[int, Node]]:
        """Those that are there, with their numbers, in the order of `ids`."""
        if not ids:
            return []
        rows = await self._rows(statements.nodes_by(self._dialect, "id"), keys=self._listed(ids))
        found = {row[1]: (row[0], _node(row)) for row in rows}
        return [found[one] for one in dict.fromkeys(ids) if one in found]

    async def page(self, kinds: Sequence[str], after: str | None, limit: int) -> list[Node]:
        """In the order of their ids."""
        values = {"kinds": self._listed(kinds)} if kinds else {}
        statement = statements.page(self._dialect, of_kinds=bool(kinds))
        return [_node(row) for row in await self._rows(statement, after=after or "", most=limit, **values)]

    async def edges(self, numbers: Sequence[int], types: Sequence[str], direction: Direction, limit: int) -> list[Any]:
        """Rows of edges at these nodes."""
        if not numbers:
            return []
        values = {"types": self._listed(types)} if types else {}
        statement = statements.edges_at(self._dialect, _COLUMNS[direction], of_types=bool(types))
        return await self._rows(statement, keys=self._listed(numbers), most=limit, **values)

    async def shown(self, rows: Sequence[Any]) -> tuple[dict[int, Node], list[Edge]]:
        """Rows of edges as edges, with the nodes at their ends by number."""
        nodes = await self._by_numbers(list({number for row in rows for number in row[:2]}))
        return nodes, _edges(rows, nodes)

    async def neighbours(self, id: str, types: Sequence[str], direction: Direction, limit: int) -> Subgraph:
        """A node with those it has edges with."""
        found = await self.nodes([id])
        if not found:
            return Subgraph()
        number, node = found[0]
        most = (limit + 1) * EDGES_PER_NODE
        rows = await self.edges([number], types, direction, most)
        kept, more = neighbourhood(number, ((row[0], row[1]) for row in rows), limit)
        known = {number: node, **await self._by_numbers(kept)}
        edges = _edges([row for row in rows if row[0] in known and row[1] in known], known)
        nodes = [node, *(known[other] for other in kept if other in known)]
        return Subgraph(nodes, edges, truncated=more or len(rows) >= most)

    async def subgraph(self, ids: Sequence[str], depth: int, limit: int) -> Subgraph:
        """What lies around these nodes."""
        starts = [number for number, _ in await self.nodes(ids)]
        keys, truncated = await reach(self._around, starts, depth, limit)
        return await self._induced(keys, truncated=truncated)

    async def best_connected(self, limit: int) -> Subgraph:
        """Those with the most edges, and the edges between them."""
        rows = await self._rows(statements.BEST, most=limit + 1)
        known = {row[0]: _node(row) for row in rows[:limit]}
        return await self._between(known, truncated=len(rows) > limit)

    async def path(self, start: str, end: str, max_hops: int) -> Subgraph | None:
        """A shortest path."""
        found = {node.id: number for number, node in await self.nodes([start, end])}
        if start not in found or end not in found:
            return None
        keys = await shortest(self._around, found[start], found[end], max_hops)
        if keys is None:
            return None
        whole = await self._induced(keys, truncated=False)
        return Subgraph(whole.nodes, edges_along(whole))

    async def search(self, text: str, kinds: Sequence[str], limit: int, offset: int) -> list[Node]:
        """By the words of their names."""
        words = query_words(text)
        values: dict[str, object] = {"key": folded(text), "most": limit, "skipped": offset}
        for number, word in enumerate(words):
            values |= {f"from{number}": word, f"to{number}": word + _LAST_CHAR}
        if kinds:
            values["kinds"] = self._listed(kinds)
        statement = statements.search(self._dialect, len(words), of_kinds=bool(kinds))
        return [_node(row) for row in await self._rows(statement, **values)]

    async def counts(self) -> Counts:
        kinds = {row[0]: int(row[1]) for row in await self._rows(statements.COUNT_KINDS)}
        types = {row[0]: int(row[1]) for row in await self._rows(statements.COUNT_TYPES)}
        return Counts(sum(kinds.values()), sum(types.values()), kinds, types)

    async def _around(self, keys: Sequence[int], limit: int) -> list[tuple[int, int]]:
        rows = await self._rows(statements.around(self._dialect), keys=self._listed(keys), most=limit)
        return [(row[0], row[1]) for row in rows]

    async def _by_numbers(self, numbers: Sequence[int]) -> dict[int, Node]:
        """In the order of `numbers`."""
        if not numbers:
            return {}
        rows = await self._rows(statements.nodes_by(self._dialect, "number"), keys=self._listed(numbers))
        found = {row[0]: _node(row) for row in rows}
        return {number: found[number] for number in numbers if number in found}

    async def _induced(self, numbers: Sequence[int], *, truncated: bool) -> Subgraph:
        return await self._between(await self._by_numbers(numbers), truncated=truncated)

    async def _between(self, known: dict[int, Node], *, truncated: bool) -> Subgraph:
        if not known:
            return Subgraph(truncated=truncated)
        most = EDGES_PER_NODE * len(known) + 1_000
        rows = await self._rows(statements.between(self._dialect), keys=self._listed(list(known)), most=most + 1)
        edges = _edges(rows[:most], known)
        return Subgraph(list(known.values()), edges, truncated=truncated or len(rows) > most)

    def _listed(self, values: Sequence[int] | Sequence[str]) -> object:
        return statements.listed(self._dialect, values)

    async def _rows(self, statement: Prepared[Any], **values: object) -> list[Any]:
        return await statement.all(self._within, owner=self._owner_id, **values)


def _node(row: Any) -> Node:
    _, node_id, kind, name, props, degree = row
    return Node(node_id, kind, name, props_of(props), degree)


def _edges(rows: Sequence[Any], nodes: dict[int, Node]) -> list[Edge]:
    return [
        Edge(nodes[source].id, nodes[target].id, label, weight, props_of(props))
        for source, target, label, weight, props in rows
    ]
