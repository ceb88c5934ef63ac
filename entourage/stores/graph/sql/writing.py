"""Changing a graph, inside one transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import TextClause
from sqlalchemy.ext.asyncio import AsyncSession

from entourage.kit.errors import Invalid
from entourage.stores.graph.base import Edge, EdgeKey, Node
from entourage.stores.graph.sql import statements
from entourage.stores.graph.texts import props_text, storable
from entourage.stores.graph.words import folded, name_words
from entourage.stores.sql.database import Dialect


class Writer:
    """What is done to one owner's graph in a transaction of theirs."""

    def __init__(self, session: AsyncSession, dialect: Dialect, owner_id: str) -> None:
        self._session = session
        self._dialect: Dialect = dialect
        self._owner_id = owner_id

    async def begin(self) -> None:
        """Wait for the other writers of this graph."""
        if self._dialect == "postgresql":
            await self._session.execute(statements.LOCK, {"owner": self._owner_id})

    async def put(self, nodes: Sequence[Node], edges: Sequence[Edge]) -> None:
        """Make or replace. Raises Invalid for an edge without an end."""
        given = {node.id: node for node in nodes}
        ends = {end for edge in edges for end in (edge.source, edge.target)}
        known = await self._known([*given, *(ends - given.keys())])
        missing = ends - given.keys() - known.keys()
        if missing:
            raise Invalid(f"There is no node {min(missing)[:80]!r}.", hint="Give an edge's ends with it, or before.")
        await self._put_nodes(given.values())
        numbers = {key: number for key, (number, _) in known.items()}
        new = await self._known([key for key in given if key not in known])
        numbers |= {key: number for key, (number, _) in new.items()}
        renamed = [node for node in given.values() if node.id not in known or known[node.id][1] != storable(node.name)]
        await self._put_words(renamed, numbers, had=given.keys() & known.keys())
        await self._put_edges(edges, numbers)

    async def delete(self, ids: Sequence[str], edges: Sequence[EdgeKey]) -> int:
        """Remove nodes with their edges, and edges."""
        ends = {end for edge in edges for end in (edge.source, edge.target)}
        known = {key: number for key, (number, _) in (await self._known([*ids, *ends])).items()}
        touched = await self._delete_edges(edges, known)
        gone = [known[one] for one in dict.fromkeys(ids) if one in known]
        if gone:
            pairs = await statements.around(self._dialect).all(
                self._session,
                owner=self._owner_id,
                keys=statements.listed(self._dialect, gone),
                most=-1 if self._dialect == "sqlite" else None,
            )
            touched |= {row[1] for row in pairs}
            for table, column in (
                ("graph_edges", "source"),
                ("graph_edges", "target"),
                ("graph_words", "number"),
                ("graph_nodes", "number"),
            ):
                await self._on(statements.delete_by(self._dialect, table, column), gone)
        await self._count(touched - set(gone))
        return len(gone)

    async def drop(self) -> None:
        """Remove everything."""
        for statement in statements.DROP:
            await self._session.execute(statement, {"owner": self._owner_id})

    async def _known(self, ids: Sequence[str]) -> dict[str, tuple[int, str]]:
        if not ids:
            return {}
        values = {"owner": self._owner_id, "ids": statements.listed(self._dialect, ids)}
        rows = await self._session.execute(statements.numbers_of(self._dialect), values)
        return {row[0]: (row[1], row[2]) for row in rows}

    async def _put_nodes(self, nodes: Iterable[Node]) -> None:
        rows = [
            {
                "owner": self._owner_id,
                "id": node.id,
                "kind": node.kind,
                "name": storable(node.name),
                "name_key": folded(storable(node.name)),
                "props": props_text(node.props),
            }
            for node in nodes
        ]
        await self._many(statements.PUT_NODE, rows)

    async def _put_words(self, nodes: Sequence[Node], numbers: dict[str, int], *, had: Collection[str]) -> None:
        old = [numbers[node.id] for node in nodes if node.id in had]
        if old:
            await self._on(statements.delete_by(self._dialect, "graph_words", "number"), old)
        rows = [
            {"owner": self._owner_id, "word": word, "number": numbers[node.id]}
            for node in nodes
            for word in name_words(storable(node.name))
        ]
        await self._many(statements.PUT_WORD, rows)

    async def _put_edges(self, edges: Sequence[Edge], numbers: dict[str, int]) -> None:
        rows = {
            edge.key: {
                "owner": self._owner_id,
                "source": numbers[edge.source],
                "target": numbers[edge.target],
                "type": edge.type,
                "weight": edge.weight,
                "props": props_text(edge.props),
            }
            for edge in edges
        }
        await self._many(statements.PUT_EDGE, list(rows.values()))
        await self._count({numbers[end] for edge in edges for end in (edge.source, edge.target)})

    async def _delete_edges(self, edges: Sequence[EdgeKey], known: dict[str, int]) -> set[int]:
        there = [edge for edge in edges if edge.source in known and edge.target in known]
        rows = [
            {"owner": self._owner_id, "source": known[edge.source], "target": known[edge.target], "type": edge.type}
            for edge in there
        ]
        await self._many(statements.DELETE_EDGE, rows)
        return {known[end] for edge in there for end in (edge.source, edge.target)}

    async def _count(self, numbers: Collection[int]) -> None:
        if numbers:
            await self._on(statements.count_again(self._dialect), sorted(numbers))

    async def _many(self, statement: TextClause, rows: Sequence[dict[str, Any]]) -> None:
        if rows:
            await self._session.execute(statement, rows)

    async def _on(self, statement: TextClause, keys: Sequence[int]) -> None:
        values = {"owner": self._owner_id, "keys": statements.listed(self._dialect, keys)}
        await self._session.execute(statement, values)
