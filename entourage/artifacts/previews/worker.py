"""Makes the previews that are missing: at the start, and whenever there is a new version that needs one."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from importlib.util import find_spec

import structlog
from sqlalchemy import and_, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from entourage.artifacts.indexing import PLAYED, index_content, index_tags, takes_a_process
from entourage.artifacts.kinds import is_text
from entourage.artifacts.previews.made import WITHOUT_MEDIA, Made, NoPreview
from entourage.artifacts.previews.maker import Maker
from entourage.artifacts.schemas import Artifact
from entourage.artifacts.service import Artifacts, Piece
from entourage.artifacts.tables import ArtifactRow
from entourage.artifacts.texts import beginning, clean
from entourage.kit.errors import NotFound
from entourage.stores.sql import EVERYONE, Database

logger = structlog.get_logger(__name__)

IDLE_SECONDS = 20.0
"""The process that decodes is ended when there was nothing to do for so long."""

_BATCH = 20


class Previews:
    """One at a time, oldest first. What is left when the server ends is taken up by the next one."""

    def __init__(self, database: Database, artifacts: Artifacts, maker: Maker) -> None:
        self._database = database
        self._artifacts = artifacts
        self._maker = maker
        self._news = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        artifacts.on_pending = self._news.set

    def start(self) -> None:
        """Begin with what is missing."""
        self._news.set()
        self._task = asyncio.create_task(self._work(), name="previews")

    async def close(self) -> None:
        """End, in the midst of one if need be."""
        if self._task:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        await self._maker.close()

    async def _work(self) -> None:
        try:
            await self._ask_again()
        except Exception:  # the next start is another chance
            logger.exception("previews.not_asked_again")
        while True:
            try:
                async with asyncio.timeout(IDLE_SECONDS):
                    await self._news.wait()
            except TimeoutError:
                await self._maker.close()
                await self._news.wait()
            self._news.clear()
            try:
                while await self._some():
                    pass
            except Exception:  # the next change is another chance
                logger.exception("previews.failed")

    async def _ask_again(self) -> None:
        """Films and sounds whose preview was asked of a server that could not make any get another chance."""
        if find_spec("av") is None:
            return
        played = or_(*(ArtifactRow.format.startswith(prefix) for prefix in PLAYED))
        why = ArtifactRow.preview["error"].as_string()
        unmade = and_(played, ArtifactRow.thumbnail_key.is_(None), or_(why.is_(None), why == WITHOUT_MEDIA))
        anew = {"preview_version": 0, "revision": ArtifactRow.revision + 1}
        async with self._database.write(EVERYONE) as session:
            await session.execute(update(ArtifactRow).where(unmade).values(anew))

    async def _some(self) -> bool:
        """Make some of the missing ones; whether there may be more."""
        missing = (
            select(ArtifactRow.owner_id, ArtifactRow.id)
            .where(ArtifactRow.preview_version < ArtifactRow.version)
            .order_by(ArtifactRow.updated_ms)
            .limit(_BATCH)
        )
        async with self._database.read(EVERYONE) as session:
            found = [(row[0], row[1]) for row in await session.execute(missing)]
        for owner_id, artifact_id in found:
            with suppress(NotFound):  # removed meanwhile
                await self._one(owner_id, artifact_id)
        return len(found) == _BATCH

    async def _one(self, owner_id: str, artifact_id: str) -> None:
        piece = await self._artifacts.piece(owner_id, artifact_id)
        try:
            data = await piece.read()
        except NotFound:  # the blob is gone: nothing can be shown, and nobody needs to try again
            await self._keep(owner_id, piece, Made(), "Its content is gone.")
            return
        if not takes_a_process(piece.format):
            await self._index(owner_id, piece, data)
            return
        try:
            await self._keep(owner_id, piece, await self._maker.make(piece.format, data), None)
        except NoPreview as why:
            await self._keep(owner_id, piece, Made(), str(why))

    async def _index(self, owner_id: str, piece: Piece, data: bytes) -> None:
        """For artifacts that are older than the index."""
        async with self._database.write(owner_id) as session:
            row = await _still(session, piece)
            if row:
                await index_content(session, row, data if is_text(piece.format) else None)

    async def _keep(self, owner_id: str, piece: Piece, made: Made, error: str | None) -> None:
        contents, artifact_id, version = self._artifacts.contents, piece.artifact.id, piece.version.version
        key = await contents.keep_thumbnail(owner_id, artifact_id, version, made.picture) if made.picture else None
        async with self._database.write(owner_id) as session:
            row = await _still(session, piece)
            if row is None:
                unused = [key] if key else []
            else:
                unused = [row.thumbnail_key] if row.thumbnail_key and row.thumbnail_key != key else []
                text = clean(made.text)
                row.thumbnail_key, row.preview_version = key, version
                row.preview = _shown(made, text, error)
                await index_tags(session, row, text)
        await contents.drop(owner_id, unused)
        if row:
            await self._artifacts.tell(owner_id, Artifact.of(row))


def _shown(made: Made, text: str, error: str | None) -> dict[str, object]:
    shown = {
        "text": beginning(text) or None,
        "width": made.width,
        "height": made.height,
        "pages": made.pages,
        "seconds": made.seconds,
        "error": error,
    }
    return {name: value for name, value in shown.items() if value is not None}


async def _still(session: AsyncSession, piece: Piece) -> ArtifactRow | None:
    """The row, if nothing newer than the version of the piece came."""
    row = await session.get(ArtifactRow, piece.artifact.id, with_for_update=True)
    return row if row and row.version == piece.version.version else None
