"""Requests and tokens a minute over a moving window, exact to the second: sixty numbers a key at most."""

from __future__ import annotations

import math
import time
from collections import deque
from typing import NamedTuple, Protocol

from entourage.kit.errors import TooMany
from entourage.llm.money.call import Spender

WINDOW_SECONDS = 60
_MAX_KEYS = 20_000


class RateLimited(TooMany):
    """A key called too often, or took too many tokens."""

    title = "The key's limit is reached"


class RateState(NamedTuple):
    """Where a key stands, for headers; times in seconds. None: not limited."""

    requests: int | None = None
    requests_left: int = 0
    requests_reset: float = 0.0
    tokens: int | None = None
    tokens_left: int = 0
    tokens_reset: float = 0.0


UNLIMITED = RateState()


class Window:
    """What was added within the last minute."""

    __slots__ = ("_parts", "_total")

    def __init__(self) -> None:
        self._parts: deque[list[int]] = deque()
        self._total = 0

    def total(self, now: float) -> int:
        """The sum of the window that ends now."""
        parts, oldest = self._parts, now - WINDOW_SECONDS
        while parts and parts[0][0] <= oldest:
            self._total -= parts.popleft()[1]
        return self._total

    def add(self, now: float, amount: int) -> None:
        """Count `amount` now."""
        second = int(now)
        if self._parts and self._parts[-1][0] == second:
            self._parts[-1][1] += amount
        else:
            self._parts.append([second, amount])
        self._total += amount

    def reset(self, now: float) -> float:
        """Seconds until the oldest part leaves the window."""
        return max(0.0, self._parts[0][0] + WINDOW_SECONDS - now) if self._parts else 0.0

    def room_in(self, now: float, limit: int) -> float:
        """Seconds until less than `limit` is in the window."""
        left = self._total
        for second, amount in self._parts:
            if left < limit:
                break
            left -= amount
            if left < limit:
                return max(0.0, second + WINDOW_SECONDS - now)
        return 0.0


class Rates(Protocol):
    """Counts requests and tokens of keys (of a person, for a session without a key)."""

    def hit_now(self, spender: Spender) -> RateState | None:
        """Count one request; None when that needs waiting. Raises RateLimited, which counts nothing."""
        ...

    async def hit(self, spender: Spender) -> RateState:
        """The same, waiting. Raises RateLimited."""
        ...

    def spend(self, spender: Spender, tokens: int) -> None:
        """Count the tokens of a call that has ended."""
        ...


class MemoryRates:
    """Windows of this process."""

    def __init__(self) -> None:
        self._windows: dict[str, tuple[Window, Window]] = {}

    def hit_now(self, spender: Spender) -> RateState | None:
        return self.count(spender, time.monotonic())

    async def hit(self, spender: Spender) -> RateState:
        return self.count(spender, time.monotonic())

    def count(self, spender: Spender, now: float) -> RateState:
        """Count one request at this moment. Raises RateLimited."""
        requests, tokens = spender.requests_per_minute, spender.tokens_per_minute
        if requests is None and tokens is None:
            return UNLIMITED
        asked, took = self._of(who(spender), now)
        count, spent = asked.total(now), took.total(now)
        if requests is not None and count >= requests:
            raise limited("requests", requests, asked.room_in(now, requests))
        if tokens is not None and spent >= tokens:
            raise limited("tokens", tokens, took.room_in(now, tokens))
        asked.add(now, 1)
        left = 0 if requests is None else requests - count - 1
        tokens_left = 0 if tokens is None else tokens - spent
        return RateState(requests, left, asked.reset(now), tokens, tokens_left, took.reset(now))

    def spend(self, spender: Spender, tokens: int) -> None:
        windows = self._windows.get(who(spender))
        if windows and tokens > 0:
            windows[1].add(time.monotonic(), tokens)

    def _of(self, who: str, now: float) -> tuple[Window, Window]:
        windows = self._windows.get(who)
        if windows is None:
            if len(self._windows) >= _MAX_KEYS:
                self._forget_idle(now)
            windows = self._windows[who] = (Window(), Window())
        return windows

    def _forget_idle(self, now: float) -> None:
        idle = [who for who, both in self._windows.items() if not any(one.total(now) for one in both)]
        for who in idle:
            del self._windows[who]


def who(spender: Spender) -> str:
    """Whose window it is."""
    return spender.key_id or spender.owner_id


def limited(what: str, limit: int, seconds: float) -> RateLimited:
    """The refusal, with the time after which there is room again."""
    return RateLimited(f"More than {limit} {what} a minute.", retry_after_seconds=math.ceil(seconds))
