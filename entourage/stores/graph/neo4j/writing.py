"""Changing a graph, inside one transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from entourage.kit.errors import Invalid
from entourage.stores.graph.base import Edge, EdgeKey, Node
from entourage.stores.graph.neo4j import statements
from entourage.stores.graph.neo4j.values import edge_values, node_values

if TYPE_CHECKING:
    from neo4j import AsyncManagedTransaction

Row = dict[str, Any]


async def put(tx: AsyncManagedTransaction, owner: str, nodes: Sequence[Node], edges: Sequence[Edge]) -> None:
    """Make or replace; in one order, so that writers rarely wait for each other. Raises Invalid."""
    given = {node.id: node for node in sorted(nodes, key=lambda node: node.id)}
    ends = {end for edge in edges for end in (edge.source, edge.target)}
    known = await _kinds(tx, owner, [*given, *(ends - given.keys())])
    missing = ends - given.keys() - known.keys()
    if missing:
        raise Invalid(f"There is no node {min(missing)[:80]!r}.", hint="Give an edge's ends with it, or before.")
    await _drop_kinds(tx, owner, given, known)
    by_kind: dict[str, list[Row]] = defaultdict(list)
    for node in given.values():
        by_kind[node.kind].append({"id": node.id, "values": node_values(node)})
    for kind, rows in sorted(by_kind.items()):
        statement = statements.put_nodes(statements.owner_label(owner), kind)
        await _run(tx, statement, owner=owner, rows=rows)
    by_type: dict[str, list[Row]] = defaultdict(list)
    for edge in sorted({edge.key: edge for edge in edges}.values(), key=lambda edge: edge.key):
        by_type[edge.type].append({"source": edge.source, "target": edge.target, "values": edge_values(edge)})
    for label, rows in sorted(by_type.items()):
        await _run(tx, statements.put_edges(label), owner=owner, rows=rows)


async def delete(tx: AsyncManagedTransaction, owner: str, ids: Sequence[str], edges: Sequence[EdgeKey]) -> int:
    """Remove nodes with their edges, and edges."""
    by_type: dict[str, list[Row]] = defaultdict(list)
    for edge in edges:
        by_type[edge.type].append({"source": edge.source, "target": edge.target})
    for label, rows in sorted(by_type.items()):
        await _run(tx, statements.delete_edges(label), owner=owner, rows=rows)
    return (await _run(tx, statements.DELETE, owner=owner, ids=list(ids)))[0][0] if ids else 0


async def _kinds(tx: AsyncManagedTransaction, owner: str, ids: Sequence[str]) -> dict[str, str]:
    return {row[0]: row[1] for row in await _run(tx, statements.KNOWN, owner=owner, ids=list(ids))}


async def _drop_kinds(tx: AsyncManagedTransaction, owner: str, given: dict[str, Node], known: dict[str, str]) -> None:
    """Take the old kind from nodes that become another."""
    changed: dict[str, list[str]] = defaultdict(list)
    for node in given.values():
        if known.get(node.id, node.kind) != node.kind:
            changed[known[node.id]].append(node.id)
    for kind, ids in changed.items():
        await _run(tx, statements.drop_kind(kind), owner=owner, ids=ids)


async def _run(tx: AsyncManagedTransaction, statement: str, **params: Any) -> list[list[Any]]:
    result = await tx.run(statement, params)  # pyright: ignore[reportArgumentType]  # built from names that were checked
    return await result.values()
