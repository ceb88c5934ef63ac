"""Making, changing and reading artifacts."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from entourage.artifacts.kinds import ArtifactType, format_of
from entourage.artifacts.schemas import MAX_TITLE, Artifact, ArtifactVersion
from entourage.artifacts.tables import ArtifactMarkRow, ArtifactRow, ArtifactVersionRow
from entourage.events.event import NewEvent
from entourage.events.log import EventLog
from entourage.events.types import ArtifactCreated, ArtifactUpdated
from entourage.kit.clock import now_ms
from entourage.kit.errors import NotFound, QuotaExceeded, TooLarge
from entourage.kit.etag import check_if_match, etag_of
from entourage.kit.ids import derived_id, new_id
from entourage.stores.blobs import Blobs
from entourage.stores.sql import Database

INLINE_BYTES = 65_536
"""Content up to this size stands in the row; larger content goes to a blob."""

MAX_BYTES = 16 * 1_048_576


@dataclass(frozen=True, slots=True)
class Draft:
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


class Artifacts:
    """Artifacts of every owner, opened as one."""

    def __init__(self, database: Database, blobs: Blobs, log: EventLog, *, quota_bytes: int) -> None:
        self._database = database
        self._blobs = blobs
        self._log = log
        self._quota_bytes = quota_bytes

    async def create(self, owner_id: str, draft: Draft) -> Artifact:
        """A new artifact, or the next version of the one with the same title and type in the same chat.

        Raises TooLarge, Invalid (content that does not fit the type), QuotaExceeded.
        """
        mime = format_of(draft.type, draft.content, draft.path)
        self._check_size(draft.content)
        async with self._database.write(owner_id) as session:
            done = await session.get(ArtifactMarkRow, draft.id) if draft.id else None
            if done:
                row = await _row(session, done.artifact_id)
            else:
                await self._check_quota(session, len(draft.content))
                row = await self._store(session, owner_id, draft, mime)
        artifact = Artifact.of(row)
        await self._tell(owner_id, artifact, created=artifact.version == 1)
        return artifact

    async def get(self, owner_id: str, artifact_id: str) -> Artifact:
        """Raises NotFound."""
        async with self._database.read(owner_id) as session:
            return Artifact.of(await _row(session, artifact_id))

    async def list(self, owner_id: str, *, chat_id: str | None, before: str | None, limit: int) -> list[Artifact]:
        """Newest first."""
        query = select(ArtifactRow).order_by(ArtifactRow.id.desc()).limit(limit)
        if chat_id:
            query = query.where(ArtifactRow.chat_id == chat_id)
        if before:
            query = query.where(ArtifactRow.id < before)
        async with self._database.read(owner_id) as session:
            return [Artifact.of(row) for row in await session.scalars(query)]

    async def versions(self, owner_id: str, artifact_id: str) -> list[ArtifactVersion]:
        """Newest first. Raises NotFound."""
        query = (
            select(ArtifactVersionRow)
            .where(ArtifactVersionRow.artifact_id == artifact_id)
            .order_by(ArtifactVersionRow.version.desc())
        )
        async with self._database.read(owner_id) as session:
            await _row(session, artifact_id)
            return [ArtifactVersion.of(row) for row in await session.scalars(query)]

    async def content(self, owner_id: str, artifact_id: str, version: int | None = None) -> tuple[Artifact, bytes]:
        """The artifact and the bytes of a version (default: the newest). Raises NotFound."""
        async with self._database.read(owner_id) as session:
            row = await _row(session, artifact_id)
            found = await _version(session, artifact_id, version or row.version)
        return Artifact.of(row), await self._bytes(owner_id, found)

    async def update(self, owner_id: str, artifact_id: str, content: bytes, if_match: str | None) -> Artifact:
        """A new version by hand. Raises NotFound, Stale, Invalid, TooLarge, QuotaExceeded."""
        self._check_size(content)
        async with self._database.write(owner_id) as session:
            row = await _row(session, artifact_id)
            check_if_match(if_match, etag_of(row.id, row.version))
            row.format = format_of(row.type, content, None) if row.type == "image" else row.format  # pyright: ignore[reportArgumentType]
            await self._check_quota(session, len(content))
            await self._add_version(session, owner_id, row, content, None, "edited")
        return await self._updated(owner_id, row)

    async def revert(self, owner_id: str, artifact_id: str, version: int, if_match: str | None) -> Artifact:
        """The content of an old version as the newest one. Raises NotFound, Stale."""
        _, content = await self.content(owner_id, artifact_id, version)
        async with self._database.write(owner_id) as session:
            row = await _row(session, artifact_id)
            check_if_match(if_match, etag_of(row.id, row.version))
            await self._check_quota(session, len(content))
            await self._add_version(session, owner_id, row, content, None, f"back to version {version}")
        return await self._updated(owner_id, row)

    async def delete(self, owner_id: str, artifact_id: str, if_match: str | None = None) -> None:
        """Remove all versions. Raises NotFound, Stale."""
        async with self._database.write(owner_id) as session:
            row = await _row(session, artifact_id)
            check_if_match(if_match, etag_of(row.id, row.version))
            await self._remove(session, owner_id, [artifact_id])

    async def delete_chat(self, session: AsyncSession, owner_id: str, chat_id: str) -> None:
        """Remove all artifacts of a chat, in the caller's transaction."""
        ids = list(await session.scalars(select(ArtifactRow.id).where(ArtifactRow.chat_id == chat_id)))
        await self._remove(session, owner_id, ids)

    async def _remove(self, session: AsyncSession, owner_id: str, ids: list[str]) -> None:
        keys = await session.scalars(
            select(ArtifactVersionRow.blob_key).where(
                ArtifactVersionRow.artifact_id.in_(ids), ArtifactVersionRow.blob_key.is_not(None)
            )
        )
        for key in keys:
            await self._blobs.delete(owner_id, str(key))
        for table, column in (
            (ArtifactVersionRow, ArtifactVersionRow.artifact_id),
            (ArtifactMarkRow, ArtifactMarkRow.artifact_id),
            (ArtifactRow, ArtifactRow.id),
        ):
            await session.execute(delete(table).where(column.in_(ids)))

    async def _store(self, session: AsyncSession, owner_id: str, draft: Draft, mime: str) -> ArtifactRow:
        row = await self._same(session, draft)
        if row is None:
            row = ArtifactRow(id=new_id(), chat_id=draft.chat_id, created_ms=now_ms(), version=0, type=draft.type)
            session.add(row)
        row.title, row.language = draft.title[:MAX_TITLE], draft.language
        row.run_id, row.agent, row.format = draft.run_id, draft.agent, mime
        await self._add_version(session, owner_id, row, draft.content, draft.agent, "" if row.version else "created")
        if draft.id:
            session.add(ArtifactMarkRow(id=draft.id, artifact_id=row.id))
        return row

    async def _same(self, session: AsyncSession, draft: Draft) -> ArtifactRow | None:
        if draft.chat_id is None:
            return None
        query = select(ArtifactRow).where(
            ArtifactRow.chat_id == draft.chat_id, ArtifactRow.title == draft.title, ArtifactRow.type == draft.type
        )
        return await session.scalar(query.limit(1))

    async def _add_version(
        self, session: AsyncSession, owner_id: str, row: ArtifactRow, content: bytes, agent: str | None, note: str
    ) -> None:
        row.version += 1
        row.size, row.updated_ms = len(content), now_ms()
        version = ArtifactVersionRow(
            artifact_id=row.id,
            version=row.version,
            size=len(content),
            agent=agent,
            note=note,
            created_ms=row.updated_ms,
        )
        if len(content) <= INLINE_BYTES:
            version.content = content
        else:
            key = f"artifacts/{row.id}/{row.version}-{new_id()}"
            await self._blobs.put(owner_id, key, content)
            version.blob_key = key
        session.add(version)

    async def _bytes(self, owner_id: str, version: ArtifactVersionRow) -> bytes:
        if version.content is not None:
            return version.content
        return await self._blobs.get(owner_id, version.blob_key or "")

    async def _updated(self, owner_id: str, row: ArtifactRow) -> Artifact:
        artifact = Artifact.of(row)
        await self._tell(owner_id, artifact, created=False)
        return artifact

    async def _tell(self, owner_id: str, artifact: Artifact, *, created: bool) -> None:
        data = ArtifactCreated(artifact=artifact.wire()) if created else ArtifactUpdated(artifact=artifact.wire())
        await self._log.append(
            NewEvent(
                owner_id=owner_id,
                data=data,
                id=derived_id("artifact", artifact.id, artifact.version),
                session_id=artifact.chat_id,
                run_id=artifact.run_id,
                agent=artifact.agent,
            )
        )

    def _check_size(self, content: bytes) -> None:
        if len(content) > MAX_BYTES:
            raise TooLarge(f"An artifact may have {MAX_BYTES} bytes; this one has {len(content)}.")

    async def _check_quota(self, session: AsyncSession, more: int) -> None:
        used = await session.scalar(select(func.coalesce(func.sum(ArtifactVersionRow.size), 0)))
        if int(used or 0) + more > self._quota_bytes:
            raise QuotaExceeded(
                f"Your artifacts would take more than {self._quota_bytes} bytes.",
                hint="Delete artifacts or conversations you no longer need.",
            )


async def _row(session: AsyncSession, artifact_id: str) -> ArtifactRow:
    row = await session.get(ArtifactRow, artifact_id)
    if row is None:
        raise NotFound(f"There is no artifact {artifact_id}.")
    return row


async def _version(session: AsyncSession, artifact_id: str, version: int) -> ArtifactVersionRow:
    row = await session.get(ArtifactVersionRow, (artifact_id, version))
    if row is None:
        raise NotFound(f"The artifact has no version {version}.")
    return row
