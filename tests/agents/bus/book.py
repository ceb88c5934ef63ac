"""What workers wrote down: who did what when, and how many of an agent ran at once."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from pathlib import Path
from typing import NamedTuple


class Entry(NamedTuple):
    at: float
    what: str
    worker: str
    agent: str
    run_id: str


def read(folder: Path) -> list[Entry]:
    book = folder / "book.jsonl"
    lines = book.read_text().splitlines() if book.exists() else []
    return sorted(Entry(*json.loads(line)) for line in lines)


async def until(folder: Path, what: str, count: int, *, worker: str | None = None) -> list[Entry]:
    """The book once so many entries of this kind are in it."""
    async with asyncio.timeout(60):
        while True:
            entries = read(folder)
            if sum(one.what == what and worker in (None, one.worker) for one in entries) >= count:
                return entries
            await asyncio.sleep(0.01)  # a file tells nobody when it changes


def most_at_once(entries: list[Entry], dead: dict[str, float]) -> int:
    """Of any agent. A run is done with before its end is committed; a dead worker's runs went on until it died."""
    moments: list[tuple[float, int, str]] = []
    begun: dict[tuple[str, str], tuple[str, int]] = {}
    for entry in entries:
        key = (entry.worker, entry.run_id)
        if entry.what == "begin":
            moments.append((entry.at, 1, entry.agent))
            begun[key] = (entry.agent, 1)
        elif entry.what in ("done", "stopped by fence", "shutdown") and key in begun:
            moments.append((entry.at, -1, begun.pop(key)[0]))
    moments += [(dead[worker], -1, agent) for (worker, _), (agent, _) in begun.items() if worker in dead]
    going, most = Counter[str](), 0
    for _, change, agent in sorted(moments):
        going[agent] += change
        most = max(most, going[agent])
    return most
