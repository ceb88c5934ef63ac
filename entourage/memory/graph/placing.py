"""From a memory and what it speaks of to nodes and edges."""

from __future__ import annotations

from collections import defaultdict

from entourage.memory.graph.extraction.found import Extracted, MemoryText
from entourage.memory.graph.naming import ME, agent_id, artifact_id, document_id, memory_id, session_id, shown_name
from entourage.stores.graph.base import Edge, Node

MENTIONS = "MENTIONS"
BY = "by"
"""Property of what extraction made: only that goes when nobody speaks of it any more."""
TIES = "relations"

_NAME_CHARS = 80
_SHOWN_ID = 8
_MOST_INTERESTS = 5
_OF_THE_PERSON = frozenset({"person", "chat"})


def pieces_of(memory: MemoryText, found: Extracted) -> tuple[list[Node], list[Edge]]:
    """Nodes with the edges between them; the memory's own comes first."""
    me = memory_id(memory.id)
    name = shown_name(memory.text[: 2 * _NAME_CHARS], memory.id)[:_NAME_CHARS]
    nodes = [Node(me, "Memory", name, {"memory_id": memory.id, "kind": memory.kind})]
    nodes += [Node(concept.id, "Concept", concept.name, {BY: found.by}) for concept in found.concepts]
    ties: dict[str, list[list[str]]] = defaultdict(list)
    for relation in found.relations:
        ties[relation.source].append([relation.type, relation.target])
    edges = [
        Edge(me, concept.id, MENTIONS, float(concept.count), {BY: found.by, TIES: ties.get(concept.id, [])})
        for concept in found.concepts
    ]
    edges += [Edge(one.source, one.target, one.type, 1.0, {BY: found.by}) for one in found.relations]
    for around, tied in (_origin(memory, me), _interests(memory, found)):
        nodes += around
        edges += tied
    return nodes, edges


def _origin(memory: MemoryText, me: str) -> tuple[list[Node], list[Edge]]:
    """Where the memory comes from."""
    source, nodes, edges = memory.source, list[Node](), list[Edge]()
    if memory.document_id:
        name = shown_name(str(source.get("name") or source.get("url") or ""), memory.document_id)
        nodes.append(Node(document_id(memory.document_id), "Document", name, {"document_id": memory.document_id}))
        edges.append(Edge(nodes[-1].id, me, "CONTAINS"))
    if session := source.get("session_id"):
        nodes.append(Node(session_id(session), "Session", f"Conversation {session[:_SHOWN_ID]}"))
        edges.append(Edge(me, nodes[-1].id, "BELONGS_TO"))
    if source.get("type") == "artifact" and (origin := source.get("id")):
        nodes.append(Node(artifact_id(origin), "Artifact", shown_name(str(source.get("name") or ""), origin)))
        edges.append(Edge(me, nodes[-1].id, "PART_OF"))
    if memory.agent:
        nodes.append(Node(agent_id(memory.agent), "Agent", memory.agent))
        edges.append(Edge(me, nodes[-1].id, "GENERATED_BY"))
    return nodes, edges


def _interests(memory: MemoryText, found: Extracted) -> tuple[list[Node], list[Edge]]:
    """What people say themselves is what they are interested in."""
    if (
        memory.is_shared
        or memory.kind == "document"
        or memory.source.get("type") not in _OF_THE_PERSON
        or not found.concepts
    ):
        return [], []
    told = found.concepts[:_MOST_INTERESTS]
    edges = [Edge(ME, concept.id, "INTERESTED_IN", 1.0, {BY: found.by}) for concept in told]
    return [Node(ME, "User", "Me")], edges
