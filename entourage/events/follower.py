"""Work that follows the log, one owner at a time: of whom something was committed, and who fell behind."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Protocol

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Mapped

from entourage.stores.log.tables import heads
from entourage.stores.sql import EVERYONE, Database

logger = structlog.get_logger(__name__)


class Checkpoint(Protocol):
    """A row that says how far an owner's log was followed."""

    owner_id: Mapped[str]
    seq: Mapped[int]


class Follower:
    """One task per process. `follow` is called for one owner at a time, never twice at once."""

    def __init__(
        self,
        database: Database,
        checkpoints: type[Checkpoint],
        follow: Callable[[str], Awaitable[None]],
        *,
        name: str,
        window_seconds: float,
        sweep_seconds: float,
    ) -> None:
        """`window_seconds` is how long events are gathered; every `sweep_seconds` those who are behind are looked for:
        after a crash, or when another process wrote."""
        self._database = database
        self._checkpoints = checkpoints
        self._follow = follow
        self._name = name
        self._window_seconds = window_seconds
        self._sweep_seconds = sweep_seconds
        self._waiting: set[str] = set()
        self._wake = asyncio.Event()
        self._turn = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None
        self.is_closing = False

    def start(self) -> None:
        """Begin with what was missed before."""
        self._task = asyncio.create_task(self._run(), name=self._name)

    async def close(self) -> None:
        """Follow what waits, then stop; `is_closing` says so to who would rather leave it to the next start."""
        self.is_closing = True
        self._wake.set()
        if self._task:
            await self._task

    def note(self, owner_id: str) -> None:
        """Something of this owner was committed."""
        self._waiting.add(owner_id)
        self._wake.set()

    async def settle(self) -> None:
        """Follow everything that is committed. Raises what `follow` raises."""
        for owner_id in self._waiting | set(await self._behind()):
            async with self._turn:
                await self._follow(owner_id)

    async def _run(self) -> None:
        await self.try_all(await self._behind())
        while not self.is_closing:
            try:
                async with asyncio.timeout(self._sweep_seconds):
                    await self._wake.wait()
                    await asyncio.sleep(0 if self.is_closing else self._window_seconds)
            except TimeoutError:
                self._waiting.update(await self._behind())
            self._wake.clear()
            waiting, self._waiting = self._waiting, set()
            await self.try_all(sorted(waiting))

    async def try_all(self, owners: Iterable[str]) -> None:
        """Follow each; one that fails has other chances, and keeps nobody waiting."""
        for owner_id in owners:
            try:
                async with self._turn:
                    await self._follow(owner_id)
            except Exception as error:  # an engine that is away fails for everybody, again and again: a line each
                logger.warning("log.not_followed", follower=self._name, owner_id=owner_id, error=repr(error)[:500])
                self._waiting.add(owner_id)

    async def _behind(self) -> Sequence[str]:
        row = self._checkpoints
        query = select(heads.c.owner_id).outerjoin(row, row.owner_id == heads.c.owner_id)
        try:
            async with self._database.read(EVERYONE) as session:
                return (await session.scalars(query.where(row.seq.is_(None) | (row.seq < heads.c.seq)))).all()
        except Exception:  # the engine is away for a moment
            logger.exception("log.sweep_failed", follower=self._name)
            return []
