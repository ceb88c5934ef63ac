"""Between our nodes and edges and what Neo4j keeps and gives."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, cast

from entourage.stores.graph.base import Edge, Node, is_label
from entourage.stores.graph.texts import props_of, props_text, storable
from entourage.stores.graph.words import folded, name_words

RESERVED = frozenset({"owner", "id", "kind", "name", "name_key", "words", "json", "source", "target", "weight"})
"""Properties of our own; a person's property of such a name is in `json` only."""

MAX_INT = 2**63 - 1
_DEEPEST = 32


def node_values(node: Node) -> dict[str, Any]:
    """The properties of a node: simple ones of the person's stand beside ours, so that queries can use them."""
    name = storable(node.name)
    words = " ".join(name_words(name))
    own = {"kind": node.kind, "name": name, "name_key": folded(name), "words": words, "json": props_text(node.props)}
    return {**_simple(node.props), **own}


def edge_values(edge: Edge) -> dict[str, Any]:
    """The properties of an edge."""
    return {**_simple(edge.props), "weight": edge.weight, "json": props_text(edge.props)}


def _simple(props: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in props.items() if _is_simple(key, value)}


def _is_simple(key: str, value: object) -> bool:
    if key in RESERVED or not is_label(key):
        return False
    if isinstance(value, int):
        return -MAX_INT <= value <= MAX_INT
    return isinstance(value, float) or (isinstance(value, str) and storable(value) == value)


def node_of(row: Sequence[Any]) -> Node:
    node_id, kind, name, json, degree = row
    return Node(node_id, kind, name, props_of(json), degree)


def edge_of(row: Sequence[Any]) -> Edge:
    source, target, label, weight, json = row
    return Edge(source, target, label, weight, props_of(json))


def shown(value: object, depth: int = 0) -> Any:
    """Any value of an answer as JSON."""
    from neo4j.graph import Node as FoundNode
    from neo4j.graph import Path, Relationship

    if depth > _DEEPEST:
        return None
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            return value if math.isfinite(value) else None
        case FoundNode():
            own = {"id": value.get("id"), "kind": value.get("kind"), "name": value.get("name")}
            return {**own, "props": props_of(value.get("json") or "{}")}
        case Relationship():
            ends = {"source": value.get("source"), "target": value.get("target"), "type": value.type}
            return {**ends, "weight": value.get("weight"), "props": props_of(value.get("json") or "{}")}
        case Path():
            return {
                "nodes": [shown(node) for node in value.nodes],
                "edges": [shown(edge) for edge in value.relationships],
            }
        case dict():
            pairs = cast("dict[str, object]", value)
            return {key: shown(one, depth + 1) for key, one in pairs.items() if key not in {"owner", "json", "words"}}
        case list() | tuple():
            return [shown(one, depth + 1) for one in cast("Sequence[object]", value)]
        case _:
            iso = getattr(value, "iso_format", None)
            return iso() if iso else str(value)
