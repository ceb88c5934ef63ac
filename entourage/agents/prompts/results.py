"""What an experiment showed: the runs of each variant, and how much that says."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from entourage.agents.prompts.experiments import Experiments
from entourage.agents.prompts.schemas import VariantResult
from entourage.agents.schemas import ENDED
from entourage.agents.steps import RESPONSE
from entourage.agents.tables import RunRow, StepRow
from entourage.stores.sql import Database

ENOUGH_RUNS = 30
"""Below this the figures are marked: a share of 20 runs is off by 20 points as often as not."""

MOST_RUNS = 50_000
_Z = 1.959964  # 95 %


class Results:
    """Reads results from the rows of runs."""

    def __init__(self, database: Database, experiments: Experiments) -> None:
        self._database = database
        self._experiments = experiments

    async def of(self, owner_id: str, experiment_id: str) -> list[VariantResult]:
        """A line a variant, in their order; of the newest 50,000 runs. Raises NotFound."""
        experiment = await self._experiments.get(owner_id, experiment_id)
        responses = (
            select(func.count())
            .where(StepRow.run_id == RunRow.id, StepRow.kind == RESPONSE)
            .correlate(RunRow)
            .scalar_subquery()
        )
        query = (
            select(RunRow.variant, RunRow.status, RunRow.usage, RunRow.started_ms, RunRow.ended_ms, responses)
            .where(RunRow.agent == experiment.agent, RunRow.variant["experiment_id"].as_string() == experiment_id)
            .order_by(RunRow.id.desc())
            .limit(MOST_RUNS)
        )
        async with self._database.read(owner_id) as session:
            rows: list[tuple[Any, ...]] = [tuple(row) for row in await session.execute(query)]
        names = [variant.name for variant in experiment.variants]
        return [summed(name, [row for row in rows if row[0]["name"] == name]) for name in names]


def summed(name: str, rows: Sequence[tuple[Any, ...]]) -> VariantResult:
    """One line of the table from `(variant, status, usage, started_ms, ended_ms, responses)` of its runs."""
    ended = [row for row in rows if row[1] in ENDED]
    succeeded = sum(row[1] == "succeeded" for row in ended)
    failed = sum(row[1] == "failed" for row in ended)
    judged = succeeded + failed
    low, high = wilson(succeeded, judged) if judged else (None, None)
    times = sorted(row[4] - row[3] for row in ended if row[3] is not None and row[4] is not None)
    used = [row[2] for row in ended if row[2]]
    costs = [Decimal(usage["cost_usd"]) for usage in used if usage.get("cost_usd") is not None]
    tokens = [usage["input_tokens"] + usage["output_tokens"] for usage in used]
    return VariantResult(
        variant=name,
        runs=len(rows),
        succeeded=succeeded,
        failed=failed,
        success_low=low,
        success_high=high,
        is_small_sample=judged < ENOUGH_RUNS,
        mean_cost_usd=f"{(sum(costs, Decimal(0)) / len(costs)).quantize(Decimal('0.000001')):f}" if costs else None,
        mean_tokens=round(sum(tokens) / len(tokens), 1) if tokens else None,
        p50_ms=_quantile(times, 0.5),
        p95_ms=_quantile(times, 0.95),
        steps=round(sum(row[5] for row in ended) / len(ended), 2) if ended else None,
    )


def wilson(successes: int, trials: int) -> tuple[float, float]:
    """Bounds of a share at 95 % (E. B. Wilson, 1927): honest for few trials, unlike the usual plus-minus."""
    share = successes / trials
    squared = _Z * _Z / trials
    middle = (share + squared / 2) / (1 + squared)
    spread = _Z * math.sqrt(share * (1 - share) / trials + squared / (4 * trials)) / (1 + squared)
    return round(max(0.0, middle - spread), 4), round(min(1.0, middle + spread), 4)


def _quantile(ordered: Sequence[int], share: float) -> int | None:
    return ordered[math.ceil(share * len(ordered)) - 1] if ordered else None
