"""Rate limits over a moving window, in memory or in Redis (by `limits`)."""

from __future__ import annotations

import logging
import math
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import redis.asyncio
    from limits.aio.storage import Storage

logger = logging.getLogger(__name__)

_NAMESPACE = "ent-moving"
"""Two strategies on one Redis key collide, so each strategy has its own namespace."""


@dataclass(frozen=True, slots=True)
class Rate:
    """So many hits in so many seconds, for each `who` under `name`."""

    name: str
    amount: int
    seconds: int = 60


@dataclass(frozen=True, slots=True)
class Verdict:
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
        self, storage: Storage, client: redis.asyncio.Redis | None, failures: tuple[type[Exception], ...]
    ) -> None:
        from limits.aio.strategies import MovingWindowRateLimiter

        self._client = client
        self._failures = failures
        self._windows = MovingWindowRateLimiter(storage)

    async def hit(self, rate: Rate, *who: str) -> Verdict:
        """Count one hit of `who`, unless the window is full."""
        from limits import RateLimitItemPerSecond

        item = RateLimitItemPerSecond(rate.amount, rate.seconds, _NAMESPACE)
        try:
            allowed = await self._windows.hit(item, rate.name, *who)
            window = await self._windows.get_window_stats(item, rate.name, *who)
        except self._failures as error:
            logger.warning("rate limits are off: %s", error)
            return Verdict(allowed=True, limit=rate.amount, remaining=rate.amount, reset_seconds=rate.seconds)
        reset = math.ceil(window.reset_time - time.time())
        return Verdict(
            allowed=allowed,
            limit=rate.amount,
            remaining=max(0, window.remaining) if allowed else 0,
            reset_seconds=min(max(reset, 1), rate.seconds),
        )

    async def close(self) -> None:
        """Give connections back."""
        if self._client is not None:
            await self._client.aclose()

    async def clear(self, rate: Rate, *who: str) -> None:
        """Forget the hits of `who`."""
        from limits import RateLimitItemPerSecond

        await self._windows.clear(RateLimitItemPerSecond(rate.amount, rate.seconds, _NAMESPACE), rate.name, *who)


def open_limiter(redis_url: str | None = None) -> Limiter:
    """Limits in memory, or in the Redis at `redis_url`."""
    if redis_url is None:
        from limits.aio.storage import MemoryStorage

        return Limiter(MemoryStorage(), None, ())
    from limits.aio.storage import RedisStorage
    from redis.asyncio import Redis
    from redis.exceptions import RedisError

    client: Redis = Redis.from_url(redis_url, socket_timeout=1, socket_connect_timeout=1)  # pyright: ignore[reportUnknownMemberType]
    pool: Any = client.connection_pool
    storage = RedisStorage(f"async+{redis_url}", implementation="redispy", connection_pool=pool)
    return Limiter(storage, client, (RedisError, OSError))
