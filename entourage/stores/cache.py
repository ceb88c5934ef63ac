"""Short-lived values and locks, in this process or in Redis (by cashews), shared or opened as one owner.

Values are JSON: nothing is unpickled, and what comes out is a copy. A cache may forget at any time, and a Redis that
does not answer only makes every read a miss; locks then do not hold, so they save work and never guard correctness of
rows.
"""

from __future__ import annotations

import asyncio
import re
import time
from abc import ABC, abstractmethod
from collections import OrderedDict
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Protocol

from entourage.kit import json

_KEY = re.compile(r"^[A-Za-z0-9_:/.@+=-]{1,200}$")
_OWNER = re.compile(r"^[A-Za-z0-9-]{1,64}$")

_MEMORY_ENTRIES = 100_000
_LOCK_POLL_SECONDS = 0.01


class CacheView:
    """Keys under one prefix. Raises ValueError for a key that is not plain text without blanks and wildcards."""

    def __init__(self, engine: _Engine, prefix: str) -> None:
        self._engine = engine
        self._prefix = prefix

    async def get(self, key: str) -> Any:
        """The value, or None."""
        raw = await self._engine.values.get(self._full(key))
        self._engine.count(is_hit=bool(raw))
        return json.decode(raw) if raw else None

    async def set(self, key: str, value: object, *, ttl_seconds: float) -> None:
        """Keep a JSON value for `ttl_seconds`."""
        await self._engine.values.set(self._full(key), json.encode(value), expire=ttl_seconds)

    async def delete(self, key: str) -> None:
        """Forget one key."""
        await self._engine.values.delete(self._full(key))

    async def delete_prefix(self, prefix: str) -> None:
        """Forget every key of this view that starts with `prefix`; the empty prefix means all of the view."""
        start = self._full(prefix) if prefix else self._prefix
        # Redis reads more than `*` as a pattern, so what is found is checked once more
        found = [key async for key in self._engine.values.scan(f"{start}*") if key.startswith(start)]
        if found:
            await self._engine.values.delete_many(*found)

    def lock(self, key: str, *, seconds: float = 10) -> AbstractAsyncContextManager[None]:
        """One holder at a time; in Redis a holder that vanished is forgotten after `seconds`."""
        return self._engine.lock(f"{self._full(key)}:lock", seconds)

    def _full(self, key: str) -> str:
        if not _KEY.match(key):
            raise ValueError(f"{key[:80]!r} is not a cache key")
        return self._prefix + key


class Cache(CacheView):
    """The keys that all share, and the door to those of one owner."""

    def __init__(self, engine: _Engine) -> None:
        super().__init__(engine, "ent:all:")

    def owned(self, owner_id: str) -> CacheView:
        """The keys of one owner; no key leads out of it. Raises ValueError for what cannot be an owner."""
        if not _OWNER.match(owner_id):
            raise ValueError(f"{owner_id[:80]!r} is not an owner")
        return CacheView(self._engine, f"ent:own:{owner_id}:")

    @property
    def hits(self) -> int:
        """How often a value was there, in this process since its start."""
        return self._engine.hits

    @property
    def misses(self) -> int:
        """How often it was not."""
        return self._engine.misses

    @property
    def size(self) -> int | None:
        """How many values are kept; None when Redis keeps them."""
        return self._engine.size

    async def ping(self) -> None:
        """Raises when Redis does not answer."""
        await self._engine.values.ping()

    async def close(self) -> None:
        """Give connections and tasks back."""
        await self._engine.values.close()


class _Values(Protocol):
    """What both engines offer, with the names of cashews."""

    async def get(self, key: str) -> Any: ...
    async def set(self, key: str, value: bytes, *, expire: float) -> Any: ...
    async def delete(self, key: str) -> Any: ...
    async def delete_many(self, *keys: str) -> Any: ...
    def scan(self, pattern: str) -> AsyncIterator[str]: ...
    async def ping(self) -> Any: ...
    async def close(self) -> Any: ...


class _Engine(ABC):
    """Values, locks, and how useful they were."""

    values: _Values
    hits = 0
    misses = 0

    @property
    def size(self) -> int | None:
        return None

    def count(self, *, is_hit: bool) -> None:
        if is_hit:
            self.hits += 1
        else:
            self.misses += 1

    @abstractmethod
    def lock(self, key: str, seconds: float) -> AbstractAsyncContextManager[None]:
        """Hold `key` for the block, at most so long."""


class _MemoryValues:
    """Values in this process; past `size` entries the one that was not used for longest goes first."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._kept: OrderedDict[str, tuple[float, bytes]] = OrderedDict()

    async def get(self, key: str) -> bytes | None:
        ends, value = self._kept.get(key, (0.0, b""))
        if ends <= time.monotonic():
            self._kept.pop(key, None)
            return None
        self._kept.move_to_end(key)
        return value

    async def set(self, key: str, value: bytes, *, expire: float) -> None:
        self._kept[key] = (time.monotonic() + expire, value)
        self._kept.move_to_end(key)
        if len(self._kept) > self._size:
            self._kept.popitem(last=False)

    async def delete(self, key: str) -> None:
        self._kept.pop(key, None)

    async def delete_many(self, *keys: str) -> None:
        for key in keys:
            self._kept.pop(key, None)

    async def scan(self, pattern: str) -> AsyncIterator[str]:
        start = pattern.removesuffix("*")
        for key in [key for key in self._kept if key.startswith(start)]:
            yield key

    def __len__(self) -> int:
        return len(self._kept)

    async def ping(self) -> None:
        return

    async def close(self) -> None:
        self._kept.clear()


class _MemoryEngine(_Engine):
    """Values and locks in this process."""

    def __init__(self) -> None:
        self._memory = _MemoryValues(_MEMORY_ENTRIES)
        self.values = self._memory
        self._locks: dict[str, tuple[asyncio.Lock, int]] = {}

    @property
    def size(self) -> int:
        return len(self._memory)

    @asynccontextmanager
    async def lock(self, key: str, seconds: float) -> AsyncGenerator[None]:
        # in one process an asyncio lock is fair, needs no polling and cannot be released by another holder
        del seconds
        lock, users = self._locks.get(key, (asyncio.Lock(), 0))
        self._locks[key] = (lock, users + 1)
        try:
            async with lock:
                yield
        finally:
            users = self._locks[key][1] - 1
            if users:
                self._locks[key] = (lock, users)
            else:
                del self._locks[key]


class _RedisEngine(_Engine):
    """cashews on Redis."""

    def __init__(self, values: Any) -> None:
        self.values = values
        self._lock = values.lock

    @asynccontextmanager
    async def lock(self, key: str, seconds: float) -> AsyncGenerator[None]:
        async with self._lock(key, expire=seconds, check_interval=_LOCK_POLL_SECONDS):
            yield


def open_cache(redis_url: str | None = None) -> Cache:
    """A cache in memory, or in the Redis at `redis_url`. Nothing is connected before the first call."""
    if redis_url is None:
        return Cache(_MemoryEngine())
    import cashews  # half a second and 15 MB with its Redis client: nothing for a server without one
    from cashews.picklers import PicklerType

    values = cashews.Cache()
    values.setup(redis_url, pickle_type=PicklerType.NULL, max_connections=50)
    return Cache(_RedisEngine(values))
