"""Values kept for a few seconds: what is asked at every request is looked up seldom, and at once after a change."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

T = TypeVar("T")

FRESH_SECONDS = 5.0
"""How long a change made by another server may go unseen."""

_EARLY_SECONDS = 2.5
"""After so long a value that is asked for is looked up again meanwhile, so that nobody waits for it."""

_MAX_KEPT = 4096


class Kept(Generic[T]):
    """Values by key. However many ask for one key at once, it is looked up once.

    A look-up that began before `drop` is not kept: what it read may have been what was changed.
    """

    def __init__(self, load: Callable[[str], Awaitable[T]]) -> None:
        self._load = load
        self._kept: dict[str, tuple[T, float]] = {}
        self._looking: dict[str, asyncio.Task[T]] = {}

    def known(self, key: str) -> T | None:
        """The value if it is at hand and fresh."""
        kept = self._kept.get(key)
        if kept is None:
            return None
        age = time.monotonic() - kept[1]
        if age >= FRESH_SECONDS:
            return None
        if age >= _EARLY_SECONDS:
            self._look(key)
        return kept[0]

    def last(self, key: str) -> T | None:
        """The value as it was last seen, fresh or not."""
        kept = self._kept.get(key)
        return kept[0] if kept else None

    async def of(self, key: str) -> T:
        """The value. Raises what the look-up raises."""
        kept = self.known(key)
        return await asyncio.shield(self._look(key)) if kept is None else kept

    def drop(self, key: str | None = None) -> None:
        """Forget one value, or all."""
        if key is None:
            self._kept.clear()
            self._looking.clear()
        else:
            self._kept.pop(key, None)
            self._looking.pop(key, None)

    def _look(self, key: str) -> asyncio.Task[T]:
        looking = self._looking.get(key)
        if looking is None:
            looking = self._looking[key] = asyncio.create_task(self._look_up(key))
            looking.add_done_callback(lambda task: self._looked(key, task))
        return looking

    async def _look_up(self, key: str) -> T:
        started = time.monotonic()
        value = await self._load(key)
        if self._looking.get(key) is asyncio.current_task():
            if len(self._kept) >= _MAX_KEPT:
                self._kept.clear()
            self._kept[key] = (value, started)
        return value

    def _looked(self, key: str, task: asyncio.Task[T]) -> None:
        if self._looking.get(key) is task:
            del self._looking[key]
            if task.cancelled() or task.exception():
                self._kept.pop(key, None)
        elif not task.cancelled():
            task.exception()  # whoever waits for it has it; a look-up in advance has nobody
