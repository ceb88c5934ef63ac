"""The graph over the wire."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints

from entourage.kit.json import encode
from entourage.kit.schema import Schema
from entourage.stores.graph.base import LABEL_PATTERN, MAX_ID_CHARS, MAX_NAME_CHARS
from entourage.stores.graph.cypher.tokens import MAX_QUERY_CHARS

MAX_BODY_NODES = 1_000
MAX_BODY_EDGES = 4_000
MAX_PROPS_BYTES = 16_384
MAX_ROWS = 1_000

NodeId = Annotated[
    str,
    StringConstraints(min_length=1, max_length=MAX_ID_CHARS, pattern=r"^[^\x00]+$"),
    Field(examples=["concept:qdrant"]),
]
Label = Annotated[str, StringConstraints(pattern=LABEL_PATTERN), Field(examples=["Concept"])]
EdgeType = Annotated[str, StringConstraints(pattern=LABEL_PATTERN), Field(examples=["DEPENDS_ON"])]
Direction = Literal["out", "in", "both"]


def _small(props: dict[str, Any]) -> dict[str, Any]:
    if len(encode(props)) > MAX_PROPS_BYTES:
        raise ValueError(f"at most {MAX_PROPS_BYTES} bytes of JSON")
    return props


Props = Annotated[dict[str, Any], AfterValidator(_small), Field(max_length=64)]


class NewNode(Schema):
    """A node to make or replace."""

    model_config = ConfigDict(extra="forbid")

    id: NodeId
    kind: Label
    name: Annotated[str, StringConstraints(min_length=1, max_length=MAX_NAME_CHARS)] = Field(examples=["Qdrant"])
    props: Props = Field(default_factory=dict)


class NewEdge(Schema):
    """An edge to make or replace; there is one of a type from a node to another."""

    model_config = ConfigDict(extra="forbid")

    source: NodeId
    target: NodeId
    type: EdgeType
    weight: float = Field(1.0, ge=0, le=1_000_000, allow_inf_nan=False)
    props: Props = Field(default_factory=dict)


class Upsert(Schema):
    """Nodes and edges; an edge's ends are given with it, or were before."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "nodes": [
                    {"id": "concept:entourage", "kind": "Concept", "name": "Entourage"},
                    {"id": "concept:sqlite", "kind": "Concept", "name": "SQLite", "props": {"since": 2000}},
                ],
                "edges": [{"source": "concept:entourage", "target": "concept:sqlite", "type": "DEPENDS_ON"}],
            }
        },
    )

    nodes: list[NewNode] = Field(default_factory=list[NewNode], max_length=MAX_BODY_NODES)
    edges: list[NewEdge] = Field(default_factory=list[NewEdge], max_length=MAX_BODY_EDGES)


class Upserted(Schema):
    """How much was given."""

    nodes: int
    edges: int


class GraphNode(Schema):
    """A node; `degree` tells how many edges it has."""

    id: str
    kind: str
    name: str
    props: dict[str, Any]
    degree: int


class GraphEdge(Schema):
    """An edge from `source` to `target`."""

    source: str
    target: str
    type: str
    weight: float
    props: dict[str, Any]


class GraphPart(Schema):
    """A piece of the graph. `truncated`: there is more than was asked for."""

    nodes: list[GraphNode]
    edges: list[GraphEdge]
    truncated: bool


class GraphStats(Schema):
    """How much there is. `engine`: "neo4j" takes Cypher."""

    nodes: int
    edges: int
    kinds: dict[str, int]
    types: dict[str, int]
    engine: Literal["sql", "neo4j"]


class CypherQuery(Schema):
    """A query that reads; `params` are its `$name`s."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {"query": "MATCH (n:Concept)-->(m) RETURN n.name, count(m) AS edges ORDER BY edges DESC LIMIT 5"}
        },
    )

    query: str = Field(min_length=1, max_length=MAX_QUERY_CHARS)
    params: dict[str, Any] = Field(default_factory=dict, max_length=100)
    limit: int = Field(100, ge=1, le=MAX_ROWS)
    timeout_seconds: float = Field(5, gt=0, le=30)


class CypherRows(Schema):
    """Columns and rows of JSON values; nodes and edges as everywhere else."""

    columns: list[str]
    rows: list[list[Any]]
    truncated: bool
