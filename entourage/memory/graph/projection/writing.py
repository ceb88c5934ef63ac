"""From a window to the store. Everything may be done twice: a restart in the middle does no harm."""

from __future__ import annotations

from entourage.memory.graph.projection.window import Window
from entourage.stores.graph.base import Graph, Node

MOST_CONTAINED = 10_000
"""Files and results of one session that go with it."""


async def write(graph: Graph, owner_id: str, window: Window, told: set[object]) -> None:
    """Write what the window says and `told` does not hold yet; sessions that are gone go first."""
    for session in window.forgotten:
        await forget_session(graph, owner_id, session)
        told.clear()
    window.without(told)
    guessed = await _missing(graph, owner_id, list(window.guessed.values()))
    nodes, edges = [*window.known.values(), *guessed], list(window.edges.values())
    if nodes or edges:
        await graph.upsert(owner_id, [*nodes, *await _ends(graph, owner_id, window, nodes)], edges)
    told |= window.told()


async def forget_session(graph: Graph, owner_id: str, session: str) -> None:
    """Remove a session, its files and its results."""
    inside = await graph.edges(owner_id, [session], types=["CONTAINS"], direction="out", limit=MOST_CONTAINED)
    await graph.delete(owner_id, [session, *(edge.target for edge in inside)])


async def _missing(graph: Graph, owner_id: str, nodes: list[Node]) -> list[Node]:
    there = {node.id for node in await graph.nodes(owner_id, [node.id for node in nodes])} if nodes else set[str]()
    return [node for node in nodes if node.id not in there]


async def _ends(graph: Graph, owner_id: str, window: Window, nodes: list[Node]) -> list[Node]:
    """Ends of edges that were told of long ago and have been removed since, made again from their ids."""
    given = {node.id for node in nodes}
    ends = {end for key in window.edges for end in (key.source, key.target)} - given - window.guessed.keys()
    there = {node.id for node in await graph.nodes(owner_id, sorted(ends))} if ends else set[str]()
    return [_from_id(end) for end in sorted(ends - there)]


def _from_id(id: str) -> Node:
    kind, _, name = id.partition(":")
    return Node(id, kind.capitalize(), name or id)
