"""What goes out of the graph with a memory, or with an older version of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from entourage.memory.graph.extraction.found import Extracted, Relation
from entourage.memory.graph.naming import memory_id
from entourage.memory.graph.placing import BY, MENTIONS, TIES
from entourage.stores.graph.base import Edge, EdgeKey, Graph

MOST_EDGES = 5_000
"""Edges of some nodes that are looked at: something with more is not about to be forgotten."""


async def forget(
    graph: Graph, owner_id: str, memory_ids: Sequence[str], *, now: Mapping[str, Extracted] | None = None
) -> None:
    """Remove these memories and what only they spoke of; with `now` only what they do not speak of any more."""
    ids = [memory_id(one) for one in memory_ids]
    edges = await graph.edges(owner_id, ids, limit=MOST_EDGES)
    if not edges:
        if now is None:
            await graph.delete(owner_id, ids)
        return
    kept = {memory_id(one): found for one, found in (now or {}).items()}
    lost = [edge for edge in edges if edge.type == MENTIONS and not _is_kept(edge, kept)]
    untold = {tie for edge in edges if edge.type == MENTIONS for tie in _ties(edge)}
    untold -= {tie for found in kept.values() for tie in found.relations}
    gone = await _unsaid(graph, owner_id, untold, set(ids))
    nodes = await _alone(graph, owner_id, lost, gone)
    if now is None:
        nodes += await _empty(graph, owner_id, [edge for edge in edges if edge.type == "CONTAINS"])
    await graph.delete(owner_id, [*(ids if now is None else ()), *nodes], [*(edge.key for edge in lost), *gone])


def _is_kept(edge: Edge, kept: Mapping[str, Extracted]) -> bool:
    found = kept.get(edge.source)
    return found is not None and any(concept.id == edge.target for concept in found.concepts)


def _ties(edge: Edge) -> Iterable[Relation]:
    """What a memory says of a concept."""
    told: list[Any] = edge.props.get(TIES) or []
    return [Relation(edge.target, str(one[0]), str(one[1])) for one in told]


async def _unsaid(graph: Graph, owner_id: str, ties: set[Relation], but: set[str]) -> list[EdgeKey]:
    """Edges between concepts that no other memory says."""
    sources = sorted({tie.source for tie in ties})
    if not sources:
        return []
    said = await graph.edges(owner_id, sources, types=[MENTIONS], direction="in", limit=MOST_EDGES)
    still = {tie for edge in said if edge.source not in but for tie in _ties(edge)}
    there = await graph.edges(
        owner_id, sources, types=sorted({tie.type for tie in ties}), direction="out", limit=MOST_EDGES
    )
    return [
        edge.key for edge in there if BY in edge.props and Relation(edge.source, edge.type, edge.target) in ties - still
    ]


async def _alone(graph: Graph, owner_id: str, lost: Sequence[Edge], gone: Sequence[EdgeKey]) -> list[str]:
    """Concepts that were found in texts, and nothing but finding ties them to anything any more."""
    concepts = sorted({edge.target for edge in lost})
    if not concepts:
        return []
    found = {node.id for node in await graph.nodes(owner_id, concepts) if BY in node.props}
    keys = {*(edge.key for edge in lost), *gone}
    held: set[str] = set()
    for edge in await graph.edges(owner_id, sorted(found), limit=MOST_EDGES):
        if edge.key not in keys and (edge.type == MENTIONS or BY not in edge.props):
            held |= {edge.source, edge.target}
    return sorted(found - held)


async def _empty(graph: Graph, owner_id: str, inside: Sequence[Edge]) -> list[str]:
    """Documents of which nothing is left."""
    leaving = Counter(edge.source for edge in inside)
    nodes = await graph.nodes(owner_id, sorted(leaving)) if leaving else []
    return [node.id for node in nodes if node.degree <= leaving[node.id]]
