"""Days and months of budgets: in UTC, so that every server and every engine cuts at the same moment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Literal, NamedTuple, TypeAlias

from entourage.stores.log.spending import HOUR_MS

Period: TypeAlias = Literal["day", "month"]


class Span(NamedTuple):
    """Hours since the epoch; the end is not included."""

    start: int
    end: int

    @property
    def end_ms(self) -> int:
        return self.end * HOUR_MS


def span_of(period: Period, at_ms: int) -> Span:
    """The day or month around a moment."""
    day = datetime.fromtimestamp(at_ms / 1000, UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    if period == "day":
        return Span(_hour(day), _hour(day + timedelta(days=1)))
    first = day.replace(day=1)
    return Span(_hour(first), _hour((first + timedelta(days=32)).replace(day=1)))


def _hour(moment: datetime) -> int:
    return int(moment.timestamp()) // 3600
