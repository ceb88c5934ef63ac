"""Reading sessions, their agents and their spans."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Select, and_, or_, select, tuple_

from entourage.kit.clock import now_ms
from entourage.kit.errors import NotFound
from entourage.kit.paging import decode_cursor, page_of
from entourage.observe.projection.states import Lane, Session, Span
from entourage.observe.projection.store import lane_state, session_state, span_of
from entourage.observe.schemas import Aggregation, SessionOut, SpanOut, Status
from entourage.observe.shown import IDLE_AFTER_MS, aggregation_of, session_of
from entourage.observe.tables import LaneRow, SessionRow, SpanRow
from entourage.observe.tree import tree
from entourage.stores.sql import Database

MAX_SPANS = 5000
"""Of a longer session the last are shown."""

MAX_LANES = 1000


class SessionFilter(NamedTuple):
    """Which sessions; None means any."""

    source: str | None = None
    project: str | None = None
    status: Status | None = None
    words: str | None = None
    since_ms: int | None = None
    until_ms: int | None = None


class Whole(NamedTuple):
    """A session with everything in it."""

    session: Session
    lanes: list[Lane]
    spans: list[Span]


class ObservedSessions:
    """Sessions of all applications and of one's own team."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(self, owner_id: str, where: SessionFilter, limit: int, cursor: str | None) -> dict[str, Any]:
        """Sessions, the last active first. Raises Invalid for a foreign cursor."""
        key = (SessionRow.last_ms, SessionRow.source, SessionRow.id)
        query = _narrowed(select(SessionRow), where).order_by(*(column.desc() for column in key)).limit(limit + 1)
        if cursor is not None:
            query = query.where(tuple_(*key) < decode_cursor(cursor, tuple[int, str, str]))
        async with self._database.read(owner_id) as session:
            rows = (await session.scalars(query)).all()
        return page_of(rows, limit, lambda row: (row.last_ms, row.source, row.id), _shown)

    async def one(self, owner_id: str, source: str, session_id: str) -> SessionOut:
        """Raises NotFound."""
        async with self._database.read(owner_id) as session:
            row = await session.get(SessionRow, (owner_id, source, session_id))
        if row is None:
            raise NotFound(f"There is no session {source}/{session_id}.")
        return _shown(row)

    async def whole(self, owner_id: str, source: str, session_id: str) -> Whole:
        """Raises NotFound."""
        spans = select(SpanRow.doc).where(SpanRow.session_id == session_id, SpanRow.source == source)
        async with self._database.read(owner_id) as session:
            row = await session.get(SessionRow, (owner_id, source, session_id))
            if row is None:
                raise NotFound(f"There is no session {source}/{session_id}.")
            lanes = (await session.scalars(_lanes(session_id, source))).all()
            newest = spans.where(SpanRow.owner_id == owner_id).order_by(SpanRow.started_ms.desc(), SpanRow.id.desc())
            docs = (await session.scalars(newest.limit(MAX_SPANS))).all()
        return await asyncio.to_thread(
            lambda: Whole(
                session_state(row.doc), [lane_state(lane.doc) for lane in lanes], [span_of(doc) for doc in docs]
            )
        )

    async def spans(self, owner_id: str, source: str, session_id: str) -> list[SpanOut]:
        """The tree of a session, parents first. Raises NotFound."""
        found = await self.whole(owner_id, source, session_id)
        return await asyncio.to_thread(tree, *found)

    async def aggregations(
        self, owner_id: str, session_id: str | None, source: str | None, limit: int, cursor: str | None
    ) -> dict[str, Any]:
        """What each agent did: of one session in the order they began, else the last active first."""
        if session_id is not None:
            async with self._database.read(owner_id) as session:
                rows = (await session.scalars(_lanes(session_id, source))).all()
            return {"items": in_order([lane_state(row.doc) for row in rows]), "next_cursor": None}
        key = (LaneRow.last_ms, LaneRow.id)
        query = select(LaneRow).order_by(*(column.desc() for column in key)).limit(limit + 1)
        if source is not None:
            query = query.where(LaneRow.source == source)
        if cursor is not None:
            query = query.where(tuple_(*key) < decode_cursor(cursor, tuple[int, str]))
        async with self._database.read(owner_id) as session:
            rows = (await session.scalars(query)).all()
        return page_of(rows, limit, lambda row: (row.last_ms, row.id), lambda row: aggregation_of(lane_state(row.doc)))


def in_order(lanes: Sequence[Lane]) -> list[Aggregation]:
    """The session's own first, then its subagents in the order they began."""
    return [aggregation_of(lane) for lane in sorted(lanes, key=lambda lane: (not lane.is_main, lane.first_ms, lane.id))]


def _lanes(session_id: str, source: str | None) -> Select[LaneRow]:
    query = select(LaneRow).where(LaneRow.session_id == session_id)
    if source is not None:
        query = query.where(LaneRow.source == source)
    return query.order_by(LaneRow.last_ms.desc(), LaneRow.id.desc()).limit(MAX_LANES)


def _shown(row: SessionRow) -> SessionOut:
    return session_of(session_state(row.doc))


def _narrowed(query: Select[SessionRow], where: SessionFilter) -> Select[SessionRow]:
    if where.source is not None:
        query = query.where(SessionRow.source == where.source)
    if where.project is not None:
        query = query.where(SessionRow.project == where.project)
    if where.words:
        query = query.where(SessionRow.words.contains(where.words.lower(), autoescape=True))
    if where.since_ms is not None:
        query = query.where(SessionRow.last_ms >= where.since_ms)
    if where.until_ms is not None:
        query = query.where(SessionRow.last_ms < where.until_ms)
    return query.where(_has_status(where.status)) if where.status else query


def _has_status(status: Status) -> Any:
    """As `status_of` tells it."""
    fresh = SessionRow.last_ms >= now_ms() - IDLE_AFTER_MS
    if status == "active":
        return and_(SessionRow.state == "active", fresh)
    if status == "idle":
        return or_(SessionRow.state == "idle", and_(SessionRow.state == "active", ~fresh))
    return SessionRow.state == status
