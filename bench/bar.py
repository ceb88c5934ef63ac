"""A bar: what was promised, what was measured."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Bar:
    """One line of the report. `target` None means the figure is only told."""

    name: str
    measured: float
    unit: str
    target: float | None = None
    at_most: bool = True
    note: str = ""

    @property
    def holds(self) -> bool:
        if self.target is None:
            return True
        return self.measured <= self.target if self.at_most else self.measured >= self.target

    def line(self) -> str:
        sign = "<=" if self.at_most else ">="
        target = "" if self.target is None else f"{sign} {self.target:g} {self.unit}"
        mark = "      " if self.target is None else "holds " if self.holds else "MISSES"
        return f"{mark}  {self.name:<58} {self.measured:>10.2f} {self.unit:<6} {target:<14} {self.note}"


def quantile(values: Sequence[float], share: float) -> float:
    """The value below which `share` of the values lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1)))]


def median(values: Sequence[float]) -> float:
    return statistics.median(values)
