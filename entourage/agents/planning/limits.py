"""What ends a plan that goes on for too long, beside the limits of each agent: money and time. (Tasks: see `graph`.)"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import msgspec


class PlanLimits(msgspec.Struct, frozen=True):
    """Of one plan. None: as much as it takes."""

    max_seconds: float
    max_cost_usd: Decimal | None = None

    def reached(self, started_ms: int, now: int, costs: Sequence[str]) -> str | None:
        """Which limit was reached, in words; None while there is none."""
        seconds = (now - started_ms) / 1000
        if seconds >= self.max_seconds:
            return f"The plan's limit of {self.max_seconds:g} seconds was reached."
        cost = sum(map(Decimal, costs), Decimal(0))
        if self.max_cost_usd is not None and cost >= self.max_cost_usd:
            return f"The plan's limit of {self.max_cost_usd} USD was reached; {cost:f} were spent."
        return None
