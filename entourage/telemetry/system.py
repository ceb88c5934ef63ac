"""What the operating system says about this process, and how late the event loop is."""

from __future__ import annotations

import asyncio
import os
import time
from collections import deque
from pathlib import Path

from pydantic import Field

from entourage.kit.schema import Schema
from entourage.kit.sketch import Windows

LAG_SECONDS = 0.5
LAG_MINUTES = 5
CPU_SAMPLES = 20
_PROC = Path("/proc/self")


class System(Schema):
    """The process. `cpu_percent` is of one core, over the last ten seconds; delays are those of the last minutes."""

    cpu_percent: float
    rss_bytes: int
    open_files: int
    threads: int
    loop_lag_p50_ms: float
    loop_lag_p99_ms: float
    uptime_seconds: float = Field(examples=[86400.0])


class LoopWatch:
    """Sleeps half a second again and again: what it oversleeps is how long others held the loop."""

    def __init__(self) -> None:
        self.lag = Windows()
        self._started = time.monotonic()
        self._cpu: deque[tuple[float, float]] = deque([(time.monotonic(), time.process_time())], maxlen=CPU_SAMPLES)

    async def run(self) -> None:
        """Watch, for ever."""
        while True:
            before = time.monotonic()
            await asyncio.sleep(LAG_SECONDS)
            self.lag.add(max(0.0, time.monotonic() - before - LAG_SECONDS))
            self._cpu.append((time.monotonic(), time.process_time()))

    def system(self) -> System:
        """The figures of now. Reads /proc: call it off the loop."""
        lag = self.lag.last(LAG_MINUTES)
        return System(
            cpu_percent=self._cpu_percent(),
            rss_bytes=int((_PROC / "statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE"),
            open_files=sum(1 for _ in (_PROC / "fd").iterdir()),
            threads=sum(1 for _ in (_PROC / "task").iterdir()),
            loop_lag_p50_ms=round(lag.quantile(0.5) * 1000, 2),
            loop_lag_p99_ms=round(lag.quantile(0.99) * 1000, 2),
            uptime_seconds=round(time.monotonic() - self._started, 1),
        )

    def _cpu_percent(self) -> float:
        wall, cpu = self._cpu[0]
        passed = time.monotonic() - wall
        return round(100 * (time.process_time() - cpu) / passed, 1) if passed > 0 else 0.0
