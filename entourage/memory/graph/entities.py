"""What memories speak of, in the graph: which share it, and what goes when they are forgotten.

A memory is a node; MENTIONS leads to the concepts it speaks of, and says with which others it ties them (`relations`).
An edge between concepts stays as long as some memory says so; so everything may be done twice.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Literal, TypeAlias

from entourage.memory.graph.extraction.asking import Asking
from entourage.memory.graph.extraction.found import Extracted, MemoryText
from entourage.memory.graph.extraction.rules import by_rules
from entourage.memory.graph.forgetting import forget
from entourage.memory.graph.placing import pieces_of
from entourage.memory.graph.relating import Related, related
from entourage.stores.graph.base import Edge, Graph, Node

BATCH = 32
"""Memories that are written at once."""

How: TypeAlias = Literal["auto", "rules", "off"]
HowOf: TypeAlias = Callable[[str], Awaitable[How]]


class Entities:
    """Reads along with memory. `how_of` is a person's choice; with `asking` a connected model is asked."""

    def __init__(self, graph: Graph, how_of: HowOf, asking: Asking | None = None) -> None:
        self._graph = graph
        self._how_of = how_of
        self._asking = asking

    async def extract(self, owner_id: str, memories: Sequence[MemoryText], *, may_ask: bool = True) -> None:
        """Put what they speak of into the graph; what an older version of them spoke of goes.

        `may_ask`: whether a connected model may be asked, should the person wish it.
        """
        how = await self._how_of(owner_id)
        how = "rules" if how == "auto" and not may_ask else how
        if how == "off":
            return
        for start in range(0, len(memories), BATCH):
            await self._write(owner_id, memories[start : start + BATCH], how)

    async def related(self, owner_id: str, memory_ids: Sequence[str], *, hops: int, limit: int) -> list[Related]:
        """Memories that speak of the same (one hop), or of what it is tied to (two)."""
        return await related(self._graph, owner_id, memory_ids, hops=hops, limit=limit)

    async def forget(self, owner_id: str, memory_ids: Sequence[str]) -> None:
        """Take memories out, and what only they spoke of."""
        for start in range(0, len(memory_ids), BATCH):
            await forget(self._graph, owner_id, memory_ids[start : start + BATCH])

    async def _write(self, owner_id: str, memories: Sequence[MemoryText], how: How) -> None:
        found = await self._found(owner_id, memories, how)
        await forget(self._graph, owner_id, [memory.id for memory in memories], now=found)
        nodes: dict[str, Node] = {}
        edges: list[Edge] = []
        for memory in memories:
            placed, ties = pieces_of(memory, found[memory.id])
            nodes |= {node.id: node for node in placed if node.id not in nodes}
            edges += ties
        await self._graph.upsert(owner_id, await self._new_names(owner_id, nodes), edges)

    async def _found(self, owner_id: str, memories: Sequence[MemoryText], how: How) -> dict[str, Extracted]:
        asked = await self._asking.extract(owner_id, memories) if self._asking and how == "auto" else {}
        return {memory.id: asked.get(memory.id) or by_rules(memory) for memory in memories}

    async def _new_names(self, owner_id: str, nodes: dict[str, Node]) -> list[Node]:
        """Concepts, sessions and documents that are there keep their names; memories are as they are now."""
        shared = [key for key, node in nodes.items() if node.kind != "Memory"]
        there = {node.id for node in await self._graph.nodes(owner_id, shared)}
        return [node for key, node in nodes.items() if key not in there]
