"""The statements of the graph on Neo4j. `$owner` stands in every one, and so on every node and edge.

Each node also has a label of its owner's (`owner_label`): what people's own queries are bound to. Labels of ours hold a
dot, so that no kind of node can be one.
"""

from __future__ import annotations

from entourage.kit.errors import Invalid
from entourage.stores.graph.base import MAX_HOPS, Direction

BASE = "entourage.node"
OWNER_PREFIX = "entourage.owner."
NAMES_INDEX = "entourage_names"
MOST_CANDIDATES = 5_000

_DEGREE = "COUNT { (n)--() }"
_NODE = f"n.id, n.kind, n.name, n.json, {_DEGREE} AS degree"
_EDGE = "r.source, r.target, type(r) AS type, r.weight AS weight, r.json"
_MINE = f"(n:`{BASE}` {{owner: $owner}})"


def owner_label(owner_id: str) -> str:
    """The label of an owner's nodes. Raises Invalid for an id that is none."""
    if not owner_id or not all(char.isascii() and (char.isalnum() or char in "-_") for char in owner_id):
        raise Invalid(f"{owner_id[:80]!r} is no owner.")
    return OWNER_PREFIX + owner_id


KNOWN = f"MATCH (n:`{BASE}` {{owner: $owner}}) WHERE n.id IN $ids RETURN n.id, n.kind"


def put_nodes(owner: str, kind: str) -> str:
    return (
        f"UNWIND $rows AS row MERGE (n:`{BASE}` {{owner: $owner, id: row.id}}) "
        f"SET n = row.values, n.owner = $owner, n.id = row.id, n:`{owner}`:`{kind}`"
    )


def drop_kind(kind: str) -> str:
    return f"MATCH {_MINE} WHERE n.id IN $ids REMOVE n:`{kind}`"


def put_edges(type: str) -> str:
    return (
        f"UNWIND $rows AS row MATCH (a:`{BASE}` {{owner: $owner, id: row.source}}) "
        f"MATCH (b:`{BASE}` {{owner: $owner, id: row.target}}) MERGE (a)-[r:`{type}`]->(b) "
        "SET r = row.values, r.owner = $owner, r.source = row.source, r.target = row.target"
    )


def delete_edges(type: str) -> str:
    return (
        f"UNWIND $rows AS row MATCH (a:`{BASE}` {{owner: $owner, id: row.source}})-[r:`{type}` {{owner: $owner}}]->"
        f"(b:`{BASE}` {{owner: $owner, id: row.target}}) DELETE r"
    )


DELETE = f"MATCH {_MINE} WHERE n.id IN $ids DETACH DELETE n RETURN count(*)"
DROP = (
    f"MATCH {_MINE}-[r]->() WITH r LIMIT 10000 DELETE r RETURN count(*)",
    f"MATCH {_MINE} WITH n LIMIT 10000 DETACH DELETE n RETURN count(*)",
)
"""Each until nothing is left. Edges go first: ten thousand nodes with theirs are more than a small server's memory."""

NODES = f"MATCH {_MINE} WHERE n.id IN $ids RETURN {_NODE}"
PAGE = (
    f"MATCH {_MINE} WHERE n.id > $after AND ($kinds = [] OR n.kind IN $kinds) "
    f"WITH n ORDER BY n.id LIMIT $most RETURN {_NODE}"
)
BEST = f"MATCH {_MINE} WITH n, {_DEGREE} AS d ORDER BY d DESC, n.id DESC LIMIT $most RETURN {_NODE}"
AROUND = (
    f"UNWIND $ids AS id MATCH (a:`{BASE}` {{owner: $owner, id: id}})--(b:`{BASE}`) WHERE b.owner = $owner "
    "RETURN a.id, b.id LIMIT $most"
)
BETWEEN = (
    f"UNWIND $ids AS id MATCH (a:`{BASE}` {{owner: $owner, id: id}})-[r]->(b:`{BASE}`) "
    f"WHERE b.owner = $owner AND b.id IN $ids RETURN {_EDGE} ORDER BY weight DESC LIMIT $most"
)
_ARROWS: dict[Direction, tuple[str, str]] = {"out": ("-", "->"), "in": ("<-", "-"), "both": ("-", "-")}


def edges_at(direction: Direction) -> str:
    left, right = _ARROWS[direction]
    return (
        f"UNWIND $ids AS id MATCH (a:`{BASE}` {{owner: $owner, id: id}}){left}[r]{right}(b:`{BASE}`) "
        "WHERE b.owner = $owner AND ($types = [] OR type(r) IN $types) "
        f"WITH DISTINCT r RETURN {_EDGE} ORDER BY weight DESC, r.source, type, r.target LIMIT $most"
    )


def path(max_hops: int) -> str:
    hops = min(max(int(max_hops), 1), MAX_HOPS)
    return (
        f"MATCH (a:`{BASE}` {{owner: $owner, id: $start}}), (b:`{BASE}` {{owner: $owner, id: $end}}) "
        f"MATCH p = shortestPath((a)-[*..{hops}]-(b)) WHERE all(n IN nodes(p) WHERE n.owner = $owner) "
        "RETURN [n IN nodes(p) | n.id]"
    )


_RANKED = (
    f"WITH n, {_DEGREE} AS d ORDER BY CASE WHEN n.name_key = $key THEN 0 ELSE 1 END, d DESC, n.id "
    f"SKIP $skipped LIMIT $most RETURN {_NODE}"
)
SEARCH = (
    f"CALL db.index.fulltext.queryNodes('{NAMES_INDEX}', $query, {{limit: {MOST_CANDIDATES}}}) YIELD node AS n "
    f"WITH n WHERE n.owner = $owner AND ($kinds = [] OR n.kind IN $kinds) {_RANKED}"
)
NAMED = f"MATCH {_MINE} WHERE n.name_key = $key AND ($kinds = [] OR n.kind IN $kinds) {_RANKED}"

KINDS = f"MATCH {_MINE} RETURN n.kind AS kind, count(*) ORDER BY kind"
TYPES = f"MATCH {_MINE}-[r]->() RETURN type(r) AS type, count(*) ORDER BY type"
