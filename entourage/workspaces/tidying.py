"""Emptying the trash of what has lain there long enough, once an hour."""

from __future__ import annotations

import asyncio

import structlog

from entourage.kit.clock import now_ms
from entourage.workspaces.folders import Folders

logger = structlog.get_logger(__name__)

HOUR_SECONDS = 3600.0
DAY_MS = 24 * 3600 * 1000


class Tidying:
    """Keeps deleted files for so many days."""

    def __init__(self, folders: Folders, days: float) -> None:
        self._folders = folders
        self._kept_ms = round(days * DAY_MS)
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin."""
        self._task = asyncio.create_task(self._hourly(), name="workspace-tidying")

    async def close(self) -> None:
        """End."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def tidy(self) -> int:
        """Remove what is old; how many things that were."""
        return await asyncio.to_thread(self._folders.empty_trash, now_ms() - self._kept_ms)

    async def _hourly(self) -> None:
        while True:
            await asyncio.sleep(HOUR_SECONDS)
            try:
                await self.tidy()
            except OSError:  # the next hour is another chance
                logger.exception("workspace.tidying_failed")
