"""Searches over the wire, with why each hit is there."""

from typing import Annotated, Literal

import msgspec
from pydantic import ConfigDict, Field

from entourage.kit.ids import Id
from entourage.kit.schema import Schema
from entourage.memory.fields import MAX_FILTERS, AgentName, Kind, Mode, Moment, Name, Share, Tag, Words
from entourage.memory.schemas import Memory

MAX_LIMIT = 100
MAX_EMBEDDED_TEXTS = 128
MAX_EMBEDDED_CHARACTERS = 20_000


class MemorySearch(Schema):
    """What to look for. Lists mean any of these; everything given must hold.

    `graph` follows the graph so many hops from the hits, `diversity` (0 to 1) prefers hits that differ, `rerank` has
    your default model put them in order, `budget_tokens` stops when so many tokens of text were found.
    """

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"query": "what is the staging server called", "limit": 5}}
    )

    query: Words
    kinds: Annotated[list[Kind], Field(max_length=3)] | None = None
    agents: Annotated[list[AgentName], Field(max_length=MAX_FILTERS)] | None = None
    tags: Annotated[list[Tag], Field(max_length=MAX_FILTERS)] | None = None
    sources: Annotated[list[Name], Field(max_length=MAX_FILTERS)] | None = Field(
        None, description="Kinds of sources, or ids, names or addresses of some."
    )
    document_id: Id | None = None
    workspace: Id | None = Field(None, description="Look into the memory of this workspace.")
    workspaces: bool = Field(
        False, description="Look into your own memory and those of all workspaces you are in, when none is named."
    )
    after: Moment | None = None
    before: Moment | None = None
    mode: Mode = "hybrid"
    graph: Literal[0, 1, 2] = 0
    diversity: Share = 0.0
    budget_tokens: int | None = Field(None, ge=1, le=1_000_000)
    rerank: bool = False
    limit: int = Field(10, ge=1, le=MAX_LIMIT)


class DenseWhy(Schema):
    """Its place by meaning, from 1, and the cosine."""

    rank: int
    score: float


class SparseWhy(Schema):
    """Its place by words, from 1, the BM25 score, and the words of the query that it holds."""

    rank: int
    score: float
    terms: list[str]


class GraphWhy(Schema):
    """The way through the graph from another hit: names and kinds of edges in turn."""

    path: list[str]
    weight: float


class RerankWhy(Schema):
    """What the model gave it, from 0 to 1."""

    score: float


class Why(Schema):
    """Why a memory was found; `text` says it for people."""

    dense: DenseWhy | None = None
    sparse: SparseWhy | None = None
    graph: GraphWhy | None = None
    rerank: RerankWhy | None = None
    text: str = ""


class FoundMemory(Schema):
    """A hit. `score` is for ordering within one answer."""

    memory: Memory
    score: float
    why: Why


class Found(Schema):
    """Hits, best first. `mode` is what was done: `sparse` when the embedder could not be asked."""

    items: list[FoundMemory]
    embedder: str
    mode: Mode
    took_ms: float


class Recalled(msgspec.Struct, frozen=True):
    """What an agent is reminded of."""

    items: list[FoundMemory]
    took_ms: float


class EmbedTexts(Schema):
    """Texts to make vectors of. `kind` tells questions from texts that may answer them."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"texts": ["hello"], "kind": "query"}})

    texts: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=MAX_EMBEDDED_CHARACTERS)]],
        Field(min_length=1, max_length=MAX_EMBEDDED_TEXTS),
    ]
    kind: Literal["query", "passage"] = "passage"


class Embedded(Schema):
    """Their vectors, in order."""

    model: str
    dimensions: int
    vectors: list[list[float]]
