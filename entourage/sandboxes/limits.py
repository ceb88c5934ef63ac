"""Watching a run: every 100 ms, what it uses against what it may."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

from entourage.sandboxes.cgroups import Group
from entourage.sandboxes.types import Limits, StopReason
from entourage.sandboxes.usage import Usage, measure

FIRST_SAMPLE_SECONDS = 0.03
INTERVAL_SECONDS = 0.1
# the first process inside, which sets the limits
OVERHEAD_PROCESSES = 1
# entries the memory folders have from the start
OVERHEAD_FILES = 16


def exceeded(usage: Usage, limits: Limits) -> StopReason | None:
    """The first limit this sample passes."""
    if usage.memory_bytes > limits.memory_bytes:
        return "memory"
    if usage.file_bytes > limits.file_bytes or usage.files > limits.files + OVERHEAD_FILES:
        return "disk"
    if usage.processes > limits.processes + OVERHEAD_PROCESSES:
        return "processes"
    if usage.cpu_seconds > limits.cpu_seconds:
        return "timeout"
    return None


class Watchdog:
    """Samples one sandbox until a limit is passed, then says which."""

    def __init__(self, limits: Limits, work_folder: Path, group: Group | None) -> None:
        self._limits = limits
        self._work_folder = work_folder
        self._group = group
        self.peak_memory_bytes = 0

    async def watch(self, init: int, stop: Callable[[StopReason], None]) -> None:
        """Sample the sandbox whose first process is `init`; call `stop` once at most."""
        await asyncio.sleep(FIRST_SAMPLE_SECONDS)
        while True:
            began = time.monotonic()
            reason = await asyncio.to_thread(self._sample, init)
            if reason is not None:
                stop(reason)
                return
            # a big folder takes long to count: leave it three quarters of the time
            await asyncio.sleep(max(INTERVAL_SECONDS, 3 * (time.monotonic() - began)))

    def _sample(self, init: int) -> StopReason | None:
        usage = measure(init, self._work_folder, most_files=self._limits.files + OVERHEAD_FILES)
        self.peak_memory_bytes = max(self.peak_memory_bytes, usage.memory_bytes)
        if self._group is not None and self._group.out_of_memory():
            return "memory"
        return exceeded(usage, self._limits)
