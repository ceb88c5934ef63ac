"""What stands beside an artifact's row: its words, its tags, its preview."""

from __future__ import annotations

from typing import cast

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from entourage.artifacts.kinds import DOCX, PDF
from entourage.artifacts.tables import ArtifactRow, ArtifactTagRow, ArtifactTextRow
from entourage.artifacts.texts import beginning, plain, searchable

_DRAWN = frozenset({"image/png", "image/jpeg", "image/webp", "image/gif", PDF, DOCX})

PLAYED = ("video/", "audio/")
"""How the formats of films and sounds begin."""


def takes_a_process(mime: str) -> bool:
    """Whether the preview is made by decoding what might be hostile."""
    return mime in _DRAWN or mime.startswith(PLAYED)


async def index_content(session: AsyncSession, row: ArtifactRow, text: bytes | None) -> None:
    """After a new version: its words, and its preview where that needs no process. `text` is None for other bytes."""
    words = plain(text, row.format) if text is not None else ""
    if not takes_a_process(row.format):
        row.preview = {"text": beginning(words)} if words else {}
        row.preview_version = row.version
    await index_tags(session, row, words)


async def index_tags(session: AsyncSession, row: ArtifactRow, words: str | None = None) -> None:
    """After new words (None: they stay), a new title or new tags."""
    tags = cast("list[str]", row.details.get("tags", []))
    await session.flush()
    found = await session.scalar(select(ArtifactTextRow).where(ArtifactTextRow.artifact_id == row.id))
    if found is None:
        session.add(ArtifactTextRow(artifact_id=row.id, text=searchable(row.title, tags, words or "")))
    else:
        kept = found.text.split("\n", 2)[2] if words is None else words
        found.text = searchable(row.title, tags, kept)
    await session.execute(delete(ArtifactTagRow).where(ArtifactTagRow.artifact_id == row.id))
    session.add_all(ArtifactTagRow(artifact_id=row.id, tag=tag) for tag in dict.fromkeys(tags))
