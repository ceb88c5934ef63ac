"""The log store with a clock beside it."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Sequence
from typing import TypeVar

from entourage.kit.telemetry import Telemetry
from entourage.stores.log import Filter, LogStore, Record, Rider, Rollup, Stored
from entourage.stores.log.base import Appended

T = TypeVar("T")


class TimedLog:
    """Implements `LogStore` by way of another and tells the telemetry how long each call took."""

    def __init__(self, store: LogStore, telemetry: Telemetry) -> None:
        self._store = store
        self._telemetry = telemetry

    async def append(self, batch: Sequence[tuple[Record, Rollup]], riders: Sequence[Rider] = ()) -> list[Appended]:
        return await self._timed("log_append", self._store.append(batch, riders))

    def append_at_once(self, batch: Sequence[tuple[Record, Rollup]], riders: Sequence[Rider]) -> list[Appended] | None:
        started = time.perf_counter()
        appended = self._store.append_at_once(batch, riders)
        if appended is not None:
            self._telemetry.query("log append", time.perf_counter() - started, "log_append")
        return appended

    async def write(self, riders: Sequence[Rider]) -> bool:
        return await self._timed("log_write", self._store.write(riders))

    async def head(self, owner_id: str) -> int:
        return await self._timed("log_head", self._store.head(owner_id))

    async def read(self, owner_id: str, where: Filter, limit: int, *, newest: bool = False) -> list[Stored]:
        return await self._timed("log_read", self._store.read(owner_id, where, limit, newest=newest))

    async def count(self, owner_id: str, where: Filter, limit: int) -> int:
        return await self._timed("log_count", self._store.count(owner_id, where, limit))

    async def index_texts(self, owner_id: str, items: Sequence[tuple[int, str]]) -> None:
        await self._timed("log_index", self._store.index_texts(owner_id, items))

    async def delete(self, owner_id: str, where: Filter) -> int:
        return await self._timed("log_delete", self._store.delete(owner_id, where))

    async def close(self) -> None:
        await self._store.close()

    async def _timed(self, operation: str, work: Awaitable[T]) -> T:
        started = time.perf_counter()
        result = await work
        self._telemetry.query(operation.replace("_", " "), time.perf_counter() - started, operation)
        return result
