"""Rate limits over a moving window, in memory or in Redis."""

from __future__ import annotations

import logging
import math
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from entourage.stores.windows import MemoryWindows, RedisWindows, Windows

if TYPE_CHECKING:
    import redis.asyncio

logger = logging.getLogger(__name__)

_MINUTE = 60
_REDIS_SECONDS = 2
_COUNT = """
local time = redis.call('TIME')
local minute = math.floor(time[1] / 60)
local elapsed = (time[1] % 60) * 1000 + math.floor(time[2] / 1000)
local name = KEYS[1] .. minute
local now = tonumber(redis.call('GET', name) or 0)
local before = tonumber(redis.call('GET', KEYS[1] .. (minute - 1)) or 0)
local limit = tonumber(ARGV[2])
if limit >= 0 and now + before * (1 - elapsed / 60000) >= limit then
    return {0, now, before, elapsed}
end
if tonumber(ARGV[1]) > 0 then
    now = redis.call('INCRBY', name, ARGV[1])
    redis.call('EXPIRE', name, 130)
end
return {1, now, before, elapsed}
"""


class Rate(msgspec.Struct, frozen=True):
    """So many hits in so many seconds, for each `who` under `name`."""

    name: str
    amount: int
    seconds: int = 60


class Verdict(msgspec.Struct, frozen=True):
    """What one hit came to. `reset_seconds`: until the oldest hit leaves the window."""

    allowed: bool
    limit: int
    remaining: int
    reset_seconds: int

    @property
    def headers(self) -> dict[str, str]:
        """`RateLimit-*` headers of an answer."""
        return {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(self.remaining),
            "RateLimit-Reset": str(self.reset_seconds),
        }


class Limiter:
    """Counts hits. When Redis does not answer, hits pass and the log says so: limits are no reason to be down."""

    def __init__(
        self, windows: Windows, client: redis.asyncio.Redis | None = None, failures: tuple[type[Exception], ...] = ()
    ) -> None:
        self._windows = windows
        self._client = client
        self._failures = failures

    async def hit(self, rate: Rate, who: str) -> Verdict:
        """Count one hit of `who`, unless the window is full."""
        try:
            window = await self._windows.hit(_key(rate, who), rate.amount, rate.seconds)
        except self._failures as error:
            logger.warning("rate limits are off: %s", error)
            return Verdict(allowed=True, limit=rate.amount, remaining=rate.amount, reset_seconds=rate.seconds)
        return Verdict(
            allowed=window.allowed,
            limit=rate.amount,
            remaining=max(0, rate.amount - window.used) if window.allowed else 0,
            reset_seconds=min(max(math.ceil(window.reset_seconds), 1), rate.seconds),
        )

    async def clear(self, rate: Rate, who: str) -> None:
        """Forget the hits of `who`."""
        await self._windows.clear(_key(rate, who))

    async def close(self) -> None:
        """Give connections back."""
        if self._client is not None:
            await self._client.aclose()


def _key(rate: Rate, who: str) -> str:
    return f"{rate.name}/{who}"


class Minute(NamedTuple):
    """What was counted in this clock minute and in the one before, and how far this one has gone."""

    now: int
    before: int
    elapsed_seconds: float

    @property
    def used(self) -> float:
        """About what a moving window holds: the minute before weighs what of it is still within."""
        return self.now + self.before * (1 - self.elapsed_seconds / _MINUTE)

    def room_in(self, limit: int) -> float:
        """Seconds until less than `limit` is in the window."""
        if self.used < limit:
            return 0.0
        left = _MINUTE - self.elapsed_seconds
        if self.now >= limit:
            return left + _MINUTE * (1 - limit / self.now)
        return min(left, _MINUTE * (1 - (limit - self.now) / self.before) - self.elapsed_seconds)


class MinuteCounts:
    """Counts that servers share, by the minute, in Redis: two numbers a name, one round trip a hit.

    For counts whose single hits are too many to keep. Raises ConnectionError when Redis does not answer.
    """

    def __init__(self, client: redis.asyncio.Redis, failures: tuple[type[Exception], ...]) -> None:
        self._client = client
        self._failures = failures
        self._script = client.register_script(_COUNT)

    async def count(self, name: str, amount: int, limit: int | None = None) -> tuple[bool, Minute]:
        """Add `amount` unless `limit` is reached; whether it was added, and what is counted now."""
        try:
            told: Any = await self._script(
                keys=[f"ent-minute:{{{name}}}"], args=[amount, -1 if limit is None else limit]
            )
        except self._failures as error:
            raise ConnectionError(str(error)) from error
        added, now, before, elapsed_ms = (int(one) for one in told)
        return added == 1, Minute(now, before, elapsed_ms / 1000)

    async def close(self) -> None:
        """Give connections back."""
        await self._client.aclose()


def open_minute_counts(redis_url: str) -> MinuteCounts:
    """Counts in the Redis at `redis_url`. Nothing is connected before the first one."""
    from redis.asyncio import Redis
    from redis.exceptions import RedisError

    client = Redis.from_url(redis_url, socket_timeout=_REDIS_SECONDS, socket_connect_timeout=_REDIS_SECONDS)  # pyright: ignore[reportUnknownMemberType]
    return MinuteCounts(client, (RedisError, OSError))


def open_limiter(redis_url: str | None = None) -> Limiter:
    """Limits in memory, or in the Redis at `redis_url`."""
    if redis_url is None:
        return Limiter(MemoryWindows())
    from redis.asyncio import Redis
    from redis.exceptions import RedisError

    client: Redis = Redis.from_url(redis_url, socket_timeout=1, socket_connect_timeout=1)  # pyright: ignore[reportUnknownMemberType]
    return Limiter(RedisWindows(client), client, (RedisError, OSError))
