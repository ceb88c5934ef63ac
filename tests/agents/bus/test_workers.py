"""Several worker processes on one PostgreSQL: killed, stopped past their lease, and ended in order."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from entourage.agents.tables import RunRow
from entourage.stores.sql import EVERYONE
from tests.agents.bus.book import most_at_once, read, until
from tests.agents.bus.processes import Processes
from tests.conformance.bus.conftest import Bus, open_bus
from tests.schema import fresh_postgres

POSTGRES = os.environ.get("ENTOURAGE_TEST_POSTGRES_URL")
pytestmark = pytest.mark.skipif(not POSTGRES, reason="needs PostgreSQL")
SLOTS = 10


@pytest.fixture
async def shared(tmp_path: Path) -> AsyncIterator[tuple[Bus, str]]:
    """A store that worker processes share."""
    assert POSTGRES
    async with fresh_postgres(POSTGRES) as url, open_bus(url, tmp_path) as bus:
        yield bus, url


async def test_one_of_three_workers_killed_all_jobs_end_and_never_more_than_three_of_an_agent_run(
    shared: tuple[Bus, str], tmp_path: Path, warm: Processes
) -> None:
    bus, url = shared
    names = ["one", "two", "three"]
    pids = [
        await warm.start("worker", folder=str(tmp_path), database_url=url, name=name, slots=SLOTS) for name in names
    ]
    await until(tmp_path, "ready", 3)
    for number in range(8):
        await bus.many(25, f"agent{number}", kind="call")
    await until(tmp_path, "end", 60)
    await until(tmp_path, "begin", 1, worker="two")
    await warm.end(pids[1], signal.SIGKILL)
    died = time.monotonic()
    await _all_ended(bus)
    for pid in (pids[0], pids[2]):
        await warm.end(pid, signal.SIGTERM)
    book = read(tmp_path)
    assert Counter(entry.what for entry in book)["stopped"] == 2
    assert most_at_once(book, {"two": died}) == 3
    ends = Counter(entry.run_id for entry in book if entry.what == "end")
    assert len(ends) >= 200 - SLOTS, "the killed one may have ended jobs that it could not write down"
    assert max(ends.values()) == 1, "a job that had ended was done again"
    assert {entry.worker for entry in book if entry.what == "begin"} == set(names)


async def test_a_worker_stopped_past_its_lease_cannot_write_when_it_wakes(
    shared: tuple[Bus, str], tmp_path: Path, warm: Processes
) -> None:
    bus, url = shared
    stale = await warm.start("worker", folder=str(tmp_path), database_url=url, name="stale", lease=0.6, how="stubborn")
    await until(tmp_path, "ready", 1)
    run = await bus.queue(kind="call")
    await until(tmp_path, "begin", 1)
    os.kill(stale, signal.SIGSTOP)
    await warm.start("worker", folder=str(tmp_path), database_url=url, name="other", lease=0.6)
    await until(tmp_path, "end", 1, worker="other")
    steps = len(await bus.steps(run))
    os.kill(stale, signal.SIGCONT)
    await until(tmp_path, "stopped by fence", 1, worker="stale")
    assert len(await bus.steps(run)) <= steps + 1, "only the commit that it was stopped in may end"
    ended = await bus.row(run)
    assert ended.status == "succeeded"
    assert ended.fence >= 2, "the other took it over, more than once if it was slow itself"


async def test_a_worker_that_is_told_to_stop_gives_its_runs_back_at_once(
    shared: tuple[Bus, str], tmp_path: Path, warm: Processes
) -> None:
    bus, url = shared
    pid = await warm.start("worker", folder=str(tmp_path), database_url=url, name="leaving", lease=60, how="stubborn")
    await until(tmp_path, "ready", 1)
    runs = [await bus.queue(f"agent{number}", kind="call") for number in range(3)]
    await until(tmp_path, "begin", 3)
    await warm.end(pid, signal.SIGTERM)
    assert [(row.status, row.worker, row.lease_ms) for row in [await bus.row(run) for run in runs]] == [
        ("queued", None, 0)
    ] * 3
    await warm.start("worker", folder=str(tmp_path), database_url=url, name="next", lease=60)
    await until(tmp_path, "end", 3, worker="next")


async def _all_ended(bus: Bus) -> None:
    async with asyncio.timeout(60):
        while True:
            async with bus.database.read(EVERYONE) as session:
                left = await session.scalar(select(func.count(RunRow.id)).where(RunRow.status != "succeeded"))
            if not left:
                return
            await asyncio.sleep(0.05)
