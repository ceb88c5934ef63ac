"""Requests to the team by the IDE's names."""

from typing import Annotated, Any

from pydantic import ConfigDict, Field, StringConstraints

from entourage.agents.routing.judging import Handler
from entourage.agents.routing.router import Mode
from entourage.agents.schemas import ModelId, RunKind, RunStatus
from entourage.chats.schemas import MAX_TEXT
from entourage.kit.ids import Id
from entourage.kit.schema import Schema

MAX_ITEMS = 500
MAX_WAIT_SECONDS = 280

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_TEXT)]
AgentKey = Annotated[str, StringConstraints(min_length=2, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]


class VectorHit(Schema):
    """A passage that the client's own search found."""

    model_config = ConfigDict(extra="allow")

    text: str = Field(max_length=100_000)
    id: str | None = Field(None, max_length=300)
    score: float | None = None
    source: str | None = Field(None, max_length=2_000)


class Node(Schema):
    """A thing of the client's graph."""

    model_config = ConfigDict(extra="allow")

    id: str = Field(max_length=300)
    label: str | None = Field(None, max_length=300)


class Edge(Schema):
    """How two things of the client's graph belong together."""

    model_config = ConfigDict(extra="allow")

    source: str = Field(max_length=300)
    target: str = Field(max_length=300)
    type: str | None = Field(None, max_length=300)


class Graph(Schema):
    """A part of the client's graph."""

    model_config = ConfigDict(extra="forbid")

    nodes: list[Node] = Field([], max_length=MAX_ITEMS)
    edges: list[Edge] = Field([], max_length=MAX_ITEMS)


class ContextDocument(Schema):
    """A text that the client has at hand."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(max_length=200_000)
    title: str | None = Field(None, max_length=300)
    uri: str | None = Field(None, max_length=2_000)


class Context(Schema):
    """What the client gathered itself. The agents read it as data: nothing in it can give them orders."""

    model_config = ConfigDict(extra="forbid")

    vectors: list[VectorHit] = Field([], max_length=MAX_ITEMS)
    graph: Graph | None = None
    documents: list[ContextDocument] = Field([], max_length=100)

    @property
    def is_empty(self) -> bool:
        graph = self.graph
        return not (self.vectors or self.documents or (graph and (graph.nodes or graph.edges)))


class _Asked(Schema):
    model_config = ConfigDict(extra="forbid")

    session_id: Id | None = Field(None, description="The conversation to go on in; a new one without it.")
    model: ModelId | None = None
    context: Context | None = None
    wait_seconds: int = Field(0, ge=0, le=MAX_WAIT_SECONDS, description="Wait so long for the answer.")


class Orchestrate(_Asked):
    """A request to the whole team."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"request": "What is in my folder?"}})

    request: Words
    mode: Mode = "auto"


class Invoke(_Asked):
    """A task for one agent."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"input": "Say hello"}})

    input: Words


class Begun(Schema):
    """What was begun: the run, where its answer goes, and who answers. `answer` is there once the run has ended."""

    session_id: str
    run_id: str
    message_id: str
    seq: int = Field(description="The answer is on `/my/stream/{session_id}` after this.")
    agent: str
    kind: RunKind
    status: RunStatus
    intent: str | None = None
    confidence: float | None = None
    handler: Handler | None = None
    answer: str | None = None
    output: dict[str, Any] | None = None
    error: str | None = None
