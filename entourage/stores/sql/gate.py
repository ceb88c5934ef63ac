"""One writer of an SQLite file at a time; what they committed is moved from the journal into the file."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path
from typing import Final

import structlog

MOVE_COMMITS: Final = 500
JOURNAL_BYTES: Final = 16 << 20
"""A journal that grew beyond this is moved before so many commits, and cut to it then."""

logger = structlog.get_logger(__name__)


class Gate:
    """`async with gate` is a writer's turn; a writer that needs no turn says `wrote`.

    Five hundred commits take 25 ms to move, too long for a writer to wait: so most of it is moved beside them. They go
    on writing, and a journal is begun anew only when all of it was moved: so the short rest is moved while they wait.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._journal = Path(f"{path}-wal")
        self._lock = asyncio.Lock()
        self._commits = 0
        self._moving: asyncio.Task[None] | None = None
        self._connection: sqlite3.Connection | None = None
        self._is_held = False
        """Whether a reader needs what is left in the journal."""

    async def __aenter__(self) -> None:
        await self._lock.acquire()

    async def __aexit__(self, *error: object) -> None:
        self._lock.release()
        self.wrote()

    def locked(self) -> bool:
        """Whether it is somebody's turn."""
        return self._lock.locked()

    def wrote(self) -> None:
        """Something may have been committed."""
        self._commits += 1
        if not self._moving and (self._commits >= MOVE_COMMITS or (self._is_long() and not self._is_held)):
            self._commits = 0
            self._moving = asyncio.create_task(self._move())

    async def close(self) -> None:
        """Wait for what is being moved; writers are gone."""
        if self._moving:
            await asyncio.wait([self._moving])
        if self._connection:
            self._connection.close()

    async def _move(self) -> None:
        try:
            for _ in range(2):  # what was written during the first takes a tenth of its time
                await asyncio.to_thread(self._checkpoint)
            async with self._lock:
                await asyncio.to_thread(self._checkpoint)
        except sqlite3.Error as error:  # nothing is lost: it stays in the journal
            logger.warning("journal.kept", error=str(error))
        finally:
            self._moving = None

    def _checkpoint(self) -> None:
        if self._connection is None:
            self._connection = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False)
        _, pages, moved = self._connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        self._is_held = moved < pages

    def _is_long(self) -> bool:
        try:
            return self._journal.stat().st_size > JOURNAL_BYTES
        except FileNotFoundError:
            return False
