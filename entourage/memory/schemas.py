"""Memories over the wire."""

from typing import Annotated, Any

from pydantic import ConfigDict, Field, StringConstraints, field_validator

from entourage.kit.clock import Time
from entourage.kit.ids import Id
from entourage.kit.json import encode
from entourage.kit.schema import Schema, never_null
from entourage.memory.fields import (
    AgentName,
    Content,
    Kind,
    Moment,
    Name,
    Share,
    SourceType,
    Tag,
    Tags,
    Text,
)

MAX_METADATA_BYTES = 16 * 1024
MAX_CHUNK = 10_000_000


class Source(Schema):
    """Where a memory comes from. `page`, `line` and `chunk` count from 1."""

    model_config = ConfigDict(extra="forbid")

    type: SourceType = "person"
    id: Name | None = None
    name: Name | None = None
    url: Annotated[str, StringConstraints(min_length=1, max_length=2048)] | None = None
    session_id: Annotated[str, StringConstraints(min_length=1, max_length=128)] | None = None
    message_id: Annotated[str, StringConstraints(min_length=1, max_length=128)] | None = None
    page: int | None = Field(None, ge=0, le=1_000_000)
    line: int | None = Field(None, ge=0, le=100_000_000)
    chunk: int | None = Field(None, ge=0, le=MAX_CHUNK)

    @property
    def key(self) -> str | None:
        """What names this source among its kind: what one filters and forgets by."""
        named = self.id or self.url or self.name or self.session_id
        return named[:512] if named else None


def _small(value: dict[str, Any]) -> dict[str, Any]:
    if len(encode(value)) > MAX_METADATA_BYTES:
        raise ValueError(f"may hold {MAX_METADATA_BYTES} bytes as JSON")
    return value


class Author(Schema):
    """Who said a memory of a workspace, by the name they had then."""

    id: str
    name: str


class NewMemory(Schema):
    """What is to be remembered, of a `workspace` for its members. `importance` and `confidence` are from 0 to 1."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"example": {"text": "The staging server is called heron.", "tags": ["infra"]}},
    )

    text: Text
    kind: Kind = "fact"
    agent: AgentName | None = None
    shared: bool = True
    tags: Tags = []
    source: Source = Source()  # pyright: ignore[reportCallIssue]  # every field has a default
    importance: Share = 0.5
    confidence: Share | None = None
    valid_from: Moment | None = None
    valid_until: Moment | None = None
    language: Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")] | None = None
    content: Content = "text"
    workspace: Id | None = None
    metadata: dict[str, Any] = {}

    _bounded = field_validator("metadata")(_small)


class ChangeMemory(Schema):
    """What changes; the rest stays."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"tags": ["infra", "staging"]}})

    text: Text | None = None
    kind: Kind | None = None
    agent: AgentName | None = None
    shared: bool | None = None
    tags: Annotated[list[Tag], Field(max_length=32)] | None = None
    importance: Share | None = None
    confidence: Share | None = None
    valid_until: Moment | None = None
    metadata: dict[str, Any] | None = None

    _given = never_null("text", "kind", "shared", "tags", "importance", "metadata")
    _bounded = field_validator("metadata")(_small)

    def values(self) -> dict[str, Any]:
        """The fields that were given."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class Memory(Schema):
    """One memory. `indexed`: searches find this version of it. `workspace` is the one whose members share it,
    `author` who of them said it; both are null for one's own."""

    id: str
    kind: Kind
    text: str
    agent: str | None
    shared: bool
    source: Source
    document_id: str | None
    language: str | None
    tags: list[str]
    confidence: float | None
    importance: float
    repeats: int
    valid_from: Time | None
    valid_until: Time | None
    uses: int
    used_at: Time | None
    created_at: Time
    updated_at: Time
    version: int
    content: Content
    workspace: str | None
    author: Author | None
    metadata: dict[str, Any]
    indexed: bool
    error: str | None


class Forget(Schema):
    """What to forget: everything that fits all that is given. With `dry_run` it is only told. It is looked for in your
    own memory, or in that of a `workspace`."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"source": "notes.md", "dry_run": True}})

    ids: Annotated[list[Id], Field(min_length=1, max_length=1000)] | None = None
    query: Annotated[str, StringConstraints(min_length=1, max_length=10_000, pattern=r"\S")] | None = None
    min_score: Annotated[float, Field(ge=-1, le=1)] | None = Field(
        None, description="How alike a memory must be to the query; 0.85 when left out."
    )
    source: Name | None = Field(None, description="A kind of source, or the id, name or address of one.")
    document_id: Id | None = None
    agent: AgentName | None = None
    kind: Kind | None = None
    before: Moment | None = None
    workspace: Id | None = None
    dry_run: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing says what to forget."""
        return not any((self.ids, self.query, self.source, self.document_id, self.agent, self.kind, self.before))


class Forgotten(Schema):
    """How many memories were forgotten (or would be), the ids of the first thousand, and the first twenty."""

    forgotten: int
    ids: list[str]
    items: list[Memory]


class LineError(Schema):
    """A line of an import that could not be taken, counting from 1."""

    line: int
    detail: str


class Imported(Schema):
    """What an import came to. `skipped` lines were known already; errors past the first hundred are only counted."""

    imported: int
    skipped: int
    failed: int
    errors: list[LineError]


class Consolidated(Schema):
    """How many facts were looked at, how many stand for several now, and how many went into those."""

    looked_at: int
    merged: int
    removed: int
