"""How one provider's model has done lately: its breaker and its times."""

from __future__ import annotations

import statistics
import time
from collections import deque
from collections.abc import Iterable
from typing import Literal, TypeAlias

from entourage.kit.clock import now_ms

State: TypeAlias = Literal["closed", "open", "half_open"]

OPENS_AFTER = 5
"""So many failures in a row open the breaker."""

_OPEN_SECONDS = 15.0
_LONGEST_OPEN_SECONDS = 300.0
_PROBE_SECONDS = 60.0
_REMEMBERED = 64
_LEARNING_RATE = 0.2


class Standing:
    """A breaker that opens after failures in a row, lets one call through when its time is over, and closes after one
    that went well. Each opening lasts twice as long as the one before.
    """

    __slots__ = (
        "_clock",
        "_cools_until",
        "_first_tokens",
        "_latencies",
        "_open_seconds",
        "_open_until",
        "_probing_until",
        "calls",
        "failures",
        "last_error",
        "last_error_at",
        "pace_ms",
    )

    def __init__(self) -> None:
        self._clock = time.monotonic
        self._open_until: float | None = None
        self._probing_until = self._cools_until = 0.0
        self._open_seconds = _OPEN_SECONDS
        self._latencies: deque[int] = deque(maxlen=_REMEMBERED)
        self._first_tokens: deque[int] = deque(maxlen=_REMEMBERED)
        self.calls = self.failures = 0
        self.pace_ms: float | None = None
        """Moving mean of the time to the first token (or to the whole answer): what `latency` chooses by."""
        self.last_error: str | None = None
        self.last_error_at: int | None = None

    @property
    def state(self) -> State:
        if self._open_until is None:
            return "closed"
        return "open" if self._clock() < self._open_until else "half_open"

    @property
    def opened_until(self) -> int | None:
        """Epoch ms after which a call is let through again."""
        return None if self._open_until is None else now_ms() + round((self._open_until - self._clock()) * 1000)

    @property
    def is_cooling(self) -> bool:
        """Whether the provider asked for fewer requests until later."""
        return self._cools_until > 0 and self._clock() < self._cools_until

    @property
    def opens_in(self) -> float:
        """Seconds until a call is let through; 0 when one is now."""
        now = self._clock()
        if self._open_until is None:
            return 0.0
        return max(0.0, self._open_until - now, self._probing_until - now)

    def admits(self) -> bool:
        """Whether a call may be made now. True for a half-open breaker makes the caller its probe."""
        if self._open_until is None:
            return True
        if self.opens_in > 0:
            return False
        self._probing_until = self._clock() + _PROBE_SECONDS
        return True

    def succeeded(self, latency_ms: int, first_token_ms: int | None) -> None:
        """A call went well."""
        self.calls += 1
        self.failures = 0
        if self._open_until is not None:
            self._open_until = None
            self._open_seconds = _OPEN_SECONDS
            self._probing_until = 0.0
        self._latencies.append(latency_ms)
        if first_token_ms is not None:
            self._first_tokens.append(first_token_ms)
        told = latency_ms if first_token_ms is None else first_token_ms
        self.pace_ms = told if self.pace_ms is None else self.pace_ms + _LEARNING_RATE * (told - self.pace_ms)

    def failed(self, error: str, *, retry_after: float | None = None, is_limit: bool = False) -> None:
        """A call failed. A limit that was reached (429) cools the candidate down and leaves the breaker alone."""
        self.calls += 1
        self.last_error, self.last_error_at = error, now_ms()
        if is_limit:
            self._cools_until = self._clock() + (retry_after if retry_after is not None else 1.0)
            return
        self.failures += 1
        if self._open_until is not None or self.failures >= OPENS_AFTER:
            self._open_until = self._clock() + self._open_seconds
            self._open_seconds = min(_LONGEST_OPEN_SECONDS, self._open_seconds * 2)
            self._probing_until = 0.0

    def abandoned(self) -> None:
        """A call that was let through ended without telling anything of the candidate."""
        self._probing_until = 0.0

    @property
    def latency_ms(self) -> int | None:
        """The median of the last calls."""
        return _median(self._latencies)

    @property
    def first_token_ms(self) -> int | None:
        """The median of the last streams."""
        return _median(self._first_tokens)


def _median(values: Iterable[int]) -> int | None:
    known = list(values)
    return round(statistics.median(known)) if known else None
