"""The work of this process on files: claims them, keeps their leases, and ends what was read and indexed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

import structlog

from entourage.memory.ingest.claiming import Claims
from entourage.memory.ingest.finishing import Finishing
from entourage.memory.ingest.keeping import Lost
from entourage.memory.ingest.limits import Limits
from entourage.memory.ingest.sweeping import Sweeping
from entourage.memory.ingest.tables import FileRow, JobRow
from entourage.memory.ingest.telling import Telling
from entourage.memory.ingest.working import Work
from entourage.stores.sql import Database

logger = structlog.get_logger(__name__)

IDLE_SECONDS = 5.0
"""How long a process that nobody woke waits until it looks: files of other processes whose reader died."""
SWEEP_SECONDS = 3600.0


class Worker:
    """At most `limits.readers` files at once."""

    def __init__(
        self,
        database: Database,
        claims: Claims,
        work: Work,
        finishing: Finishing,
        telling: Telling,
        sweeping: Sweeping,
        limits: Limits,
    ) -> None:
        self._database = database
        self._claims = claims
        self._work = work
        self._finishing = finishing
        self._telling = telling
        self._sweeping = sweeping
        self._limits = limits
        self._going: dict[str, tuple[FileRow, asyncio.Task[None]]] = {}
        self._wake = asyncio.Event()
        self._indexed = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self, *, alone: bool) -> None:
        """Begin; `alone` frees the files of a dead predecessor at once (embedded database)."""
        if alone:
            await self._claims.adopt()
        loops: dict[str, Callable[[], Awaitable[None]]] = {
            "claim": self._claim,
            "renew": self._renew,
            "finish": self._finish,
            "sweep": self._sweep,
        }
        self._tasks = [asyncio.create_task(_forever(once), name=f"ingest-{name}") for name, once in loops.items()]

    async def close(self) -> None:
        """Stop; files that are being read are taken up again later."""
        tasks = [*self._tasks, *(task for _, task in self._going.values())]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._telling.close()

    def wake(self) -> None:
        """There may be files to read."""
        self._wake.set()

    def indexed(self) -> None:
        """Some memories of documents were indexed."""
        self._indexed.set()

    def drop(self, job_id: str) -> None:
        """Read no more files of this job here."""
        for file, task in self._going.values():
            if file.job_id == job_id:
                task.cancel()

    async def _claim(self) -> None:
        while len(self._going) < self._limits.readers and (file := await self._claims.claim()):
            task = asyncio.create_task(self._carry_out(file), name=f"ingest {file.id}")
            self._going[file.id] = file, task
        await _until(self._wake, IDLE_SECONDS)

    async def _carry_out(self, file: FileRow) -> None:
        try:
            async with self._database.read(file.owner_id) as session:
                job = await session.get(JobRow, file.job_id)
            if job is None:
                return
            self._telling.soon(file.owner_id, file.job_id)
            await self._work.carry_out(file, job)
            await self._sweeping.read(file)
            await self._finishing.job(file.owner_id, file.job_id)
            self._indexed.set()
        except Lost:
            pass
        except Exception:  # the database may be away: the lease runs out, and the file is read again
            logger.exception("ingest.left", file_id=file.id)
        finally:
            self._going.pop(file.id, None)
            self._wake.set()

    async def _renew(self) -> None:
        await asyncio.sleep(self._limits.lease_seconds / 3)
        held = {file_id: file.fence for file_id, (file, _) in self._going.items()}
        for file_id in await self._claims.renew(held) if held else ():
            if going := self._going.get(file_id):
                going[1].cancel()

    async def _finish(self) -> None:
        await self._finishing.look()
        await _until(self._indexed, IDLE_SECONDS)

    async def _sweep(self) -> None:
        await self._sweeping.sweep()
        await asyncio.sleep(SWEEP_SECONDS)


async def _until(event: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):  # wait_for may lose a cancellation that comes with the wake
            await event.wait()
    event.clear()


async def _forever(once: Callable[[], Awaitable[None]]) -> None:
    while True:
        try:
            await once()
        except Exception:  # the database may be away for a while; the loop must outlive that
            logger.exception("ingest.loop_failed")
            await asyncio.sleep(1.0)
