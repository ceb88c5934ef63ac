"""Appending to the event log: 1,000 events a second from many callers, and as fast as it goes."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.bar import Bar, median, quantile
from entourage.events.event import NewEvent
from entourage.events.hub import Hub
from entourage.events.log import EventLog
from entourage.events.types import TextDelta
from entourage.kit.ids import new_id
from entourage.migrate import ensure_schema
from entourage.stores.log import open_log_store
from entourage.stores.sql import Database

RATE, SECONDS, CALLERS = 1000, 8, 256
OWNER, SESSION = new_id(), new_id()


async def bars() -> list[Bar]:
    with TemporaryDirectory() as folder:
        database = Database(None, Path(folder))
        await ensure_schema(database)
        hub = Hub(window_ms=20, backlog_bytes=4_194_304)
        log = EventLog(open_log_store(database), hub.publish, queue_events=10_000, wait_ms=250, batch_events=512)
        hub.log = log
        log.start()
        await _paced(log, 1)
        paced = await _paced(log, SECONDS)
        alone = await _commit_per_event(log)
        cpu, wall = time.process_time(), time.perf_counter()
        count = await _flat_out(log, 3)
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
        await log.close()
        await database.close()
    return [
        Bar("append at 1,000 ev/s, p50", median(paced), "ms", 1),
        Bar("append at 1,000 ev/s, p99", quantile(paced, 0.99), "ms", 10),
        Bar("append flat out, 256 callers", count / wall, "ev/s", note=f"{cpu / count * 1e6:.0f} us CPU an event"),
        Bar("one caller, one event a commit (baseline)", 1000 / median(alone), "ev/s"),
    ]


def _event() -> NewEvent:
    data = TextDelta(message_id=SESSION, part=0, offset=0, text="a few words of an answer, as models stream them " * 4)
    return NewEvent(owner_id=OWNER, session_id=SESSION, agent="coder", data=data)


async def _timed(log: EventLog) -> float:
    started = time.perf_counter()
    await log.append(_event())
    return (time.perf_counter() - started) * 1000


async def _paced(log: EventLog, seconds: float) -> list[float]:
    tasks: list[asyncio.Task[float]] = []
    begin = time.perf_counter()
    for number in range(int(RATE * seconds)):
        wait = begin + number / RATE - time.perf_counter()
        if wait > 0:
            await asyncio.sleep(wait)
        tasks.append(asyncio.create_task(_timed(log)))
    return list(await asyncio.gather(*tasks))


async def _commit_per_event(log: EventLog) -> list[float]:
    return [await _timed(log) for _ in range(500)]


async def _flat_out(log: EventLog, seconds: float) -> int:
    until = time.perf_counter() + seconds
    count = 0

    async def caller() -> None:
        nonlocal count
        while time.perf_counter() < until:
            await log.append(_event())
            count += 1

    await asyncio.gather(*(caller() for _ in range(CALLERS)))
    return count
