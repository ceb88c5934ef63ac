"""Rows of the projection on both engines: loaded by key, written whole."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import Table, select, text, tuple_
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.asyncio import AsyncSession

from entourage.kit.json import encode
from entourage.observe.projection.fold import Rows, Window
from entourage.observe.projection.states import Lane, Session, Span
from entourage.observe.tables import CheckpointRow, CostRow, LaneRow, SessionRow, SourceRow, SpanRow

SLICE = 500

span_of: Callable[[str], Span] = msgspec.json.Decoder(Span).decode
lane_state: Callable[[str], Lane] = msgspec.json.Decoder(Lane).decode
session_state: Callable[[str], Session] = msgspec.json.Decoder(Session).decode


class ProjectionStore:
    """What the projector does inside its transaction, as one owner."""

    def __init__(self, session: AsyncSession, owner_id: str) -> None:
        self._session = session
        self._owner_id = owner_id
        self._dialect = session.get_bind().dialect.name

    async def checkpoint(self) -> int:
        """How far the projection is, locked against other servers until the end of the transaction."""
        insert = self._insert(CheckpointRow.__table__)
        await self._session.execute(insert.values(owner_id=self._owner_id, seq=0).on_conflict_do_nothing())
        query = select(CheckpointRow.seq).where(CheckpointRow.owner_id == self._owner_id).with_for_update()
        return await self._session.scalar(query) or 0

    async def move(self, seq: int) -> None:
        """Say that everything up to `seq` is projected."""
        await self._session.execute(
            text("UPDATE observe_checkpoints SET seq = :seq WHERE owner_id = :owner_id"),
            {"seq": seq, "owner_id": self._owner_id},
        )

    async def known(self, window: Window) -> Rows:
        """The rows that are there of what the window speaks of."""
        spans = map(span_of, await self._docs(SpanRow.doc, SpanRow.id, list(window.rows.spans)))
        lanes = map(lane_state, await self._docs(LaneRow.doc, LaneRow.id, list(window.rows.lanes)))
        keys = tuple_(SessionRow.source, SessionRow.id)
        sessions = map(session_state, await self._docs(SessionRow.doc, keys, list(window.rows.sessions)))
        return Rows(
            {span.id: span for span in spans},
            {lane.id: lane for lane in lanes},
            {(found.source, found.id): found for found in sessions},
        )

    async def lanes_of(self, spans: Iterable[Span], rows: Rows) -> None:
        """Load lanes and sessions that spans belong to and that the window itself does not name."""
        wanted = {span.lane_id for span in spans} - rows.lanes.keys()
        lanes = map(lane_state, await self._docs(LaneRow.doc, LaneRow.id, sorted(wanted)))
        rows.lanes.update({lane.id: lane for lane in lanes})

    async def save(self, rows: Rows, window: Window) -> None:
        """Write all rows, and add costs and counts of applications."""
        owner = self._owner_id
        await self._put(SpanRow.__table__, [_span_row(owner, span) for span in rows.spans.values()])
        await self._put(LaneRow.__table__, [_lane_row(owner, lane) for lane in rows.lanes.values()])
        await self._put(SessionRow.__table__, [_session_row(owner, found) for found in rows.sessions.values()])
        await self._add_costs(window)
        await self._add_sources(window)
        for session_id in window.forgotten:
            await self._forget(session_id)

    async def _docs(self, doc: Any, key: Any, wanted: Sequence[Any]) -> list[str]:
        found: list[str] = []
        owner = doc.class_.owner_id
        for start in range(0, len(wanted), SLICE):
            part = wanted[start : start + SLICE]
            query = select(doc).where(owner == self._owner_id, key.in_(part))
            found += (await self._session.scalars(query)).all()
        return found

    def _insert(self, table: Any) -> Any:
        return (postgres_insert if self._dialect == "postgresql" else sqlite_insert)(table)

    async def _put(self, table: Any, rows: list[dict[str, Any]]) -> None:
        if not rows:
            return
        keys = [column.name for column in _of(table).primary_key]
        insert = self._insert(table)
        changed = {name: insert.excluded[name] for name in rows[0] if name not in keys}
        await self._session.execute(insert.on_conflict_do_update(index_elements=keys, set_=changed), rows)

    async def _add_costs(self, window: Window) -> None:
        rows = [
            {
                **dict(zip(("hour", "source", "session_id", "agent", "model"), key, strict=True)),
                "owner_id": self._owner_id,
                "calls": spent.calls,
                "input_tokens": spent.input,
                "output_tokens": spent.output,
                "cached_tokens": spent.cached,
                "cost_micro_usd": spent.cost,
            }
            for key, spent in sorted(window.costs.items())
        ]
        sums = ("calls", "input_tokens", "output_tokens", "cached_tokens", "cost_micro_usd")
        await self._add(CostRow.__table__, rows, sums)

    async def _add_sources(self, window: Window) -> None:
        rows = [
            {
                "owner_id": self._owner_id,
                "app": app,
                "mode": "observe",
                "route_permissions": False,
                "events": count,
                "last_seen_ms": last_ms,
            }
            for app, (count, last_ms) in sorted(window.sources.items())
        ]
        await self._add(SourceRow.__table__, rows, ("events",), ("last_seen_ms",))

    async def _add(
        self, table: Any, rows: list[dict[str, Any]], sums: Sequence[str], newest: Sequence[str] = ()
    ) -> None:
        if not rows:
            return
        insert = self._insert(table)
        changed = {name: _of(table).c[name] + insert.excluded[name] for name in sums}
        changed |= {name: insert.excluded[name] for name in newest}
        keys = [column.name for column in _of(table).primary_key]
        await self._session.execute(insert.on_conflict_do_update(index_elements=keys, set_=changed), rows)

    async def _forget(self, session_id: str) -> None:
        for table, column in (
            ("observed_spans", "session_id"),
            ("observed_lanes", "session_id"),
            ("observed_sessions", "id"),
        ):
            await self._session.execute(
                text(f"DELETE FROM {table} WHERE owner_id = :owner_id AND source = 'team' AND {column} = :session_id"),
                {"owner_id": self._owner_id, "session_id": session_id},
            )


def _of(table: Any) -> Table:
    return table


def _span_row(owner_id: str, span: Span) -> dict[str, Any]:
    times = [ms for ms, *_ in (*span.starts, *span.ends, *filter(None, (span.denied, span.batch)))]
    return {
        "owner_id": owner_id,
        "id": span.id,
        "source": span.source,
        "session_id": span.session_id,
        "started_ms": min(times, default=0),
        "doc": encode(span).decode(),
    }


def _lane_row(owner_id: str, lane: Lane) -> dict[str, Any]:
    return {
        "owner_id": owner_id,
        "id": lane.id,
        "source": lane.source,
        "session_id": lane.session_id,
        "last_ms": lane.last_ms,
        "doc": encode(lane).decode(),
    }


def _session_row(owner_id: str, found: Session) -> dict[str, Any]:
    title = found.named or found.title
    words = filter(None, (found.id, title and title[2], found.project and found.project[2], found.cwd and found.cwd[2]))
    return {
        "owner_id": owner_id,
        "source": found.source,
        "id": found.id,
        "project": found.project[2] if found.project else None,
        "state": found.state[2] if found.state else "active",
        "last_ms": found.last_ms,
        "words": " ".join(words).lower()[:1024],
        "doc": encode(found).decode(),
    }
