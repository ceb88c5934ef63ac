"""Read-only links to artifacts: revocable, for a time or for good. Only a hash of each token is kept."""

from __future__ import annotations

from sqlalchemy import ColumnElement, delete, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from entourage.accounts.hashes import new_token, token_hash
from entourage.accounts.tables import User
from entourage.artifacts.links import Links, Target
from entourage.artifacts.rows import find_row, find_version
from entourage.artifacts.schemas import Artifact
from entourage.artifacts.service import Artifacts
from entourage.artifacts.share_schemas import ArtifactShare, NewArtifactShare, ShareArtifact, SharedArtifactPage
from entourage.artifacts.showing import linked
from entourage.artifacts.tables import ArtifactRow, ArtifactShareRow
from entourage.kit.clock import now_ms
from entourage.kit.errors import Conflict, NotFound
from entourage.kit.ids import new_id
from entourage.stores.sql import EVERYONE, Database

PATH = "/share/artifact"
"""Where the client shows a shared artifact."""

MAX_PER_ARTIFACT = 50
_FOREVER_MS = 253_402_300_799_000  # the end of the year 9999


class ArtifactShares:
    """Links by artifact."""

    def __init__(self, database: Database, artifacts: Artifacts, links: Links, *, base_url: str) -> None:
        self._database = database
        self._artifacts = artifacts
        self._links = links
        self._base_url = base_url

    async def create(self, owner_id: str, artifact_id: str, what: ShareArtifact) -> NewArtifactShare:
        """A new link. Raises NotFound, Conflict (too many)."""
        token = new_token()
        async with self._database.write(owner_id) as session:
            row = await find_row(session, artifact_id, lock=True)
            if what.version is not None:
                await find_version(session, artifact_id, what.version)
            working = await session.scalar(select(func.count()).where(*_working(artifact_id)))
            if int(working or 0) >= MAX_PER_ARTIFACT:
                raise Conflict(f"An artifact has at most {MAX_PER_ARTIFACT} links.", hint="Revoke one.")
            now = now_ms()
            share = ArtifactShareRow(
                id=new_id(),
                artifact_id=artifact_id,
                version=what.version,
                token_hash=token_hash(token),
                created_ms=now,
                expires_ms=now + what.expires_in_seconds * 1000 if what.expires_in_seconds else None,
            )
            session.add(share)
            await _note(session, row)
        await self._artifacts.tell(owner_id, Artifact.of(row))
        url = f"{self._base_url}{PATH}/{token}"
        return NewArtifactShare(**ArtifactShare.of(share).model_dump(), token=token, url=url)

    async def list(self, owner_id: str, artifact_id: str) -> list[ArtifactShare]:
        """Those that work, newest first. Raises NotFound."""
        query = select(ArtifactShareRow).where(*_working(artifact_id)).order_by(ArtifactShareRow.id.desc())
        async with self._database.read(owner_id) as session:
            await find_row(session, artifact_id)
            return [ArtifactShare.of(row) for row in await session.scalars(query)]

    async def revoke(self, owner_id: str, artifact_id: str, share_id: str | None = None) -> None:
        """End one link, or all, at once. Raises NotFound."""
        async with self._database.write(owner_id) as session:
            row = await find_row(session, artifact_id, lock=True)
            if share_id is not None:
                found = await session.get(ArtifactShareRow, share_id)
                if found is None or found.artifact_id != artifact_id:
                    raise NotFound(f"There is no link {share_id} to this artifact.")
            ending = delete(ArtifactShareRow).where(ArtifactShareRow.artifact_id == artifact_id)
            await session.execute(ending.where(ArtifactShareRow.id == share_id) if share_id else ending)
            await _note(session, row)
        await self._artifacts.tell(owner_id, Artifact.of(row))

    async def open(self, token: str) -> SharedArtifactPage:
        """What a link shows. Raises NotFound, equally for tokens that never were, that ended, and of people gone."""
        query = (
            select(ArtifactShareRow)
            .join(User, User.id == ArtifactShareRow.owner_id)
            .where(User.is_active, ArtifactShareRow.token_hash == token_hash(token), _lasting())
        )
        async with self._database.read(EVERYONE) as session:
            share = await session.scalar(query)
        if share is None:
            raise NotFound(
                "There is no such shared result.", hint="The link may have been revoked, or its time is over."
            )
        piece = await self._artifacts.piece(share.owner_id, share.artifact_id, share.version)
        newest, version = piece.artifact, piece.version
        is_newest = version.version == newest.version
        return SharedArtifactPage(
            title=newest.title,
            type=newest.type,
            format=piece.format,
            language=newest.language,
            version=version.version,
            size=version.size,
            preview=linked(newest, share.owner_id, self._links).preview if is_newest else None,
            updated_at=version.created_ms,
            expires_at=share.expires_ms,
            content_url=self._links.link(Target(share.owner_id, share.artifact_id, version.version)),
        )


def _lasting() -> ColumnElement[bool]:
    return or_(ArtifactShareRow.expires_ms.is_(None), ArtifactShareRow.expires_ms > now_ms())


def _working(artifact_id: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return ArtifactShareRow.artifact_id == artifact_id, _lasting()


async def _note(session: AsyncSession, row: ArtifactRow) -> None:
    """Have the artifact's row know until when somebody else may see it."""
    await session.flush()
    latest = func.max(func.coalesce(ArtifactShareRow.expires_ms, _FOREVER_MS))
    until = await session.scalar(select(latest).where(*_working(row.id)))
    row.shared_until_ms = int(until or 0)
    row.revision += 1
