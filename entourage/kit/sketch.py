"""Quantiles of durations over the last hour, in a few kilobytes a name.

Source: DDSketch (Masson, Rim, Lee; VLDB 2019): logarithmic buckets, so that a quantile is right within 2 %, and two
sketches are added by adding their buckets.
"""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Callable, Iterable

GAMMA = 1.04
"""Each bucket is so much wider than the one before: an error of at most (GAMMA - 1) / (GAMMA + 1), 2 %."""

_LOG_GAMMA = math.log(GAMMA)
_SMALLEST_SECONDS = 1e-6

SLOTS = 60
SLOT_SECONDS = 60


class Sketch:
    """Counts of durations by bucket."""

    __slots__ = ("_buckets", "count", "errors")

    def __init__(self) -> None:
        self._buckets: Counter[int] = Counter()
        self.count = 0
        self.errors = 0

    def add(self, seconds: float, *, is_error: bool = False) -> None:
        """Count one duration."""
        self._buckets[_bucket(seconds)] += 1
        self.count += 1
        self.errors += is_error

    def merge(self, other: Sketch) -> None:
        """Add all that `other` counted."""
        self._buckets.update(other._buckets)
        self.count += other.count
        self.errors += other.errors

    def quantile(self, q: float) -> float:
        """Seconds that a share `q` of the durations stays at or below; 0 for none at all."""
        wanted = max(1, math.ceil(q * self.count))
        for bucket in sorted(self._buckets):
            wanted -= self._buckets[bucket]
            if wanted <= 0:
                return 2 * GAMMA**bucket / (GAMMA + 1) * _SMALLEST_SECONDS
        return 0.0


def _bucket(seconds: float) -> int:
    return math.ceil(math.log(max(seconds, _SMALLEST_SECONDS) / _SMALLEST_SECONDS) / _LOG_GAMMA)


class Windows:
    """A sketch a minute, for the last hour. `clock` gives seconds."""

    __slots__ = ("_clock", "_slots")

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._slots: dict[int, Sketch] = {}

    def add(self, seconds: float, *, is_error: bool = False) -> None:
        """Count one duration in the present minute."""
        now = int(self._clock()) // SLOT_SECONDS
        slot = self._slots.get(now)
        if slot is None:
            self._forget(now)
            slot = self._slots[now] = Sketch()
        slot.add(seconds, is_error=is_error)

    def last(self, minutes: int = SLOTS) -> Sketch:
        """The sum of the last so many minutes, the present one among them."""
        now = int(self._clock()) // SLOT_SECONDS
        return _sum(slot for minute, slot in tuple(self._slots.items()) if minute > now - minutes)

    def _forget(self, now: int) -> None:
        for minute in [minute for minute in self._slots if minute <= now - SLOTS]:
            del self._slots[minute]


def _sum(sketches: Iterable[Sketch]) -> Sketch:
    total = Sketch()
    for sketch in sketches:
        total.merge(sketch)
    return total
