"""Pages of the log at 100,000 and 1,000,000 events of one person, by the log itself and over HTTP."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.bar import Bar, median, quantile
from entourage.kit.ids import new_id
from entourage.migrate import ensure_schema
from entourage.stores.log import Filter, LogStore, Record, Rollup, open_log_store
from entourage.stores.sql import Database

SIZES = (100_000, 1_000_000)
SESSIONS, ROUNDS = 500, 200
OWNER = new_id()
START = 1_790_000_000_000
TYPES = ("hook.PreToolUse", "hook.PostToolUse", "hook.Stop", "hook.PostToolUseFailure", "usage", "message")
WEIGHTS = (40, 38, 5, 1, 10, 6)
AGENTS = ("claude-code", "Explore", "Plan", "coder")
WORDS = ("build", "deploy", "test", "rollback", "index", "cache", "retry", "branch", "merge", "login", "invoice")


async def bars() -> list[Bar]:
    found: list[Bar] = []
    with TemporaryDirectory() as folder:
        database = Database(None, Path(folder))
        await ensure_schema(database)
        store = open_log_store(database)
        have = 0
        for size in SIZES:
            await _fill(store, have, size)
            have = size
            found += [await _timed(f"{name}, {size:,} events, p99", page) for name, page in _pages(store, size)]
        await store.close()
        await database.close()
    return found


async def _fill(store: LogStore, begin: int, end: int) -> None:
    chooser = random.Random(begin)
    for first in range(begin, end, 5000):
        rows = [_record(chooser, number) for number in range(first, min(end, first + 5000))]
        await store.append([(row, Rollup()) for row in rows])
        texts = [(first + place + 1, " ".join(chooser.choices(WORDS, k=6))) for place in range(0, len(rows), 4)]
        await store.index_texts(OWNER, texts)


def _record(chooser: random.Random, number: int) -> Record:
    session = f"session-{chooser.randrange(SESSIONS)}"
    kind = chooser.choices(TYPES, WEIGHTS)[0]
    agent = chooser.choices(AGENTS, (80, 12, 6, 2))[0]
    source = "claude-code" if chooser.random() < 0.9 else "codex"
    data = '{"tool":"Bash","summary":"make test","body":{"command":"' + "x" * 300 + '"}}'
    return Record(OWNER, new_id(), session, None, None, agent, kind, START + number * 40, None, data, None, source)


def _pages(store: LogStore, size: int) -> list[tuple[str, Callable[[], Awaitable[object]]]]:
    chooser = random.Random(7)

    def newest(**where: object) -> Callable[[], Awaitable[object]]:
        return lambda: store.read(OWNER, Filter(**where), 100, newest=True)  # type: ignore[arg-type]

    def some_session() -> Awaitable[object]:
        where = Filter(session_ids=(f"session-{chooser.randrange(SESSIONS)}",))
        return store.read(OWNER, where, 100, newest=True)

    def some_time() -> Awaitable[object]:
        since = START + chooser.randrange(size) * 40
        return store.read(OWNER, Filter(since_ms=since, until_ms=since + 60_000), 100)

    return [
        ("last 100 of a session", some_session),
        ("last 100", newest()),
        ("100 of a rare type", newest(types=("hook.PostToolUseFailure",))),
        ("100 of three types", newest(types=("usage", "message", "hook.Stop"))),
        ("100 of every hook", newest(type_prefixes=("hook.",))),
        ("100 of a rare agent", newest(agents=("coder",))),
        ("100 of an agent and a type", newest(agents=("Plan",), types=("usage",))),
        ("100 of a source before a seq", newest(sources=("codex",), before=size // 2)),
        ("100 of a minute", some_time),
        ("100 with two words", newest(text="deploy rollback")),
    ]


async def _timed(name: str, page: Callable[[], Awaitable[object]]) -> Bar:
    await page()
    times: list[float] = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        await page()
        times.append((time.perf_counter() - started) * 1000)
        await asyncio.sleep(0)
    return Bar(name, quantile(times, 0.99), "ms", 5, note=f"p50 {median(times):.2f} ms")
