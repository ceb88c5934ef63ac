"""What a stretch of the log changes in a graph."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from entourage.memory.graph.naming import ME
from entourage.stores.graph.base import Edge, EdgeKey, Node


class Window:
    """Nodes and edges of some events, each once, and sessions that were deleted."""

    def __init__(self, my_name: str = "Me") -> None:
        self._my_name = my_name
        self.known: dict[str, Node] = {}
        self.guessed: dict[str, Node] = {}
        """Nodes that are only made when they are not there: their names are worse than what there may be."""
        self.edges: dict[EdgeKey, Edge] = {}
        self.forgotten: dict[str, None] = {}

    def node(self, id: str, kind: str, name: str, props: Mapping[str, Any] | None = None) -> None:
        """A node as it is now."""
        self.guessed.pop(id, None)
        self.known[id] = Node(id, kind, name, props or {})

    def guess(self, id: str, kind: str, name: str) -> None:
        """A node that there must be."""
        if id not in self.known and id not in self.forgotten:
            self.guessed.setdefault(id, Node(id, kind, name))

    def me(self) -> None:
        """The person."""
        self.guess(ME, "User", self._my_name)

    def edge(self, source: str, target: str, type: str) -> None:
        if source not in self.forgotten and target not in self.forgotten:
            edge = Edge(source, target, type)
            self.edges.setdefault(edge.key, edge)

    def forget(self, session: str) -> None:
        """A session is gone; what was said of it before is void."""
        self.known.pop(session, None)
        self.guessed.pop(session, None)
        self.edges = {key: edge for key, edge in self.edges.items() if session not in (key.source, key.target)}
        self.forgotten[session] = None

    def without(self, told: set[object]) -> None:
        """Leave out what was told before."""
        self.guessed = {key: node for key, node in self.guessed.items() if key not in told}
        self.edges = {key: edge for key, edge in self.edges.items() if key not in told}

    @property
    def is_empty(self) -> bool:
        return not (self.known or self.guessed or self.edges or self.forgotten)

    def told(self) -> set[object]:
        """What need not be told again."""
        return {*self.known, *self.guessed, *self.edges}
