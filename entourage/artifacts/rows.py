"""Finding and changing the rows of artifacts, within a transaction of the caller."""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from entourage.artifacts.change_schemas import ChangeArtifact
from entourage.artifacts.contents import Stored
from entourage.artifacts.drafts import Draft
from entourage.artifacts.indexing import index_content
from entourage.artifacts.kinds import is_text
from entourage.artifacts.retention import expiry_ms
from entourage.artifacts.tables import (
    ArtifactMarkRow,
    ArtifactRow,
    ArtifactShareRow,
    ArtifactTagRow,
    ArtifactTextRow,
    ArtifactVersionRow,
)
from entourage.kit.clock import now_ms
from entourage.kit.errors import NotFound, Stale
from entourage.kit.etag import check_if_match, etag_of


def new_row(draft: Draft, artifact_id: str) -> ArtifactRow:
    """An artifact without a version."""
    return ArtifactRow(
        id=artifact_id,
        chat_id=draft.chat_id,
        type=draft.type,
        version=0,
        revision=0,
        shared_until_ms=0,
        preview_version=0,
        preview={},
        created_ms=now_ms(),
    )


async def add_version(
    session: AsyncSession, row: ArtifactRow, stored: Stored, content: bytes, agent: str | None, note: str
) -> None:
    """Make `stored` the newest version."""
    row.version += 1
    row.revision += 1
    row.size, row.format, row.updated_ms = stored.size, stored.format, now_ms()
    session.add(stored.version(row.id, row.version, agent=agent, note=note, at_ms=row.updated_ms))
    await index_content(session, row, content if is_text(stored.format) else None)


def apply_change(row: ArtifactRow, change: ChangeArtifact) -> None:
    """Title, metadata, retention."""
    given = change.model_fields_set
    if change.title is not None:
        row.title = change.title
    if change.metadata is not None:
        row.language = change.metadata.language
        row.details = change.metadata.model_dump(mode="json", exclude={"language"}, exclude_defaults=True)
    if change.retention is not None:
        row.retention = change.retention
    if change.keep_for:
        row.expires_ms = expiry_ms(change.keep_for)
    elif "expires_at" in given:
        row.expires_ms = int(change.expires_at.timestamp() * 1000) if change.expires_at else None
    if row.retention == "permanent":
        row.expires_ms = None


def row_tag(artifact_id: str, revision: int) -> str:
    """The ETag of an artifact as a whole."""
    return etag_of(artifact_id, "revision", revision)


def content_tag(artifact_id: str, version: int) -> str:
    """The ETag of the bytes of a version."""
    return etag_of(artifact_id, version)


def check_tag(row: ArtifactRow, if_match: str | None, *, also_content: bool = False) -> None:
    """Raises Stale, unless the caller knows this revision (or, with `also_content`, this version's bytes)."""
    try:
        check_if_match(if_match, row_tag(row.id, row.revision))
    except Stale:
        if not also_content:
            raise
        check_if_match(if_match, content_tag(row.id, row.version))


async def same_as(session: AsyncSession, draft: Draft, *, lock: bool = False) -> ArtifactRow | None:
    """The artifact that the draft is a new version of: same conversation, title and type."""
    if draft.chat_id is None:
        return None
    query = select(ArtifactRow).where(
        ArtifactRow.chat_id == draft.chat_id, ArtifactRow.title == draft.title, ArtifactRow.type == draft.type
    )
    return await session.scalar(query.limit(1).with_for_update() if lock else query.limit(1))


async def marked(session: AsyncSession, draft: Draft) -> ArtifactRow | None:
    """The artifact that this very call made before."""
    done = await session.get(ArtifactMarkRow, draft.id) if draft.id else None
    return await find_row(session, done.artifact_id) if done else None


async def remove(session: AsyncSession, ids: list[str]) -> list[str]:
    """Remove rows; gives the keys of the blobs that nobody knows any more."""
    blobs = select(ArtifactVersionRow.blob_key).where(
        ArtifactVersionRow.artifact_id.in_(ids), ArtifactVersionRow.blob_key.is_not(None)
    )
    thumbnails = select(ArtifactRow.thumbnail_key).where(
        ArtifactRow.id.in_(ids), ArtifactRow.thumbnail_key.is_not(None)
    )
    keys = [str(key) for query in (blobs, thumbnails) for key in await session.scalars(query)]
    for table in (ArtifactVersionRow, ArtifactMarkRow, ArtifactTextRow, ArtifactTagRow, ArtifactShareRow):
        await session.execute(delete(table).where(cast("Any", table).artifact_id.in_(ids)))
    await session.execute(delete(ArtifactRow).where(ArtifactRow.id.in_(ids)))
    return keys


async def find_row(session: AsyncSession, artifact_id: str, *, lock: bool = False) -> ArtifactRow:
    """Raises NotFound."""
    row = await session.get(ArtifactRow, artifact_id, with_for_update=lock or None)
    if row is None:
        raise NotFound(f"There is no artifact {artifact_id}.")
    return row


async def find_version(session: AsyncSession, artifact_id: str, version: int) -> ArtifactVersionRow:
    """Raises NotFound."""
    row = await session.get(ArtifactVersionRow, (artifact_id, version))
    if row is None:
        raise NotFound(f"The artifact has no version {version}.")
    return row
