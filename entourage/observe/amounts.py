"""Bounds of what is counted, so that sums of many stay within what engines hold."""

from __future__ import annotations

MAX_COUNT = 2**40
"""Tokens or milliseconds of one call."""

MAX_COST_USD = 1_000_000.0
"""Of one call."""


def decimal_text(amount: float) -> str:
    """Dollars without an exponent."""
    return f"{amount:.10f}".rstrip("0").rstrip(".") or "0"
