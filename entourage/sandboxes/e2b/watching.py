"""Watches of folders that are asked for their events now and then, as the Python SDK does."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from typing import Any

from entourage.kit.errors import Conflict, NotFound, Problem
from entourage.kit.ids import new_id
from entourage.sandboxes.e2b.entries import event_of
from entourage.sandboxes.live.base import FileChange, Live

MAX_WATCHES = 32
"""Of one sandbox."""
MAX_EVENTS = 10_000


class Watch:
    """Collects events; the oldest are lost when nobody takes them."""

    def __init__(self, changes: AsyncIterator[FileChange]) -> None:
        self._events: deque[dict[str, Any]] = deque(maxlen=MAX_EVENTS)
        self._task = asyncio.create_task(self._collect(changes))

    def take(self) -> list[dict[str, Any]]:
        """What happened since the last time."""
        taken = list(self._events)
        self._events.clear()
        return taken

    async def close(self) -> None:
        """Watch no more."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _collect(self, changes: AsyncIterator[FileChange]) -> None:
        try:
            async for change in changes:
                self._events.append(event_of(change))
        except Problem:
            return  # the sandbox or the folder is gone
        finally:
            await closed(changes)


class Watches:
    """Those of every sandbox, by id."""

    def __init__(self) -> None:
        self._watches: dict[str, dict[str, Watch]] = {}

    async def create(self, live: Live, path: str, *, recursive: bool) -> str:
        """Begin to watch; the watch's id. Raises NotFound, Invalid, Conflict."""
        mine = self._watches.setdefault(live.id, {})
        if len(mine) >= MAX_WATCHES:
            raise Conflict(f"A sandbox has at most {MAX_WATCHES} watches.", hint="Stop one.")
        watch_id = new_id()
        mine[watch_id] = Watch(await live.files.watch(path, recursive=recursive))
        return watch_id

    def get(self, live: Live, watch_id: str) -> Watch:
        """Raises NotFound."""
        try:
            return self._watches[live.id][watch_id]
        except KeyError:
            raise NotFound(f"There is no watch {watch_id[:100]!r}.") from None

    async def remove(self, live: Live, watch_id: str) -> None:
        """End a watch. Raises NotFound."""
        await self.get(live, watch_id).close()
        self._watches[live.id].pop(watch_id, None)

    async def forget(self, live_id: str) -> None:
        """End those of a sandbox that is gone."""
        for watch in self._watches.pop(live_id, {}).values():
            await watch.close()

    async def close(self) -> None:
        """End all."""
        for live_id in list(self._watches):
            await self.forget(live_id)


async def closed(changes: AsyncIterator[FileChange]) -> None:
    """Close an iterator that has an end of its own."""
    close = getattr(changes, "aclose", None)
    if close is not None:
        await close()
