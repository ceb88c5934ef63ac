"""Hits within a moving window, counted exactly: in this process, or in a Redis that servers share."""

from __future__ import annotations

import time
from collections import OrderedDict, deque
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import msgspec

if TYPE_CHECKING:
    import redis.asyncio

_SWEPT_AT_ONCE = 2
_HIT = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local window = ARGV[2] * 1000000
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now - window))
local used = redis.call('ZCARD', KEYS[1])
local allowed = used < tonumber(ARGV[1])
if allowed then
    local at = string.format('%.0f', now)
    redis.call('ZADD', KEYS[1], at, at .. ':' .. used)
    redis.call('EXPIRE', KEYS[1], ARGV[2])
    used = used + 1
end
local oldest = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
return {allowed and 1 or 0, used, string.format('%.0f', tonumber(oldest[2]) + window - now)}
"""


class Window(NamedTuple):
    """What one hit came to. `used` hits are in the window with it; the oldest leaves after `reset_seconds`."""

    allowed: bool
    used: int
    reset_seconds: float


class Windows(Protocol):
    """Hits by key. Those that are refused do not count."""

    async def hit(self, key: str, amount: int, seconds: int) -> Window:
        """Count one hit unless `amount` (at least 1) were within the last `seconds`."""
        ...

    async def clear(self, key: str) -> None:
        """Forget the hits of a key."""
        ...


class _Hits(msgspec.Struct):
    seconds: int
    times: deque[float] = msgspec.field(default_factory=deque[float])


class MemoryWindows:
    """As `Windows`. Each hit looks at two of the keys that rested longest, so what is over does not stay."""

    def __init__(self) -> None:
        self._hits: OrderedDict[str, _Hits] = OrderedDict()

    def __len__(self) -> int:
        return len(self._hits)

    async def hit(self, key: str, amount: int, seconds: int) -> Window:
        now = time.monotonic()
        self._sweep(now)
        hits = self._hits.setdefault(key, _Hits(seconds))
        times = hits.times
        while times and times[0] <= now - seconds:
            times.popleft()
        allowed = len(times) < amount
        if allowed:
            times.append(now)
            hits.seconds = seconds
            self._hits.move_to_end(key)
        return Window(allowed, len(times), times[0] + seconds - now)

    async def clear(self, key: str) -> None:
        self._hits.pop(key, None)

    def _sweep(self, now: float) -> None:
        for _ in range(_SWEPT_AT_ONCE):
            key = next(iter(self._hits), None)
            if key is None:
                return
            hits = self._hits[key]
            if hits.times[-1] > now - hits.seconds:
                return
            del self._hits[key]


class RedisWindows:
    """As `Windows`, by the clock of the Redis. Raises what its client raises."""

    def __init__(self, client: redis.asyncio.Redis) -> None:
        self._client = client
        self._script = client.register_script(_HIT)

    async def hit(self, key: str, amount: int, seconds: int) -> Window:
        told: Any = await self._script(keys=[_name(key)], args=[amount, seconds])
        allowed, used, reset_us = map(int, told)
        return Window(allowed == 1, used, reset_us / 1_000_000)

    async def clear(self, key: str) -> None:
        await self._client.delete(_name(key))


def _name(key: str) -> str:
    return f"ent-window:{{{key}}}"
