"""Artifacts over the wire."""

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, StringConstraints

from entourage.artifacts.kinds import ArtifactType
from entourage.artifacts.tables import ArtifactRow, ArtifactVersionRow
from entourage.events.message import ArtifactRef
from entourage.kit.clock import Time, now_ms
from entourage.kit.schema import Schema

MAX_TITLE = 200
MAX_TAGS = 20

Retention = Literal["hot", "warm", "permanent"]
Tag = Annotated[str, StringConstraints(strip_whitespace=True, to_lower=True, min_length=1, max_length=64)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class Metadata(Schema):
    """What is known of an artifact besides its content. `permissions` is what it says that it needs."""

    model_config = ConfigDict(extra="forbid")

    language: str | None = Field(None, max_length=32)
    framework: str | None = Field(None, max_length=64)
    dependencies: list[Line] = Field([], max_length=200)
    tags: list[Tag] = Field([], max_length=MAX_TAGS)
    source: str | None = Field(None, max_length=2048, description="Where it comes from: an address, a path.")
    tool: str | None = Field(None, max_length=128)
    permissions: list[Line] = Field([], max_length=50)


class Preview(Schema):
    """What shows an artifact in small; `thumbnail_url` works for an hour. `seconds` is how long it plays."""

    text: str | None = None
    width: int | None = None
    height: int | None = None
    pages: int | None = None
    seconds: float | None = None
    error: str | None = None
    thumbnail_url: str | None = None


class Artifact(Schema):
    """A result. `content_url` is signed and short-lived: an image, a frame or a download needs no header.

    `revision` counts every change, `version` those of the content. A preview is null until it is made; `snippet` is
    where the words of a search stand, each between U+E000 and U+E001.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "id": "0192f0c1-2b3c-7d4e-8f50-6a7b8c9d0e1f",
                "chat_id": "0192f0c1-0000-7000-8000-000000000001",
                "run_id": None,
                "agent": "coder",
                "type": "data",
                "title": "Sales by month",
                "version": 2,
                "versions": 2,
                "revision": 2,
                "format": "text/csv",
                "language": None,
                "metadata": {"tags": ["sales"]},
                "size": 812,
                "retention": "hot",
                "expires_at": None,
                "shared": False,
                "preview": {"text": "month,sales"},
                "created_at": "2026-11-14T22:13:20.000Z",
                "updated_at": "2026-11-14T22:13:21.000Z",
                "content_url": "/artifact-content/eyJ...",
            }
        }
    )

    id: str
    chat_id: str | None
    run_id: str | None
    agent: str | None
    type: ArtifactType
    title: str
    version: int
    versions: int
    revision: int
    format: str
    language: str | None
    metadata: Metadata
    size: int
    retention: Retention
    expires_at: Time | None
    shared: bool
    preview: Preview | None
    has_thumbnail: bool = Field(False, exclude=True)
    created_at: Time
    updated_at: Time
    content_url: str | None = None
    snippet: str | None = None

    @classmethod
    def of(cls, row: ArtifactRow, snippet: str | None = None) -> "Artifact":
        return cls.model_validate(
            {
                "id": row.id,
                "chat_id": row.chat_id,
                "run_id": row.run_id,
                "agent": row.agent,
                "type": row.type,
                "title": row.title,
                "version": row.version,
                "versions": row.version,
                "revision": row.revision,
                "format": row.format,
                "language": row.language,
                "metadata": {**row.details, "language": row.language},
                "size": row.size,
                "retention": row.retention,
                "expires_at": row.expires_ms,
                "shared": row.shared_until_ms > now_ms(),
                "preview": row.preview if row.preview_version == row.version else None,
                "has_thumbnail": row.thumbnail_key is not None and row.preview_version == row.version,
                "created_at": row.created_ms,
                "updated_at": row.updated_ms,
                "snippet": snippet,
            }
        )

    def ref(self) -> ArtifactRef:
        """What a tool call shows of it."""
        return ArtifactRef(id=self.id, version=self.version, title=self.title, type=self.type)

    def wire(self) -> dict[str, Any]:
        """As it goes into an event."""
        return self.model_dump(mode="json", exclude={"content_url", "snippet"})


class ArtifactVersion(Schema):
    """One version in the history."""

    version: int
    size: int
    format: str | None
    sha256: str | None
    agent: str | None
    note: str
    created_at: Time

    @classmethod
    def of(cls, row: ArtifactVersionRow) -> "ArtifactVersion":
        return cls(
            version=row.version,
            size=row.size,
            format=row.format,
            sha256=row.sha256,
            agent=row.agent,
            note=row.note,
            created_at=row.created_ms,
        )


class ArtifactVersions(Schema):
    """All versions, newest first."""

    items: list[ArtifactVersion]


class RevertArtifact(Schema):
    """Make an old version the newest again."""

    version: int = Field(ge=1, le=1_000_000_000, examples=[1])
