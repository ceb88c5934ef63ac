"""`/my/graph`: what the team knows to hang together. Answers of the graph are written as they come from the store."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from fastapi import Query, Response
from pydantic import StringConstraints
from starlette.convertors import Convertor, register_url_convertor

from entourage.accounts.identity import CurrentUser
from entourage.kit.errors import NotFound
from entourage.kit.json import encode
from entourage.kit.paging import Cursor, Limit, Page, decode_cursor, encode_cursor
from entourage.kit.problems import problems
from entourage.kit.routing import Routes
from entourage.kit.services import service
from entourage.memory.graph.schemas import (
    CypherQuery,
    CypherRows,
    Direction,
    EdgeType,
    GraphNode,
    GraphPart,
    GraphStats,
    Label,
    NodeId,
    Upsert,
    Upserted,
)
from entourage.memory.graph.service import Graphs
from entourage.stores.graph.base import MAX_DEPTH, MAX_HOPS, MOST_NODES, Edge, Node

router = Routes(prefix="/my/graph", tags=["graph"])

MAX_CENTRES = 20
"""So many ids of any letters fit into an address."""


class _Anything(Convertor[str]):
    """The rest of a path, whatever is in it; `path` stops at the end of a line."""

    regex = r"(?s:.*)"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("anything", _Anything())

GraphsHere = Annotated[Graphs, service(Graphs)]
MAX_OFFSET = 2_000
_SearchText = Annotated[str, StringConstraints(min_length=1, max_length=300, pattern=r"^[^\x00]+$")]


@router.get("/stats", response_model=GraphStats, responses=problems(401, 503, 504))
async def graph_stats(user: CurrentUser, graphs: GraphsHere) -> Response:
    """How many nodes of each kind and edges of each type there are."""
    counts = await graphs.counts(user.user_id)
    return _answer({**msgspec.to_builtins(counts), "engine": graphs.graph.engine})


@router.post("", responses=problems(401, 503, 504, 507))
async def put_into_graph(body: Upsert, user: CurrentUser, graphs: GraphsHere) -> Upserted:
    """Make or replace nodes and edges, all or nothing."""
    nodes = [Node(node.id, node.kind, node.name, node.props) for node in body.nodes]
    edges = [Edge(edge.source, edge.target, edge.type, edge.weight, edge.props) for edge in body.edges]
    await graphs.upsert(user.user_id, nodes, edges)
    return Upserted(nodes=len(nodes), edges=len(edges))


@router.get("/nodes", response_model=Page[GraphNode], responses=problems(401, 503, 504))
async def list_nodes(
    user: CurrentUser,
    graphs: GraphsHere,
    q: Annotated[_SearchText | None, Query(description="Beginnings of words of the name.")] = None,
    kind: Annotated[list[Label] | None, Query(max_length=20)] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """Nodes by id; with `q` those found by name, the best first."""
    if q is None:
        after = decode_cursor(cursor, tuple[str])[0] if cursor else None
        found = await graphs.page(user.user_id, kinds=kind or (), after=after, limit=limit + 1)
        return _page(found, limit, lambda: found[limit - 1].id)
    offset = min(max(decode_cursor(cursor, tuple[int])[0], 0), MAX_OFFSET) if cursor else 0
    found = await graphs.search(user.user_id, q, kinds=kind or (), limit=limit + 1, offset=offset)
    return _page(found, limit, lambda: offset + limit)


@router.get("/nodes/{node_id:anything}", response_model=GraphNode, responses=problems(401, 404, 503, 504))
async def get_node(node_id: str, user: CurrentUser, graphs: GraphsHere) -> Response:
    """One node."""
    return _answer(await graphs.get(user.user_id, _checked(node_id)))


@router.delete("/nodes/{node_id:anything}", status_code=204, responses=problems(401, 404, 503, 504, 507))
async def delete_node(node_id: str, user: CurrentUser, graphs: GraphsHere) -> None:
    """Remove a node with its edges; what happens later may bring it back."""
    await graphs.delete(user.user_id, _checked(node_id))


@router.get("/neighbours", response_model=GraphPart, responses=problems(401, 404, 503, 504))
async def get_neighbours(
    id: Annotated[NodeId, Query()],
    user: CurrentUser,
    graphs: GraphsHere,
    types: Annotated[list[EdgeType] | None, Query(max_length=20)] = None,
    direction: Direction = "both",
    limit: Annotated[int, Query(ge=1, le=MOST_NODES)] = 100,
) -> Response:
    """A node (it comes first) with those it has edges with, the heaviest edges first."""
    found = await graphs.neighbours(user.user_id, id, types=types or (), direction=direction, limit=limit)
    return _answer(found)


@router.get("/subgraph", response_model=GraphPart, responses=problems(401, 503, 504))
async def get_subgraph(
    user: CurrentUser,
    graphs: GraphsHere,
    ids: Annotated[list[NodeId] | None, Query(max_length=MAX_CENTRES)] = None,
    depth: Annotated[int, Query(ge=0, le=MAX_DEPTH, description="How many edges away.")] = 1,
    limit: Annotated[int, Query(ge=1, le=MOST_NODES)] = 500,
) -> Response:
    """What lies around some nodes, with every edge between; without `ids` the best connected nodes."""
    return _answer(await graphs.subgraph(user.user_id, ids or [], depth=depth, limit=limit))


@router.get("/path", response_model=GraphPart, responses=problems(401, 404, 503, 504))
async def get_path(
    start: Annotated[NodeId, Query(alias="from")],
    end: Annotated[NodeId, Query(alias="to")],
    user: CurrentUser,
    graphs: GraphsHere,
    max_hops: Annotated[int, Query(ge=1, le=MAX_HOPS)] = MAX_HOPS,
) -> Response:
    """A shortest path, its nodes in order, whatever the direction of its edges; no nodes when there is none."""
    return _answer(await graphs.path(user.user_id, start, end, max_hops=max_hops))


@router.post("/cypher", response_model=CypherRows, responses=problems(401, 409, 503, 504))
async def query_graph(body: CypherQuery, user: CurrentUser, graphs: GraphsHere) -> Response:
    """A reading Cypher query over one's own part of a Neo4j; 409 where the graph is kept in SQL tables."""
    found = await graphs.cypher(
        user.user_id, body.query, body.params, limit=body.limit, timeout_seconds=body.timeout_seconds
    )
    return _answer(found)


def _checked(node_id: str) -> str:
    """An id of a path. Raises NotFound for what cannot be one."""
    if not node_id or "\x00" in node_id:
        raise NotFound("There is no such node.")
    return node_id


def _page(found: list[Node], limit: int, key: Any) -> Response:
    cursor = encode_cursor((key(),)) if len(found) > limit else None
    return _answer({"items": found[:limit], "next_cursor": cursor})


def _answer(value: object) -> Response:
    return Response(encode(value), media_type="application/json")
