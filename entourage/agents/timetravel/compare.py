"""Two runs beside each other: steps of a kind aligned, the first that differs, what each took."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from difflib import SequenceMatcher

from entourage.agents.schemas import Run
from entourage.agents.tables import RunRow
from entourage.agents.timetravel.schemas import BothTotals, RunComparison, RunTotals, Step, StepPair

MAX_ALIGNED = 500
"""Steps of each run that are aligned; putting sequences beside each other is quadratic at worst."""


def compared(a: RunRow, b: RunRow, steps_a: Sequence[Step], steps_b: Sequence[Step]) -> RunComparison:
    """Both runs; steps after the 500th of each are left out."""
    pairs = list(_aligned(steps_a[:MAX_ALIGNED], steps_b[:MAX_ALIGNED]))
    return RunComparison(
        a=Run.of(a),
        b=Run.of(b),
        steps=pairs,
        differs_at=next((index for index, pair in enumerate(pairs) if not pair.same), None),
        totals=BothTotals(a=_totals(a, steps_a), b=_totals(b, steps_b)),
    )


def _aligned(a: Sequence[Step], b: Sequence[Step]) -> Iterator[StepPair]:
    """The same beginning, then the longest common sequence of (kind, tool); what one side lacks stands alone."""
    begun = next((at for at, both in enumerate(zip(a, b, strict=False)) if not _is_same(*both)), min(len(a), len(b)))
    yield from (_pair(*both) for both in zip(a[:begun], b[:begun], strict=True))
    a, b = a[begun:], b[begun:]
    one, other = ([(step.kind, step.tool) for step in steps] for steps in (a, b))
    for tag, start, end, begin, stop in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        if tag == "equal":
            yield from (_pair(*both) for both in zip(a[start:end], b[begin:stop], strict=True))
        else:
            yield from (StepPair(a=step, b=None, same=False) for step in a[start:end])
            yield from (StepPair(a=None, b=step, same=False) for step in b[begin:stop])


def _pair(a: Step, b: Step) -> StepPair:
    return StepPair(a=a, b=b, same=_is_same(a, b))


def _is_same(a: Step, b: Step) -> bool:
    return (a.kind, a.tool, a.status, a.input, a.output) == (b.kind, b.tool, b.status, b.input, b.output)


def _totals(run: RunRow, steps: Sequence[Step]) -> RunTotals:
    own = [step.usage for step in steps if step.usage and not step.copied]
    costs = [Decimal(usage.cost_usd) for usage in own if usage.cost_usd is not None]
    return RunTotals(
        steps=len(steps),
        duration_ms=run.ended_ms - run.created_ms if run.ended_ms else None,
        input_tokens=sum(usage.input_tokens for usage in own),
        output_tokens=sum(usage.output_tokens for usage in own),
        cost_usd=str(sum(costs, Decimal(0))) if costs else None,
    )
