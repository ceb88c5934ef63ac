"""What artifacts are made of, and versions whose bytes are not read yet."""

from __future__ import annotations

import msgspec

from entourage.artifacts.contents import Contents
from entourage.artifacts.kinds import ArtifactType, is_text
from entourage.artifacts.schemas import Artifact, Metadata, Retention
from entourage.artifacts.tables import ArtifactVersionRow
from entourage.kit.errors import TooLarge

MAX_BYTES = 16 * 1_048_576
"""Of text."""
MAX_MEDIA_BYTES = 64 * 1_048_576
"""Of pictures, films, sounds and documents."""


class Draft(msgspec.Struct, frozen=True):
    """A new artifact or version."""

    type: ArtifactType
    title: str
    content: bytes
    path: str | None = None
    language: str | None = None
    chat_id: str | None = None
    run_id: str | None = None
    agent: str | None = None
    id: str | None = None
    """Given by a tool call, so that a repeat after a restart makes no second artifact."""
    format: str | None = None
    metadata: Metadata = msgspec.field(default_factory=Metadata.model_construct)
    retention: Retention = "hot"
    expires_ms: int | None = None


class Piece(msgspec.Struct, frozen=True):
    """A version of an artifact whose bytes are read when they are wanted."""

    artifact: Artifact
    version: ArtifactVersionRow
    contents: Contents
    owner_id: str

    @property
    def format(self) -> str:
        """The MIME type of this very version."""
        return self.version.format or self.artifact.format

    async def read(self, start: int = 0, end: int | None = None) -> bytes:
        """All bytes, or some. Raises NotFound when they are gone."""
        if start == 0 and end in (None, self.version.size):
            return await self.contents.read(self.owner_id, self.version)
        return await self.contents.part(self.owner_id, self.version, start, self.version.size if end is None else end)


def check_size(content: bytes, mime: str) -> None:
    """Raises TooLarge."""
    most = MAX_BYTES if is_text(mime) else MAX_MEDIA_BYTES
    if len(content) > most:
        raise TooLarge(f"An artifact of {mime} may have {most} bytes; this one has {len(content)}.")
