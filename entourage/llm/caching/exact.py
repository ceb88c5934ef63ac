"""The exact cache: the same person asking the same of the same models gets the answer of an hour ago."""

from __future__ import annotations

import asyncio

import msgspec
import structlog

from entourage.llm.caching.kept import KeptAnswer
from entourage.llm.caching.memory import MemoryAnswers
from entourage.stores.cache import Cache

logger = structlog.get_logger(__name__)

_PREFIX = "llm:answer:"
_LARGEST_BYTES = 1024 * 1024


class ExactCache:
    """Answers in memory, and in Redis for the other servers where there is one (`shared`)."""

    def __init__(self, room_bytes: int, ttl_seconds: float, shared: Cache | None = None) -> None:
        self.memory = MemoryAnswers(room_bytes)
        self._ttl_seconds = ttl_seconds
        self._shared = shared
        self._writing: set[asyncio.Task[None]] = set()

    @property
    def is_on(self) -> bool:
        return self._ttl_seconds > 0

    async def get(self, owner_id: str, key: str) -> KeptAnswer | None:
        """The answer to this request of this owner. Does not suspend without Redis."""
        found = self.memory.get(owner_id, key)
        if found is None and self._shared:
            found = await self._shared_get(self._shared, owner_id, key)
        return found

    def put(self, owner_id: str, key: str, answer: KeptAnswer) -> None:
        """Keep a good answer."""
        if answer.size_bytes > _LARGEST_BYTES:
            return
        self.memory.put(owner_id, key, answer, self._ttl_seconds)
        if self._shared:
            task = asyncio.create_task(self._shared_put(self._shared, owner_id, key, answer), name="keep answer")
            self._writing.add(task)
            task.add_done_callback(self._writing.discard)

    async def close(self) -> None:
        """Wait for what is on its way to Redis."""
        await asyncio.gather(*self._writing, return_exceptions=True)

    async def _shared_get(self, shared: Cache, owner_id: str, key: str) -> KeptAnswer | None:
        try:
            kept = await shared.owned(owner_id).get(_PREFIX + key)
            return None if kept is None else msgspec.convert(kept, KeptAnswer)
        except Exception:  # a cache that fails is a miss
            logger.warning("llm_cache.unreadable", exc_info=True)
            return None

    async def _shared_put(self, shared: Cache, owner_id: str, key: str, answer: KeptAnswer) -> None:
        try:
            await shared.owned(owner_id).set(_PREFIX + key, answer, ttl_seconds=self._ttl_seconds)
        except Exception:  # the answer is given; that it could not be kept is nobody's trouble
            logger.warning("llm_cache.unwritable", exc_info=True)
