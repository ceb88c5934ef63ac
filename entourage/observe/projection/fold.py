"""Putting the facts of a window of events together with what is known already.

Counts of calls, errors and durations are sums over spans: when a span changes, what it added before is taken away and
what it adds now is added. So they come out the same in whatever order the facts arrive.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from entourage.observe.projection.facts import Facts
from entourage.observe.projection.states import NOTHING, Lane, Session, Span, Tokens, ToolSum

SessionKey = tuple[str, str]
CostKey = tuple[int, str, str, str, str]


class Rows(msgspec.Struct):
    """Spans, lanes and sessions by their keys."""

    spans: dict[str, Span] = msgspec.field(default_factory=dict[str, Span])
    lanes: dict[str, Lane] = msgspec.field(default_factory=dict[str, Lane])
    sessions: dict[SessionKey, Session] = msgspec.field(default_factory=dict[SessionKey, Session])


class Window(msgspec.Struct):
    """The facts of some events, those about one thing already joined."""

    rows: Rows = msgspec.field(default_factory=Rows)
    costs: dict[CostKey, Tokens] = msgspec.field(default_factory=dict[CostKey, Tokens])
    sources: dict[str, tuple[int, int]] = msgspec.field(default_factory=dict[str, tuple[int, int]])
    """By application: how many events, and the last of our times."""
    texts: list[tuple[int, str]] = msgspec.field(default_factory=list[tuple[int, str]])
    forgotten: list[str] = msgspec.field(default_factory=list[str])

    def count(self, source: str, ts: int) -> None:
        """An event of this application."""
        count, last_ms = self.sources.get(source, (0, 0))
        self.sources[source] = (count + 1, max(ts, last_ms))

    def take(self, seq: int, facts: Facts) -> None:
        """What an event says."""
        _join_spans(self.rows, facts.spans)
        for lane in facts.lanes:  # what is in a window is its own, and may be changed in place
            if (known := self.rows.lanes.setdefault(lane.id, lane)) is not lane:
                known.absorb(lane)
        if facts.session:
            told = facts.session
            if (found := self.rows.sessions.setdefault((told.source, told.id), told)) is not told:
                found.absorb(told)
        for cost in facts.costs:
            where: CostKey = (cost.hour, cost.source, cost.session_id, cost.agent, cost.model)
            self.costs[where] = self.costs.get(where, NOTHING).plus(cost.spent)
        if facts.text:
            self.texts.append((seq, facts.text))
        if facts.forgets:
            self.forgotten.append(facts.forgets)


def folded(window: Window, known: Rows) -> Rows:
    """The rows of everything the window speaks of, as they are after it. `known` holds what was there before."""
    after = Rows(dict(known.spans), dict(known.lanes), dict(known.sessions))
    _join_lanes(after, window.rows.lanes.values())
    for key, session in window.rows.sessions.items():
        before = after.sessions.get(key)
        after.sessions[key] = before.merged(session) if before else session
    for lane in window.rows.lanes.values():
        if lane.id not in known.lanes and (owner := after.sessions.get((lane.source, lane.session_id))):
            owner.agents += 1
    _join_spans(after, window.rows.spans.values())
    for span_id in window.rows.spans:
        _count(after, known.spans.get(span_id), -1)
        _count(after, after.spans[span_id], 1)
    return after


def _join_spans(rows: Rows, spans: Iterable[Span]) -> None:
    for span in spans:
        known = rows.spans.get(span.id)
        rows.spans[span.id] = known.merged(span) if known else span


def _join_lanes(rows: Rows, lanes: Iterable[Lane]) -> None:
    for lane in lanes:
        known = rows.lanes.get(lane.id)
        rows.lanes[lane.id] = known.merged(lane) if known else lane


def _count(rows: Rows, span: Span | None, sign: int) -> None:
    """Add (or take away) what a span counts for in its lane and session."""
    if span is None or span.kind == "approval":
        return
    lane, session = rows.lanes.get(span.lane_id), rows.sessions.get((span.source, span.session_id))
    if lane is None or session is None or span.kind != "tool":
        return
    calls, denied = sign * span.calls, sign * int(span.is_denied)
    errors = sign * sum(failed for *_, failed in span.ends)
    duration = sign * sum(max(ms, 0) for _, _, ms, _ in span.ends)
    for one in (lane, session):
        one.tool_calls += calls
        one.errors += errors
        one.denied += denied
    session.told = session.told.plus(span.told, sign)
    tools = {**lane.tools}
    tool = tools.get(span.name, ToolSum())
    summed = ToolSum(tool.count + calls, tool.errors + errors, tool.duration_ms + duration)
    if summed == ToolSum():
        tools.pop(span.name, None)
    else:
        tools[span.name] = summed
    lane.tools = tools
