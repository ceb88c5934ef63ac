"""A person's decisions about their memory, and how it stands."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, StringConstraints

from entourage.kit.schema import Schema

AUTO = "auto"
"""The best embedder that is installed on the server."""

Extract = Literal["auto", "rules", "off"]
EmbedderId = Annotated[str, StringConstraints(min_length=1, max_length=300)]


class ChangeSettings(Schema):
    """What changes; the rest stays."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"keep_interactions_days": 180}})

    embedder: EmbedderId = Field(AUTO, description="`auto`, or an id of `/my/memory/embedders`.")
    remember: bool = Field(True, description="Whether the team remembers what is said and done.")
    extract: Extract = Field("auto", description="How the graph is fed from texts: `auto` asks a connected model.")
    max_memories: int = Field(100_000, ge=100, le=10_000_000)
    keep_interactions_days: int = Field(365, ge=1, le=36_500)


class MemorySettings(Schema):
    """What holds now."""

    embedder: str
    remember: bool
    extract: Extract
    max_memories: int
    keep_interactions_days: int
    version: int


class EmbedderOut(Schema):
    """An embedder that can be chosen. `dimensions` null: known once it was asked. `note` says what to know of it."""

    id: str
    model: str
    dimensions: int | None = None
    local: bool
    provider: str | None = None
    available: bool = True
    note: str | None = None
    is_active: bool = False


class EmbedderList(Schema):
    """Every embedder that can be chosen."""

    items: list[EmbedderOut]


class Counts(Schema):
    """Memories by kind."""

    interaction: int = 0
    document: int = 0
    fact: int = 0


class ActiveEmbedder(Schema):
    """The embedder whose vectors are searched."""

    id: str
    model: str
    dimensions: int
    local: bool


class Reindex(Schema):
    """A change of the embedder that goes on: `done` of `total` memories have their new vectors."""

    from_: str = Field(serialization_alias="from")
    to: str
    done: int
    total: int


class CollectionOut(Schema):
    """A collection and how many vectors of yours are in it."""

    name: str
    points: int


class Caps(Schema):
    """What is kept at most."""

    max_memories: int
    keep_interactions_days: int


class MemoryStats(Schema):
    """How memory stands. `pending` memories are not found yet; `failed` ones cannot be."""

    counts: Counts
    pending: int
    failed: int
    embedder: ActiveEmbedder
    reindex: Reindex | None
    collections: list[CollectionOut]
    caps: Caps
