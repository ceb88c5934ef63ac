"""Which memories hang together: those that speak of the same, or of what it is tied to."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import msgspec

from entourage.memory.graph.extraction.found import RELATIONS
from entourage.memory.graph.naming import memory_id, memory_of
from entourage.memory.graph.placing import MENTIONS
from entourage.stores.graph.base import Edge, Graph, Node

COMMON_DEGREE = 1_000
"""What is tied to so much says nothing of any of it."""
MOST_CONCEPTS = 200
MOST_MENTIONS = 4_000
MOST_TIES = 1_000
FARTHER = 0.5
"""What a second hop counts, against a first one."""


class Related(msgspec.Struct, frozen=True):
    """A memory that others lead to. `path`: names of what leads there, with the kinds of edges between in turn."""

    memory_id: str
    path: list[str]
    weight: float


class _Way(msgspec.Struct, frozen=True):
    """How one got to a concept, and what it counts."""

    path: list[str]
    weight: float


async def related(graph: Graph, owner_id: str, memory_ids: Sequence[str], *, hops: int, limit: int) -> list[Related]:
    """At most `limit` other memories, the most tied first."""
    seeds = {memory_id(one) for one in memory_ids}
    said = await graph.edges(owner_id, sorted(seeds), types=[MENTIONS], direction="out", limit=MOST_CONCEPTS)
    concepts = await _telling(graph, owner_id, [edge.target for edge in said])
    ways = {one: _Way([node.name], _rarity(node)) for one, node in concepts.items()}
    if hops > 1 and ways:
        ways |= await _tied(graph, owner_id, ways)
    if not ways:
        return []
    mentions = await graph.edges(owner_id, sorted(ways), types=[MENTIONS], direction="in", limit=MOST_MENTIONS)
    return _ranked(mentions, ways, seeds)[:limit]


async def _tied(graph: Graph, owner_id: str, ways: Mapping[str, _Way]) -> dict[str, _Way]:
    """Concepts one edge farther."""
    ties = await graph.edges(owner_id, sorted(ways), types=RELATIONS, limit=MOST_TIES)
    ends = {end for edge in ties for end in (edge.source, edge.target)}
    nodes = await _telling(graph, owner_id, sorted(ends - ways.keys()))
    found: dict[str, _Way] = {}
    for edge in ties:
        here, there = (edge.source, edge.target) if edge.source in ways else (edge.target, edge.source)
        if there not in nodes:
            continue
        name = nodes[there].name
        path = [*ways[here].path, edge.type, name] if here == edge.source else [name, edge.type, *ways[here].path]
        weight = FARTHER * ways[here].weight * _rarity(nodes[there])
        if there not in found or found[there].weight < weight:
            found[there] = _Way(path, weight)
    return found


async def _telling(graph: Graph, owner_id: str, ids: Sequence[str]) -> dict[str, Node]:
    """Of these nodes the concepts that are not everywhere."""
    nodes = await graph.nodes(owner_id, ids) if ids else []
    return {node.id: node for node in nodes if node.kind == "Concept" and node.degree < COMMON_DEGREE}


def _rarity(node: Node) -> float:
    return 1 / math.log2(2 + node.degree)


def _ranked(mentions: Sequence[Edge], ways: Mapping[str, _Way], seeds: set[str]) -> list[Related]:
    weights: dict[str, float] = {}
    best: dict[str, _Way] = {}
    for edge in mentions:
        one, way = memory_of(edge.source), ways[edge.target]
        if one is None or edge.source in seeds:
            continue
        weights[one] = weights.get(one, 0) + way.weight
        if one not in best or best[one].weight < way.weight:
            best[one] = way
    ranked = sorted(weights, key=lambda one: (-weights[one], one))
    return [Related(one, best[one].path, weights[one]) for one in ranked]
