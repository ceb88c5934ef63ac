"""Lists of artifacts: filtered, searched by their words, sorted, in pages."""

from __future__ import annotations

from typing import Any, Literal

import msgspec
from sqlalchemy import ColumnElement, Select, and_, or_, select

from entourage.artifacts.kinds import ArtifactType
from entourage.artifacts.schemas import Artifact
from entourage.artifacts.tables import ArtifactRow, ArtifactTagRow, ArtifactTextRow
from entourage.kit.clock import now_ms
from entourage.stores.sql import Database, fulltext

Sort = Literal["newest", "updated", "title", "largest"]
SortKey = tuple[int | str, str]

_TABLE, _COLUMN = "artifact_texts", "text"


class Wanted(msgspec.Struct, frozen=True):
    """Which artifacts; `after` is the key of the last one shown."""

    query: str = ""
    types: tuple[ArtifactType, ...] = ()
    chat_id: str | None = None
    tag: str | None = None
    agent: str | None = None
    shared: bool | None = None
    sort: Sort = "newest"
    after: SortKey | None = None
    limit: int = 50


class Finding:
    """Finds artifacts of one owner."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, owner_id: str, wanted: Wanted) -> list[Artifact]:
        """Those that fit everything; with words, each has a snippet."""
        words = fulltext.words(wanted.query)
        if wanted.query.strip() and not words:
            return []
        query: Select[*tuple[Any, ...]] = _filtered(select(ArtifactRow), wanted)
        if words:
            query = query.join(ArtifactTextRow, ArtifactTextRow.artifact_id == ArtifactRow.id)
            query = fulltext.matching(self._database.dialect, query, _TABLE, _COLUMN, ArtifactTextRow.num, words)
        async with self._database.read(owner_id) as session:
            rows = (await session.execute(_sorted(query, wanted))).all()
        return [Artifact.of(row[0], str(row[-1]) if words else None) for row in rows]


def sort_key(artifact: Artifact, sort: Sort) -> SortKey:
    """What a page after this artifact begins with."""
    values: dict[Sort, int | str] = {
        "newest": artifact.id,
        "updated": artifact.updated_at,
        "title": artifact.title,
        "largest": artifact.size,
    }
    return values[sort], artifact.id


def _filtered(query: Select[Any], wanted: Wanted) -> Select[Any]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.types:
        conditions.append(ArtifactRow.type.in_(wanted.types))
    if wanted.chat_id:
        conditions.append(ArtifactRow.chat_id == wanted.chat_id)
    if wanted.agent:
        conditions.append(ArtifactRow.agent == wanted.agent)
    if wanted.tag:
        tagged = select(ArtifactTagRow.artifact_id).where(ArtifactTagRow.tag == wanted.tag.strip().lower())
        conditions.append(ArtifactRow.id.in_(tagged))
    if wanted.shared is not None:
        is_shared = ArtifactRow.shared_until_ms > now_ms()
        conditions.append(is_shared if wanted.shared else ~is_shared)
    return query.where(*conditions)


def _sorted(query: Select[Any], wanted: Wanted) -> Select[Any]:
    columns: dict[Sort, Any] = {
        "newest": ArtifactRow.id,
        "updated": ArtifactRow.updated_ms,
        "title": ArtifactRow.title,
        "largest": ArtifactRow.size,
    }
    column, is_rising = columns[wanted.sort], wanted.sort == "title"
    if wanted.after:
        value, last = wanted.after
        beyond = column > value if is_rising else column < value
        further = ArtifactRow.id > last if is_rising else ArtifactRow.id < last
        query = query.where(or_(beyond, and_(column == value, further)))
    order = (column.asc(), ArtifactRow.id.asc()) if is_rising else (column.desc(), ArtifactRow.id.desc())
    return query.order_by(*order).limit(wanted.limit)
