"""How long until the server answers, and how much memory it takes with nothing to do."""

from __future__ import annotations

import time
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.bar import Bar, median
from bench.servers import entourage

ROUNDS = 5


def bars() -> list[Bar]:
    with TemporaryDirectory() as scratch:
        folder = Path(scratch)
        with entourage(data_dir=folder) as first:
            first_seconds = first.start_seconds
        starts, memory = [], 0.0
        for _ in range(ROUNDS):
            with entourage(data_dir=folder) as server:
                starts.append(server.start_seconds)
                server.client()
                time.sleep(1)
                memory = server.rss_mb()
    return [
        Bar("start to /health, first time (makes the database)", first_seconds, "s"),
        Bar("start to /health, later (median of 5)", median(starts), "s", 1.5),
        Bar("memory when idle, one person signed in", memory, "MB", 150),
    ]
