"""Our bus without agents, for benchmarks: a store on an engine of its own, and a dispatcher whose runs only end."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

from entourage.agents.approvals import Approvals
from entourage.agents.bus.stopping import StopReason
from entourage.agents.closing import Closing
from entourage.agents.dispatcher import Dispatcher
from entourage.agents.runs import Claim, Runs
from entourage.agents.tables import RunRow
from entourage.events.hub import Hub
from entourage.events.log import EventLog
from entourage.kit.ids import new_id
from entourage.migrate import ensure_schema
from entourage.stores.log import open_log_store
from entourage.stores.sql import Database

POSTGRES = os.environ.get("ENTOURAGE_TEST_POSTGRES_URL")
ENGINES = ["SQLite", *(["PostgreSQL"] if POSTGRES else [])]


@dataclass
class Job:
    """Ends a run once `does` is done; notes when each began and who ended."""

    runs: Runs
    database: Database
    does: Callable[[Claim], Awaitable[None]] | None = None
    began: dict[str, float] = field(default_factory=dict[str, float])
    ended: list[str] = field(default_factory=list[str])
    wanted: int = sys.maxsize
    enough: asyncio.Event = field(default_factory=asyncio.Event)

    async def work_on(self, run: RunRow, stop: StopReason) -> None:
        self.began[run.id] = time.perf_counter()
        claim = Claim.of(run)
        if self.does:
            await self.does(claim)
        stop.too_late = True  # as agents do: who renews leases meanwhile finds it ended, not lost
        async with self.database.writing(run.owner_id) as writing:
            await self.runs.finish(writing, claim, "succeeded")
        self.ended.append(run.agent)
        if len(self.ended) >= self.wanted:
            self.enough.set()


@dataclass
class Bus:
    """What a bench needs of it."""

    database: Database
    runs: Runs
    dispatcher: Dispatcher
    job: Job
    owner: str

    async def enqueue(self, agents: list[str], worker: str | None = None) -> list[RunRow]:
        """A run for each, in one transaction."""
        async with self.database.write(self.owner) as session:
            return [await self.runs.enqueue(session, worker=worker, **task_of(agent)) for agent in agents]

    async def until(self, count: int) -> list[str]:
        """Wait for so many ends since the last time; whose they were, in order."""
        self.job.wanted = count
        if len(self.job.ended) >= count:
            self.job.enough.set()
        await self.job.enough.wait()
        ended = self.job.ended
        self.job.ended, self.job.enough, self.job.wanted = [], asyncio.Event(), sys.maxsize
        return ended


def task_of(agent: str) -> dict[str, Any]:
    return {
        "id": new_id(),
        "chat_id": new_id(),
        "message_id": new_id(),
        "prompt_id": None,
        "agent": agent,
        "model": None,
        "task": None,
        "path": [agent],
        "start_seq": 0,
        "kind": "call",
    }


@asynccontextmanager
async def bus(engine: str, *, slots: int = 50) -> AsyncGenerator[Bus]:
    """A bus that works, on an empty database."""
    async with _url(engine) as url:
        with TemporaryDirectory() as folder:
            database = Database(url, Path(folder))
            await ensure_schema(database)
            hub = Hub(window_ms=20, backlog_bytes=1_000_000)
            log = EventLog(open_log_store(database), hub.publish, queue_events=10_000, wait_ms=250, batch_events=512)
            log.start()
            runs = Runs(database, log, lease_seconds=5)
            approvals = Approvals(database, log, wait_seconds=60)
            job = Job(runs, database)
            dispatcher = Dispatcher(runs, {"call": job}, cast("Closing", None), approvals, slots=slots, lease_seconds=5)
            await dispatcher.start(alone=url is None)
            try:
                yield Bus(database, runs, dispatcher, job, new_id())
            finally:
                await dispatcher.close()
                await log.close()
                await database.close()


@asynccontextmanager
async def _url(engine: str) -> AsyncGenerator[str | None]:
    if engine == "SQLite":
        yield None
        return
    from tests.schema import fresh_postgres

    assert POSTGRES
    async with fresh_postgres(POSTGRES) as url:
        yield url
