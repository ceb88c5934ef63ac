"""Shared artifacts over the wire: what their owner sees of a link, and what whoever has the link sees."""

from pydantic import ConfigDict, Field

from entourage.artifacts.kinds import ArtifactType
from entourage.artifacts.schemas import Preview
from entourage.artifacts.tables import ArtifactShareRow
from entourage.kit.clock import Time
from entourage.kit.schema import Schema

MAX_SHARE_SECONDS = 366 * 24 * 3600


class ShareArtifact(Schema):
    """What is shared: one version, or whichever is the newest; for so long, or until it is revoked."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"expires_in_seconds": 86_400}})

    version: int | None = Field(None, ge=1, le=1_000_000_000)
    expires_in_seconds: int | None = Field(None, ge=60, le=MAX_SHARE_SECONDS)


class ArtifactShare(Schema):
    """A link to an artifact. `version` null: it shows the newest."""

    id: str
    artifact_id: str
    version: int | None
    created_at: Time
    expires_at: Time | None

    @classmethod
    def of(cls, row: ArtifactShareRow) -> "ArtifactShare":
        return cls(
            id=row.id,
            artifact_id=row.artifact_id,
            version=row.version,
            created_at=row.created_ms,
            expires_at=row.expires_ms,
        )


class NewArtifactShare(ArtifactShare):
    """A link that was just made: `url` and `token` are told this once."""

    token: str
    url: str


class ArtifactShareList(Schema):
    """The links to one artifact that still work, newest first."""

    items: list[ArtifactShare]


class SharedArtifactPage(Schema):
    """An artifact for whoever has its link: no ids, no conversation, no other versions."""

    title: str
    type: ArtifactType
    format: str
    language: str | None
    version: int
    size: int
    preview: Preview | None
    updated_at: Time
    expires_at: Time | None
    content_url: str = Field(description="Works for an hour.")
