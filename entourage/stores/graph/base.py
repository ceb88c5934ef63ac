"""What a graph store takes and gives. Every engine passes the same conformance suite.

A graph belongs to one owner; every method takes whose it is first, and nothing reaches into another's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any, Literal, NamedTuple, Protocol, TypeAlias, TypeVar

import msgspec

from entourage.kit.errors import Invalid
from entourage.stores.graph.texts import UNSTORABLE

K = TypeVar("K", int, str)

Direction: TypeAlias = Literal["out", "in", "both"]

MAX_ID_CHARS = 200
MAX_NAME_CHARS = 300
MAX_DEPTH = 3
MAX_HOPS = 8
MOST_NODES = 5_000
"""What one answer holds at most; so many edges of a kind times `EDGES_PER_NODE`."""
EDGES_PER_NODE = 4
LABEL_PATTERN = r"^[A-Za-z][A-Za-z0-9_]{0,39}$"
"""Kinds of nodes and types of edges."""

is_label = re.compile(LABEL_PATTERN.removesuffix("$")).fullmatch


class Node(msgspec.Struct, frozen=True):
    """`id` is unique among its owner's nodes. `degree` (how many edges it has) is told by the store."""

    id: str
    kind: str
    name: str
    props: Mapping[str, Any] = msgspec.field(default_factory=dict[str, Any])
    degree: int = 0


class Edge(msgspec.Struct, frozen=True):
    """There is one edge of a type from a node to another."""

    source: str
    target: str
    type: str
    weight: float = 1.0
    props: Mapping[str, Any] = msgspec.field(default_factory=dict[str, Any])

    @property
    def key(self) -> EdgeKey:
        return EdgeKey(self.source, self.target, self.type)


class EdgeKey(NamedTuple):
    """What an edge is known by."""

    source: str
    target: str
    type: str


class Subgraph(msgspec.Struct, frozen=True):
    """A piece of a graph. `truncated`: there is more than was asked for."""

    nodes: Sequence[Node] = ()
    edges: Sequence[Edge] = ()
    truncated: bool = False


class Counts(msgspec.Struct, frozen=True):
    """How much there is, in all and of each kind and type."""

    nodes: int
    edges: int
    kinds: Mapping[str, int]
    types: Mapping[str, int]


class Table(msgspec.Struct, frozen=True):
    """What a query gave: columns, rows of JSON values."""

    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]
    truncated: bool = False


class Graph(Protocol):
    """Nodes and edges. All methods raise Unavailable when the engine cannot be reached."""

    @property
    def engine(self) -> Literal["sql", "neo4j"]:
        """ "neo4j" takes Cypher."""
        ...

    async def upsert(self, owner_id: str, nodes: Sequence[Node], edges: Sequence[Edge]) -> None:
        """Make or replace them, all or nothing; to do it again changes nothing.

        Raises Invalid for an edge whose ends are neither given nor there, and what `check` raises.
        """
        ...

    async def delete(self, owner_id: str, ids: Sequence[str], edges: Sequence[EdgeKey] = ()) -> int:
        """Remove nodes with all their edges, and single edges; how many nodes were there."""
        ...

    async def nodes(self, owner_id: str, ids: Sequence[str]) -> list[Node]:
        """Those that are there, in the order of `ids`."""
        ...

    async def page(self, owner_id: str, *, kinds: Sequence[str] = (), after: str | None, limit: int) -> list[Node]:
        """Nodes in the order of their ids' code points."""
        ...

    async def edges(
        self, owner_id: str, ids: Sequence[str], *, types: Sequence[str] = (), direction: Direction = "both", limit: int
    ) -> list[Edge]:
        """Edges that begin (`out`) or end (`in`) at these nodes, the heaviest first."""
        ...

    async def neighbours(
        self, owner_id: str, id: str, *, types: Sequence[str] = (), direction: Direction = "both", limit: int
    ) -> Subgraph:
        """A node with at most `limit` others it has edges with, heaviest edges first. Empty when it is not there."""
        ...

    async def subgraph(self, owner_id: str, ids: Sequence[str], *, depth: int, limit: int) -> Subgraph:
        """What lies within `depth` edges of these nodes, with every edge between; without ids the best connected."""
        ...

    async def path(self, owner_id: str, start: str, end: str, *, max_hops: int) -> Subgraph | None:
        """A shortest path, whatever the direction of its edges, nodes in order; None when there is none so short."""
        ...

    async def search(
        self, owner_id: str, text: str, *, kinds: Sequence[str] = (), limit: int, offset: int = 0
    ) -> list[Node]:
        """Nodes in whose name all words of `text` begin words: the same name first, then the best connected."""
        ...

    async def counts(self, owner_id: str) -> Counts: ...

    async def cypher(
        self, owner_id: str, query: str, params: Mapping[str, Any], *, limit: int, timeout_seconds: float
    ) -> Table:
        """A reading query over the owner's part. Raises Conflict on engines without Cypher, Invalid, TimedOut."""
        ...

    async def drop_owner(self, owner_id: str) -> None:
        """Remove everything of an owner."""
        ...

    async def ping(self) -> None:
        """One round trip."""
        ...

    async def close(self) -> None: ...


def neighbourhood(me: K, pairs: Iterable[tuple[K, K]], limit: int) -> tuple[list[K], bool]:
    """The other ends of edges, in the edges' order, at most so many; whether there are more."""
    others = dict.fromkeys(target if source == me else source for source, target in pairs)
    others.pop(me, None)
    return list(others)[:limit], len(others) > limit


def edges_along(path: Subgraph) -> list[Edge]:
    """Of the edges between the nodes of a path those of its steps."""
    ids = [node.id for node in path.nodes]
    steps = {frozenset(step) for step in pairwise(ids)}
    return [edge for edge in path.edges if frozenset((edge.source, edge.target)) in steps]


def check(nodes: Sequence[Node], edges: Sequence[Edge]) -> None:
    """Whether every engine can hold them. Raises Invalid."""
    for node in nodes:
        _check_id(node.id)
        _check_label(node.kind, "kind")
        if not 0 < len(node.name) <= MAX_NAME_CHARS:
            raise Invalid(f"The name of {node.id[:80]!r} must have 1 to {MAX_NAME_CHARS} characters.")
    for edge in edges:
        _check_id(edge.source)
        _check_id(edge.target)
        _check_label(edge.type, "type")


def _check_id(id: str) -> None:
    if not 0 < len(id) <= MAX_ID_CHARS or UNSTORABLE.search(id):
        raise Invalid(f"{id[:80]!r} is no id of a node: 1 to {MAX_ID_CHARS} characters, no NUL.")


def _check_label(label: str, what: str) -> None:
    if not is_label(label):
        raise Invalid(f"{label[:80]!r} is no {what}: a letter, then letters, digits and _, at most 40 characters.")
