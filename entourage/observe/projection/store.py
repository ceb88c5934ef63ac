"""Rows of the projection on both engines: loaded by key, written whole in one short transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any

import msgspec
from sqlalchemy import Table, text

from entourage.kit.json import encode
from entourage.observe.projection.fold import Rows, Window
from entourage.observe.projection.states import Lane, Session, Span
from entourage.observe.tables import LaneRow, SessionRow, SpanRow
from entourage.stores.log import Rider
from entourage.stores.log.base import Values
from entourage.stores.sql import Prepared, Reading, listed

SLICE = 500

span_of: Callable[[str], Span] = msgspec.json.Decoder(Span).decode
lane_state: Callable[[str], Lane] = msgspec.json.Decoder(Lane).decode
session_state: Callable[[str], Session] = msgspec.json.Decoder(Session).decode


_PAIRS = {
    "sqlite": "SELECT value ->> 0, value ->> 1 FROM json_each(:keys)",
    "postgresql": "SELECT value ->> 0, value ->> 1 FROM jsonb_array_elements(CAST(:keys AS jsonb))",
}


def _docs(table: str, keys: str, wanted: Mapping[str, str]) -> Prepared[tuple[str]]:
    """The documents of an owner's rows with these keys, which are told as JSON."""
    query = f"SELECT doc FROM {table} WHERE owner_id = :owner AND {keys} IN "
    return Prepared({dialect: text(f"{query} ({some})") for dialect, some in wanted.items()})


_SPANS = _docs("observed_spans", "id", listed("keys"))
_LANES = _docs("observed_lanes", "id", listed("keys"))
_SESSIONS = _docs("observed_sessions", "(source, id)", _PAIRS)


class ProjectionStore:
    """What the projection knows already, as one owner."""

    def __init__(self, reading: Reading, owner_id: str) -> None:
        self._reading = reading
        self._owner_id = owner_id

    async def known(self, window: Window) -> Rows:
        """The rows that are there of what the window speaks of."""
        spans = map(span_of, await self._docs(_SPANS, list(window.rows.spans)))
        lanes = map(lane_state, await self._docs(_LANES, list(window.rows.lanes)))
        sessions = map(session_state, await self._docs(_SESSIONS, list(window.rows.sessions)))
        return Rows(
            {span.id: span for span in spans},
            {lane.id: lane for lane in lanes},
            {(found.source, found.id): found for found in sessions},
        )

    async def lanes_of(self, spans: Iterable[Span], rows: Rows) -> None:
        """Load lanes and sessions that spans belong to and that the window itself does not name."""
        wanted = {span.lane_id for span in spans} - rows.lanes.keys()
        lanes = map(lane_state, await self._docs(_LANES, sorted(wanted)))
        rows.lanes.update({lane.id: lane for lane in lanes})

    async def _docs(self, docs: Prepared[tuple[str]], wanted: Sequence[Any]) -> list[str]:
        found: list[str] = []
        for start in range(0, len(wanted), SLICE):
            keys = encode(wanted[start : start + SLICE]).decode()
            rows = await docs.all(self._reading, owner=self._owner_id, keys=keys)
            found += [doc for (doc,) in rows]
        return found


def changes(owner_id: str, rows: Rows, window: Window, before: int, last: int) -> list[Rider]:
    """What to write for a window: first the step of the checkpoint, which another server may have made already."""
    riders = [Rider(_MOVE, {"owner_id": owner_id, "before": before, "last": last})]
    written = {
        _put(SpanRow.__table__): [_span_row(owner_id, span) for span in rows.spans.values()],
        _put(LaneRow.__table__): [_lane_row(owner_id, lane) for lane in rows.lanes.values()],
        _put(SessionRow.__table__): [_session_row(owner_id, found) for found in rows.sessions.values()],
        _ADD_COSTS: _cost_rows(owner_id, window),
        _ADD_SOURCES: _source_rows(owner_id, window),
    }
    riders += [Rider(statement, values) for statement, values in written.items() if values]
    for session_id in window.forgotten:
        riders += [Rider(forget, {"owner_id": owner_id, "session_id": session_id}) for forget in _FORGET]
    return riders


_MOVE = """
    INSERT INTO observe_checkpoints (owner_id, seq) VALUES (:owner_id, :last)
    ON CONFLICT (owner_id) DO UPDATE SET seq = :last WHERE observe_checkpoints.seq = :before
"""
_ADD_COSTS = """
    INSERT INTO observed_costs (owner_id, hour, source, session_id, agent, model, calls, input_tokens, output_tokens,
        cached_tokens, cost_micro_usd)
    VALUES (:owner_id, :hour, :source, :session_id, :agent, :model, :calls, :input_tokens, :output_tokens,
        :cached_tokens, :cost_micro_usd)
    ON CONFLICT (owner_id, hour, source, session_id, agent, model) DO UPDATE SET
        calls = observed_costs.calls + excluded.calls,
        input_tokens = observed_costs.input_tokens + excluded.input_tokens,
        output_tokens = observed_costs.output_tokens + excluded.output_tokens,
        cached_tokens = observed_costs.cached_tokens + excluded.cached_tokens,
        cost_micro_usd = observed_costs.cost_micro_usd + excluded.cost_micro_usd
"""
_ADD_SOURCES = """
    INSERT INTO observed_sources (owner_id, app, mode, route_permissions, events, last_seen_ms)
    VALUES (:owner_id, :app, 'observe', false, :events, :last_seen_ms)
    ON CONFLICT (owner_id, app) DO UPDATE SET
        events = observed_sources.events + excluded.events, last_seen_ms = excluded.last_seen_ms
"""
_FORGET = [
    f"DELETE FROM {table} WHERE owner_id = :owner_id AND source = 'team' AND {column} = :session_id"
    for table, column in (
        ("observed_spans", "session_id"),
        ("observed_lanes", "session_id"),
        ("observed_sessions", "id"),
    )
]


@cache
def _put(table: Table) -> str:
    """Write rows whole, over those that are there."""
    keys = [column.name for column in table.primary_key]
    names = [column.name for column in table.columns]
    changed = ", ".join(f"{name} = excluded.{name}" for name in names if name not in keys)
    return (
        f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({', '.join(f':{name}' for name in names)}) "
        f"ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {changed}"
    )


def _cost_rows(owner_id: str, window: Window) -> list[Values]:
    return [
        {
            **dict(zip(("hour", "source", "session_id", "agent", "model"), key, strict=True)),
            "owner_id": owner_id,
            "calls": spent.calls,
            "input_tokens": spent.input,
            "output_tokens": spent.output,
            "cached_tokens": spent.cached,
            "cost_micro_usd": spent.cost,
        }
        for key, spent in sorted(window.costs.items())
    ]


def _source_rows(owner_id: str, window: Window) -> list[Values]:
    return [
        {"owner_id": owner_id, "app": app, "events": count, "last_seen_ms": last_ms}
        for app, (count, last_ms) in sorted(window.sources.items())
    ]


def _span_row(owner_id: str, span: Span) -> Values:
    times = [ms for ms, *_ in (*span.starts, *span.ends, *filter(None, (span.denied, span.batch)))]
    return {
        "owner_id": owner_id,
        "id": span.id,
        "source": span.source,
        "session_id": span.session_id,
        "started_ms": min(times, default=0),
        "doc": encode(span).decode(),
    }


def _lane_row(owner_id: str, lane: Lane) -> Values:
    return {
        "owner_id": owner_id,
        "id": lane.id,
        "source": lane.source,
        "session_id": lane.session_id,
        "last_ms": lane.last_ms,
        "doc": encode(lane).decode(),
    }


def _session_row(owner_id: str, found: Session) -> Values:
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
