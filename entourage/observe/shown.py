"""What is kept of sessions and lanes, as it goes over the wire."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from entourage.kit.clock import now_ms
from entourage.observe.projection.states import Lane, Mark, Session, Span, Tokens
from entourage.observe.schemas import Aggregation, SessionOut, SpanStatus, Status, ToolTotals

IDLE_AFTER_MS = 30 * 60_000
"""A session that said nothing for so long is idle, whatever it said last."""

MAIN = "session"


def money(micro_usd: int) -> float:
    """US dollars of millionths."""
    return micro_usd / 1_000_000


def session_of(found: Session, now: int | None = None) -> SessionOut:
    """A session; its subagents' own reports of tokens count where no model call was told."""
    spent = found.spent if found.spent.calls else found.told
    title = found.named or found.title
    status = status_of(found, now_ms() if now is None else now)
    return SessionOut(
        id=found.id,
        source=found.source,
        project=found.project[2] if found.project else None,
        title=title[2] if title else None,
        status=status,
        cwd=found.cwd[2] if found.cwd else None,
        model=found.model[2] if found.model else None,
        started_at=found.first_ms,
        last_at=found.last_ms,
        ended_at=found.state[0] if found.state and status in ("ended", "failed") else None,
        events=found.events,
        errors=found.errors,
        denied=found.denied,
        tool_calls=found.tool_calls,
        agents=found.agents,
        last_summary=found.summary[2] if found.summary else None,
        **tokens(spent),
    )


def tokens(spent: Tokens) -> dict[str, Any]:
    """The four fields of what was spent."""
    return {
        "input_tokens": spent.input,
        "output_tokens": spent.output,
        "cached_tokens": spent.cached,
        "cost_usd": money(spent.cost),
    }


def status_of(found: Session, now: int) -> Status:
    """`active` only while something is heard."""
    state: Status = found.state[2] if found.state else "active"
    return "idle" if state == "active" and found.last_ms < now - IDLE_AFTER_MS else state


def aggregation_of(lane: Lane) -> Aggregation:
    """What one agent did."""
    status, ended = outcome(lane)
    spent = lane.spent if lane.spent.calls else lane.told
    return Aggregation(
        session_id=lane.session_id,
        source=lane.source,
        lane_id=lane.id,
        parent_lane_id=lane.parent,
        agent=lane.agent,
        agent_id=lane.agent_id,
        kind=MAIN if lane.is_main else "subagent",
        status=status,
        started_at=lane.first_ms,
        ended_at=ended,
        duration_ms=(ended or lane.last_ms) - lane.first_ms,
        events=lane.events,
        tool_calls=lane.tool_calls,
        errors=lane.errors,
        denied=lane.denied,
        tools={
            name: ToolTotals(count=tool.count, errors=tool.errors, duration_ms=tool.duration_ms)
            for name, tool in sorted(lane.tools.items())
        },
        **tokens(spent),
    )


_OUTCOMES: dict[str, SpanStatus] = {"stop": "ok", "end": "ok", "failure": "error"}


def outcome(lane: Lane) -> tuple[SpanStatus, int | None]:
    """How a lane stands, and since when it is over: by its last mark, or by the result of the call that ran it."""
    if lane.marks:
        at, _, what, _ = _last_mark(lane.marks)
        if what in _OUTCOMES:
            return _OUTCOMES[what], at
        return "running", None
    return ("ok", lane.last_ms) if lane.parent_span else ("running", None)


def _last_mark(marks: Iterable[Mark]) -> Mark:
    return max(marks)


def is_over(span: Span) -> bool:
    """Whether the end of a call was told."""
    return bool(span.ends) or span.is_denied
