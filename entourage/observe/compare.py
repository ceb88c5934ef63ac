"""Two sessions side by side: agents, tools with differences, and their spans put beside each other."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from entourage.observe.projection.states import Lane
from entourage.observe.schemas import BothAggregations, Comparison, SpanOut, SpanPair, ToolDelta, ToolTotals
from entourage.observe.sessions import ObservedSessions, Whole, in_order
from entourage.observe.shown import session_of
from entourage.observe.tree import tree

MAX_ALIGNED = 400
"""Spans of each side that are aligned; putting sequences beside each other is quadratic at worst."""


async def compare(
    sessions: ObservedSessions, owner_id: str, left: tuple[str, str], right: tuple[str, str]
) -> Comparison:
    """Both sessions. Raises NotFound."""
    wholes = [await sessions.whole(owner_id, *one) for one in (left, right)]
    return await asyncio.to_thread(_compared, *wholes)


def _compared(left: Whole, right: Whole) -> Comparison:
    return Comparison(
        left=session_of(left.session),
        right=session_of(right.session),
        aggregates=BothAggregations(left=in_order(left.lanes), right=in_order(right.lanes)),
        tools=list(_tools(_totals(left.lanes), _totals(right.lanes))),
        spans=list(_aligned(tree(*left)[:MAX_ALIGNED], tree(*right)[:MAX_ALIGNED])),
    )


def _totals(lanes: Sequence[Lane]) -> dict[str, ToolTotals]:
    found: dict[str, ToolTotals] = {}
    for lane in lanes:
        for name, tool in lane.tools.items():
            total = found.setdefault(name, ToolTotals())
            total.count += tool.count
            total.errors += tool.errors
            total.duration_ms += tool.duration_ms
    return found


def _tools(left: dict[str, ToolTotals], right: dict[str, ToolTotals]) -> Iterator[ToolDelta]:
    nothing = ToolTotals()
    for name in sorted({*left, *right}):
        one, other = left.get(name, nothing), right.get(name, nothing)
        yield ToolDelta(
            name=name,
            left=left.get(name),
            right=right.get(name),
            count_delta=other.count - one.count,
            errors_delta=other.errors - one.errors,
            duration_ms_delta=other.duration_ms - one.duration_ms,
        )


def _aligned(left: Sequence[SpanOut], right: Sequence[SpanOut]) -> Iterator[SpanPair]:
    """The longest common sequence of (kind, name) in order of time; what one side lacks stands alone."""
    ordered = [sorted(side, key=lambda span: (span.started_ms, span.start_seq or 0)) for side in (left, right)]
    one, other = ([_same(span) for span in side] for side in ordered)
    for _, start, end, begin, stop in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        lefts, rights = ordered[0][start:end], ordered[1][begin:stop]
        if one[start:end] == other[begin:stop]:
            yield from (_pair(*both) for both in zip(lefts, rights, strict=True))
        else:
            yield from (_pair(span, None) for span in lefts)
            yield from (_pair(None, span) for span in rights)


def _same(span: SpanOut) -> tuple[str, str]:
    """What makes two spans one: turns and sessions have names of their own, so only their kind counts."""
    return (span.kind, "" if span.kind in ("session", "turn") else span.name)


def _pair(left: SpanOut | None, right: SpanOut | None) -> SpanPair:
    shown = left or right
    assert shown is not None
    return SpanPair(kind=shown.kind, name=shown.name, left=left, right=right)
