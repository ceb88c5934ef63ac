"""Statements that took long: kept by their text without values, for the last hour."""

from __future__ import annotations

import re
import time
from collections import OrderedDict, deque
from typing import NamedTuple

from entourage.kit.clock import now_ms

SLOW_SECONDS = 0.1
KEPT_STATEMENTS = 100
KEPT_TIMES = 1000
WINDOW_SECONDS = 3600
_MAX_CHARS = 600

_STRING = re.compile(r"'(?:[^']|'')*'")
_NUMBER = re.compile(r"(?<![\w$:.])-?\d+(?:\.\d+)?(?:e[+-]?\d+)?\b", re.IGNORECASE)
_MARKS = re.compile(r"(\?|\$\d+(?:::\w+(?:\[\])?)?|:\w+)(?:\s*,\s*(?:\?|\$\d+(?:::\w+(?:\[\])?)?|:\w+))+")
_BLANKS = re.compile(r"\s+")


class SlowQuery(NamedTuple):
    """One statement of the last hour. `last_ms` is epoch milliseconds."""

    statement: str
    times: int
    max_seconds: float
    mean_seconds: float
    last_ms: int


def without_values(statement: str) -> str:
    """The statement on one line, its literals as `?` and lists of parameters as one, so that equal ones look equal."""
    text = _NUMBER.sub("?", _STRING.sub("?", statement[: _MAX_CHARS * 4]))
    text = _MARKS.sub(r"\1, ...", _BLANKS.sub(" ", text)).strip()
    return text if len(text) <= _MAX_CHARS else f"{text[:_MAX_CHARS]}..."


class SlowQueries:
    """A bounded memory of slow statements; the one not seen for longest is forgotten first."""

    def __init__(self) -> None:
        self._times: OrderedDict[str, deque[tuple[float, float]]] = OrderedDict()

    def add(self, statement: str, seconds: float) -> None:
        """Remember a statement that took `seconds`."""
        text = without_values(statement)
        times = self._times.setdefault(text, deque(maxlen=KEPT_TIMES))
        times.append((time.monotonic(), seconds))
        self._times.move_to_end(text)
        if len(self._times) > KEPT_STATEMENTS:
            self._times.popitem(last=False)

    def last(self, window_seconds: float = WINDOW_SECONDS) -> list[SlowQuery]:
        """Those of the window, the longest first."""
        now = time.monotonic()
        found = [
            _summed(statement, now, recent)
            for statement, times in tuple(self._times.items())
            if (recent := [item for item in tuple(times) if item[0] > now - window_seconds])
        ]
        return sorted(found, key=lambda query: query.max_seconds, reverse=True)

    def slowest_seconds(self, window_seconds: float) -> float:
        """The longest time of the window, 0 for none."""
        return max((query.max_seconds for query in self.last(window_seconds)), default=0.0)


def _summed(statement: str, now: float, times: list[tuple[float, float]]) -> SlowQuery:
    seconds = [taken for _, taken in times]
    ago_ms = round((now - times[-1][0]) * 1000)
    return SlowQuery(statement, len(times), max(seconds), sum(seconds) / len(seconds), now_ms() - ago_ms)
