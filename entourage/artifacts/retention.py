"""How long artifacts are kept, and how near.

`hot` ones have small content in their rows. Two days after their last change they become `warm`: all content is in
blobs, packed. `permanent` ones are left as they are, and can have no time to go. An artifact with a time to go
(`expires_at`, or `keep_for` one of the kinds below) is removed when it has come.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final, Literal

import structlog
from sqlalchemy import select

from entourage.artifacts.contents import Contents
from entourage.artifacts.tables import ArtifactRow, ArtifactVersionRow
from entourage.kit.clock import now_ms
from entourage.stores.sql import EVERYONE, Database

logger = structlog.get_logger(__name__)

Keeping = Literal["plan", "session", "media", "artifact"]

TTL_SECONDS: Final[dict[Keeping, int]] = {
    "plan": 5 * 60,
    "session": 3600,
    "media": 48 * 3600,
    "artifact": 48 * 3600,
}
COOL_INLINE_BYTES = 2048
"""Less than this is no smaller in a blob."""

_BATCH = 200

Expire = Callable[[str, str], Awaitable[None]]


def expiry_ms(keeping: Keeping) -> int:
    """When something kept for this goes, counted from now."""
    return now_ms() + TTL_SECONDS[keeping] * 1000


class Retention:
    """Removes what has expired and cools what nobody changed. Replicas may do so at once."""

    def __init__(self, database: Database, contents: Contents, expire: Expire) -> None:
        self._database = database
        self._contents = contents
        self._expire = expire

    async def sweep(self) -> None:
        """All that is due."""
        await self._remove_expired()
        await self._cool()

    async def _remove_expired(self) -> None:
        query = select(ArtifactRow.owner_id, ArtifactRow.id).where(ArtifactRow.expires_ms <= now_ms()).limit(_BATCH)
        while True:
            async with self._database.read(EVERYONE) as session:
                due = [(row[0], row[1]) for row in await session.execute(query)]
            for owner_id, artifact_id in due:
                await self._expire(owner_id, artifact_id)
            if len(due) < _BATCH:
                return

    async def _cool(self) -> None:
        since = now_ms() - TTL_SECONDS["artifact"] * 1000
        query = select(ArtifactRow.owner_id, ArtifactRow.id).where(
            ArtifactRow.retention == "hot", ArtifactRow.updated_ms < since
        )
        while True:
            async with self._database.read(EVERYONE) as session:
                due = [(row[0], row[1]) for row in await session.execute(query.limit(_BATCH))]
            for owner_id, artifact_id in due:
                await self._cool_one(owner_id, artifact_id, since)
            if len(due) < _BATCH:
                return

    async def _cool_one(self, owner_id: str, artifact_id: str, since: int) -> None:
        versions = select(ArtifactVersionRow).where(
            ArtifactVersionRow.artifact_id == artifact_id,
            ArtifactVersionRow.content.is_not(None),
            ArtifactVersionRow.size > COOL_INLINE_BYTES,
        )
        async with self._database.write(owner_id) as session:
            row = await session.get(ArtifactRow, artifact_id, with_for_update=True)
            if row is None or row.retention != "hot" or row.updated_ms >= since:
                return
            row.retention = "warm"
            for version in await session.scalars(versions):
                stored = await self._contents.cool(owner_id, version, row.format)
                if stored:
                    version.content, version.blob_key = None, stored.blob_key
                    version.encoding, version.sha256 = stored.encoding, stored.sha256
        logger.debug("artifact.cooled", artifact_id=artifact_id)
