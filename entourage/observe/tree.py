"""The spans of a session as a tree: session, turns, subagents, calls. Built when it is read.

Turns are the time between a prompt and the stop, end or next prompt of its lane. A call that never heard of its end
is over when its turn is; an approval waits until anything else happens in its lane.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest

from entourage.events.event import TEAM
from entourage.kit.ids import derived_id
from entourage.observe.projection.states import NOTHING, Lane, Mark, Session, Span, Tokens
from entourage.observe.schemas import SpanKind, SpanOut, SpanStatus
from entourage.observe.shown import outcome, session_of, tokens

_SESSION_STATUS: dict[str, SpanStatus] = {"active": "running", "idle": "ok", "ended": "ok", "failed": "error"}
_ENDINGS: dict[str, SpanStatus] = {"stop": "ok", "end": "ok", "failure": "error", "prompt": "interrupted"}


def tree(session: Session, lanes: Sequence[Lane], spans: Sequence[Span]) -> list[SpanOut]:
    """Every span, parents before their children."""
    root = _root(session, lanes)
    by_lane = {lane.id: lane for lane in lanes}
    turns = {lane.id: _turns(lane, root) for lane in lanes if lane.is_main}
    moments = _Moments(lanes, spans)
    calls = [shown for span in spans for shown in _shown(span, moments)]
    agents = [_subagent(lane) for lane in lanes if not lane.is_main]
    found = [root, *(turn for part in turns.values() for turn in part), *agents, *calls]
    known = {span.id for span in found}
    places = _Places(turns)
    for span in (*agents, *calls):
        if span.parent_id is None or span.parent_id not in known or span.parent_id == span.id:
            lane = by_lane.get(span.lane_id)
            own = lane is not None and not lane.is_main and span.kind != "subagent"
            span.parent_id = lane.id if own and lane else places.at(span.lane_id, span.started_ms) or root.id
    return list(_parents_first(found, root))


def _root(session: Session, lanes: Sequence[Lane]) -> SpanOut:
    out = session_of(session)
    main = next((lane for lane in lanes if lane.is_main), None)
    return _span(
        id=session.id if session.source == TEAM or main is None else main.id,
        lane_id=main.id if main else session.id,
        agent=main.agent if main else session.source,
        kind="session",
        name=out.title or session.id,
        started_ms=session.first_ms,
        ended_ms=None if out.status == "active" else session.last_ms,
        status=_SESSION_STATUS[out.status],
        summary=out.last_summary,
        spent=session.spent if session.spent.calls else session.told,
    )


def _turns(lane: Lane, root: SpanOut) -> list[SpanOut]:
    """A lane's turns in order. A conversation's run is one turn, whatever marks it has."""
    if lane.source == TEAM:
        status, ended = outcome(lane)
        return [_turn(lane, root, lane.id, lane.agent or "run", lane.first_ms, ended, status, "")]
    found: list[SpanOut] = []
    for mark, following in zip_longest(marks := _bounds(lane.marks), marks[1:]):
        at, seq, what, line = mark
        if what == "prompt":
            ended, status = (following[0], _ENDINGS[following[2]]) if following else (None, "running")
            turn = _turn(lane, root, derived_id("turn", lane.id, at, seq), line or "prompt", at, ended, status, line)
            turn.start_seq, turn.end_seq = seq, following[1] if following else None
            found.append(turn)
    return found


def _bounds(marks: Iterable[Mark]) -> list[Mark]:
    return [mark for mark in sorted(marks) if mark[2] != "start"]


def _turn(
    lane: Lane, root: SpanOut, span_id: str, name: str, started: int, ended: int | None, status: SpanStatus, line: str
) -> SpanOut:
    return _span(
        id=span_id,
        parent_id=root.id,
        lane_id=lane.id,
        agent=lane.agent,
        kind="turn",
        name=name[:120],
        started_ms=started,
        ended_ms=ended,
        status=status,
        summary=line or None,
        spent=lane.spent if lane.source == TEAM else NOTHING,
    )


def _subagent(lane: Lane) -> SpanOut:
    status, ended = outcome(lane)
    return _span(
        id=lane.id,
        parent_id=lane.parent_span or lane.parent,
        lane_id=lane.id,
        agent=lane.agent,
        kind="subagent",
        name=lane.agent or lane.agent_id or "subagent",
        started_ms=lane.first_ms,
        ended_ms=ended,
        status=status,
        summary=None,
        spent=lane.spent if lane.spent.calls else lane.told,
    )


def _shown(span: Span, moments: _Moments) -> Iterator[SpanOut]:
    """A span, or each of the calls of one whose agent gives no ids."""
    pairs = list(zip_longest(span.starts, span.ends)) or [(None, None)]
    for number, (start, end) in enumerate(pairs):
        hint = span.denied or span.batch or (0, 0)
        duration = max(end[2], 0) if end else 0
        started = start[0] if start else (end[0] - duration if end else hint[0])
        status: SpanStatus
        ended: int | None
        if end:
            status, ended = ("error" if end[3] else "ok"), max(end[0], started)
        elif span.is_denied:
            status, ended = "denied", max(hint[0], started)
        elif span.batch:
            status, ended = "ok", span.batch[0]
        else:
            status, ended = moments.unheard(span, started)
        yield _span(
            id=span.id if number == 0 else f"{span.id}:{number}",
            lane_id=span.lane_id,
            agent=span.agent,
            kind=span.kind,
            name=span.name,
            started_ms=started,
            ended_ms=ended,
            status=status,
            summary=span.said[1] if span.said else None,
            spent=span.spent if span.spent.calls else span.told,
            tool_use_id=span.tool_use_id,
            start_seq=start[1] if start else None,
            end_seq=end[1] if end else (hint[1] or None),
        )


class _Moments:
    """When things happened in each lane: what tells the end of a call whose own end nobody told."""

    def __init__(self, lanes: Sequence[Lane], spans: Sequence[Span]) -> None:
        self._bounds = {lane.id: [at for at, *_ in _bounds(lane.marks)] for lane in lanes}
        self._all = {lane_id: list(bounds) for lane_id, bounds in self._bounds.items()}
        for span in spans:
            self._all.setdefault(span.lane_id, []).extend(_ends(span))
        for moments in self._all.values():
            moments.sort()

    def unheard(self, span: Span, started: int) -> tuple[SpanStatus, int | None]:
        """An approval waits until anything ends in its lane; a call runs until its turn is over."""
        waits = span.kind == "approval"
        moments = (self._all if waits else self._bounds).get(span.lane_id, [])
        place = bisect_right(moments, started)
        if place == len(moments):
            return ("waiting" if waits else "running"), None
        return ("ok" if waits else "interrupted"), moments[place]


def _ends(span: Span) -> Iterator[int]:
    yield from (ms for ms, *_ in span.ends)
    if span.denied:
        yield span.denied[0]


class _Places:
    """Finds the turn that a moment belongs to."""

    def __init__(self, turns: dict[str, list[SpanOut]]) -> None:
        self._turns = turns
        self._any = sorted((turn for part in turns.values() for turn in part), key=lambda turn: turn.started_ms)
        self._starts = {lane_id: [turn.started_ms for turn in part] for lane_id, part in turns.items()}
        self._any_starts = [turn.started_ms for turn in self._any]

    def at(self, lane_id: str, ms: int) -> str | None:
        """The turn of this lane (of any, for a subagent whose parent is not known) that had begun."""
        turns, starts = self._turns.get(lane_id), self._starts.get(lane_id)
        if turns is None or starts is None:
            turns, starts = self._any, self._any_starts
        begun = bisect_right(starts, ms)
        return turns[begun - 1].id if begun else None


def _parents_first(spans: Sequence[SpanOut], root: SpanOut) -> Iterator[SpanOut]:
    children: dict[str, list[SpanOut]] = {}
    for span in spans:
        if span is not root:
            children.setdefault(span.parent_id or root.id, []).append(span)
    waiting, seen = [root], {root.id}
    for span in waiting:
        yield span
        for child in sorted(children.get(span.id, ()), key=lambda one: (one.started_ms, one.start_seq or 0, one.id)):
            if child.id not in seen:
                seen.add(child.id)
                waiting.append(child)
    for span in spans:  # two agents that name each other as parents hang on the session
        if span.id not in seen:
            span.parent_id = root.id
            yield span


def _span(
    *,
    id: str,
    lane_id: str,
    agent: str | None,
    kind: SpanKind,
    name: str,
    started_ms: int,
    ended_ms: int | None,
    status: SpanStatus,
    summary: str | None,
    spent: Tokens,
    parent_id: str | None = None,
    tool_use_id: str | None = None,
    start_seq: int | None = None,
    end_seq: int | None = None,
) -> SpanOut:
    return SpanOut(
        id=id,
        parent_id=parent_id,
        lane_id=lane_id,
        agent=agent,
        kind=kind,
        name=name,
        started_ms=started_ms,
        ended_ms=ended_ms,
        status=status,
        summary=summary,
        tool_use_id=tool_use_id,
        start_seq=start_seq,
        end_seq=end_seq,
        **tokens(spent),
    )
