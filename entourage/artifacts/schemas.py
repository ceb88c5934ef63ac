"""Artifacts over the wire."""

from __future__ import annotations

from typing import Any

from pydantic import ConfigDict, Field

from entourage.artifacts.kinds import ArtifactType
from entourage.artifacts.tables import ArtifactRow, ArtifactVersionRow
from entourage.events.message import ArtifactRef
from entourage.kit.clock import Time
from entourage.kit.schema import Schema

MAX_TITLE = 200


class Artifact(Schema):
    """A result. `content_url` is signed and short-lived: an image, a frame or a download needs no header."""

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
                "format": "text/csv",
                "language": None,
                "size": 812,
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
    format: str
    language: str | None
    size: int
    created_at: Time
    updated_at: Time
    content_url: str | None = None

    @classmethod
    def of(cls, row: ArtifactRow, content_url: str | None = None) -> Artifact:
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
                "format": row.format,
                "language": row.language,
                "size": row.size,
                "created_at": row.created_ms,
                "updated_at": row.updated_ms,
                "content_url": content_url,
            }
        )

    def ref(self) -> ArtifactRef:
        """What a tool call shows of it."""
        return ArtifactRef(id=self.id, version=self.version, title=self.title, type=self.type)

    def wire(self) -> dict[str, Any]:
        """As it goes into an event."""
        return self.model_dump(mode="json", exclude={"content_url"})


class ArtifactVersion(Schema):
    """One version in the history."""

    version: int
    size: int
    agent: str | None
    note: str
    created_at: Time

    @classmethod
    def of(cls, row: ArtifactVersionRow) -> ArtifactVersion:
        return cls(version=row.version, size=row.size, agent=row.agent, note=row.note, created_at=row.created_ms)


class ArtifactVersions(Schema):
    """All versions, newest first."""

    items: list[ArtifactVersion]


class RevertArtifact(Schema):
    """Make an old version the newest again."""

    version: int = Field(ge=1, examples=[1])
