"""Making, changing and reading artifacts."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from msgspec.structs import replace
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from entourage.artifacts.change_schemas import ChangeArtifact
from entourage.artifacts.contents import INLINE_BYTES, Contents, Stored
from entourage.artifacts.drafts import MAX_BYTES, MAX_MEDIA_BYTES, Draft, Piece, check_size
from entourage.artifacts.finding import Finding, Wanted
from entourage.artifacts.indexing import index_tags
from entourage.artifacts.kinds import format_of
from entourage.artifacts.rows import (
    add_version,
    apply_change,
    check_tag,
    find_row,
    find_version,
    marked,
    new_row,
    remove,
    same_as,
)
from entourage.artifacts.schemas import MAX_TITLE, Artifact, ArtifactVersion
from entourage.artifacts.tables import ArtifactMarkRow, ArtifactRow, ArtifactVersionRow
from entourage.events.event import NewEvent
from entourage.events.log import EventLog
from entourage.events.types import ArtifactCreated, ArtifactUpdated
from entourage.kit.clock import now_ms
from entourage.kit.errors import NotFound, QuotaExceeded
from entourage.kit.ids import derived_id, new_id
from entourage.stores.blobs import Blobs
from entourage.stores.sql import Database

__all__ = ["INLINE_BYTES", "MAX_BYTES", "MAX_MEDIA_BYTES", "Artifacts", "Draft", "Piece"]

HasChat = Callable[[str, str], Awaitable[bool]]


class Artifacts:
    """Artifacts of every owner, opened as one.

    `on_pending` is called when there is an artifact whose preview takes a process of its own; `has_chat` tells whether
    a conversation is its owner's.
    """

    def __init__(self, database: Database, blobs: Blobs, log: EventLog, *, quota_bytes: int) -> None:
        self._database = database
        self._log = log
        self._quota_bytes = quota_bytes
        self._finding = Finding(database)
        self.contents = Contents(blobs)
        self.on_pending: Callable[[], None] = lambda: None
        self.has_chat: HasChat | None = None

    # reading

    async def get(self, owner_id: str, artifact_id: str) -> Artifact:
        """Raises NotFound."""
        async with self._database.read(owner_id) as session:
            return Artifact.of(await find_row(session, artifact_id))

    async def find(self, owner_id: str, wanted: Wanted) -> list[Artifact]:
        """Those that fit."""
        return await self._finding.find(owner_id, wanted)

    async def versions(self, owner_id: str, artifact_id: str) -> list[ArtifactVersion]:
        """Newest first. Raises NotFound."""
        query = (
            select(ArtifactVersionRow)
            .where(ArtifactVersionRow.artifact_id == artifact_id)
            .order_by(ArtifactVersionRow.version.desc())
        )
        async with self._database.read(owner_id) as session:
            await find_row(session, artifact_id)
            return [ArtifactVersion.of(row) for row in await session.scalars(query)]

    async def piece(self, owner_id: str, artifact_id: str, version: int | None = None) -> Piece:
        """A version (default: the newest), not read yet. Raises NotFound."""
        async with self._database.read(owner_id) as session:
            row = await find_row(session, artifact_id)
            found = await find_version(session, artifact_id, version or row.version)
        return Piece(Artifact.of(row), found, self.contents, owner_id)

    async def content(self, owner_id: str, artifact_id: str, version: int | None = None) -> tuple[Artifact, bytes]:
        """The artifact and the bytes of a version (default: the newest). Raises NotFound."""
        piece = await self.piece(owner_id, artifact_id, version)
        return piece.artifact, await piece.read()

    async def thumbnail(self, owner_id: str, artifact_id: str) -> bytes:
        """The small picture of the newest version that has one. Raises NotFound."""
        async with self._database.read(owner_id) as session:
            key = (await find_row(session, artifact_id)).thumbnail_key
        if key is None:
            raise NotFound(f"There is no picture of artifact {artifact_id}.")
        return await self.contents.thumbnail(owner_id, key)

    async def check_chat(self, owner_id: str, chat_id: str | None) -> None:
        """Raises NotFound when the conversation is none of the owner's."""
        if chat_id and self.has_chat and not await self.has_chat(owner_id, chat_id):
            raise NotFound(f"There is no conversation {chat_id}.")

    # changing

    async def create(self, owner_id: str, draft: Draft) -> Artifact:
        """A new artifact, or the next version of the one with the same title and type in the same chat.

        Raises TooLarge, Invalid (content that does not fit the type), QuotaExceeded.
        """
        mime = format_of(draft.type, draft.content, draft.path, declared=draft.format)
        check_size(draft.content, mime)
        draft = replace(draft, title=draft.title[:MAX_TITLE])
        async with self._database.read(owner_id) as session:
            done = await marked(session, draft)
            known = done or await same_as(session, draft)
        if done:
            return await self._made(owner_id, done)
        await self._check_room(owner_id, len(draft.content))
        artifact_id = known.id if known else new_id()
        stored = await self.contents.keep(owner_id, artifact_id, draft.content, mime)
        try:
            async with self._database.write(owner_id) as session:
                row = await marked(session, draft)
                is_new = row is None
                row = row or await self._store(session, draft, stored, artifact_id)
        except BaseException:
            await self._forget(owner_id, stored)
            raise
        if not is_new:
            await self._forget(owner_id, stored)
        return await self._made(owner_id, row)

    async def update(
        self, owner_id: str, artifact_id: str, content: bytes, if_match: str | None, *, declared: str | None = None
    ) -> Artifact:
        """A new version by hand. Raises NotFound, Stale, Invalid, TooLarge, QuotaExceeded."""
        known = await self.get(owner_id, artifact_id)
        mime = format_of(known.type, content, declared=declared, before=known.format)
        check_size(content, mime)
        return await self._next(owner_id, artifact_id, content, mime, if_match, "edited")

    async def revert(self, owner_id: str, artifact_id: str, version: int, if_match: str | None) -> Artifact:
        """The content of an old version as the newest one. Raises NotFound, Stale."""
        piece = await self.piece(owner_id, artifact_id, version)
        note = f"back to version {version}"
        return await self._next(owner_id, artifact_id, await piece.read(), piece.format, if_match, note)

    async def change(self, owner_id: str, artifact_id: str, change: ChangeArtifact, if_match: str | None) -> Artifact:
        """Title, metadata, retention. Raises NotFound, Stale."""
        async with self._database.write(owner_id) as session:
            row = await find_row(session, artifact_id, lock=True)
            check_tag(row, if_match)
            apply_change(row, change)
            row.revision += 1
            await index_tags(session, row)
        return await self._told(owner_id, row)

    async def delete(self, owner_id: str, artifact_id: str, if_match: str | None = None) -> None:
        """Remove all versions. Raises NotFound, Stale."""
        async with self._database.write(owner_id) as session:
            row = await find_row(session, artifact_id, lock=True)
            check_tag(row, if_match)
            keys = await remove(session, [artifact_id])
        await self.contents.drop(owner_id, keys)

    async def expire(self, owner_id: str, artifact_id: str) -> None:
        """Remove it if its time has come."""
        async with self._database.write(owner_id) as session:
            row = await session.get(ArtifactRow, artifact_id, with_for_update=True)
            if row is None or row.expires_ms is None or row.expires_ms > now_ms():
                return
            keys = await remove(session, [artifact_id])
        await self.contents.drop(owner_id, keys)

    async def delete_chat(self, session: AsyncSession, owner_id: str, chat_id: str) -> None:
        """Remove all artifacts of a chat, in the caller's transaction."""
        ids = list(await session.scalars(select(ArtifactRow.id).where(ArtifactRow.chat_id == chat_id)))
        await self.contents.drop(owner_id, await remove(session, ids))

    async def _store(self, session: AsyncSession, draft: Draft, stored: Stored, artifact_id: str) -> ArtifactRow:
        row = await same_as(session, draft, lock=True)
        if row is None:
            row = new_row(draft, artifact_id)
            session.add(row)
        row.title, row.language = draft.title, draft.metadata.language or draft.language
        row.run_id, row.agent = draft.run_id, draft.agent
        row.details = draft.metadata.model_dump(mode="json", exclude={"language"}, exclude_defaults=True)
        row.retention, row.expires_ms = draft.retention, draft.expires_ms
        await add_version(session, row, stored, draft.content, draft.agent, "" if row.version else "created")
        if draft.id:
            session.add(ArtifactMarkRow(id=draft.id, artifact_id=row.id))
        return row

    async def _next(
        self, owner_id: str, artifact_id: str, content: bytes, mime: str, if_match: str | None, note: str
    ) -> Artifact:
        await self._check_room(owner_id, len(content))
        stored = await self.contents.keep(owner_id, artifact_id, content, mime)
        try:
            async with self._database.write(owner_id) as session:
                row = await find_row(session, artifact_id, lock=True)
                check_tag(row, if_match, also_content=True)
                row.retention = "hot" if row.retention == "warm" else row.retention
                await add_version(session, row, stored, content, None, note)
        except BaseException:
            await self._forget(owner_id, stored)
            raise
        return await self._told(owner_id, row)

    async def _forget(self, owner_id: str, stored: Stored) -> None:
        if stored.blob_key:
            await self.contents.drop(owner_id, [stored.blob_key])

    # telling

    async def _made(self, owner_id: str, row: ArtifactRow) -> Artifact:
        return await self._told(owner_id, row, created=row.version == 1)

    async def _told(self, owner_id: str, row: ArtifactRow, *, created: bool = False) -> Artifact:
        artifact = Artifact.of(row)
        await self.tell(owner_id, artifact, created=created)
        if artifact.preview is None:
            self.on_pending()
        return artifact

    async def tell(self, owner_id: str, artifact: Artifact, *, created: bool = False) -> None:
        """Let listeners know how the artifact stands."""
        data = ArtifactCreated(artifact=artifact.wire()) if created else ArtifactUpdated(artifact=artifact.wire())
        await self._log.append(
            NewEvent(
                owner_id=owner_id,
                data=data,
                id=derived_id("artifact", artifact.id, artifact.revision, int(artifact.preview is None)),
                session_id=artifact.chat_id,
                run_id=artifact.run_id,
                agent=artifact.agent,
            )
        )

    async def _check_room(self, owner_id: str, more: int) -> None:
        async with self._database.read(owner_id) as session:
            used = await session.scalar(select(func.coalesce(func.sum(ArtifactVersionRow.size), 0)))
        if int(used or 0) + more > self._quota_bytes:
            raise QuotaExceeded(
                f"Your artifacts would take more than {self._quota_bytes} bytes.",
                hint="Delete artifacts or conversations you no longer need.",
            )
