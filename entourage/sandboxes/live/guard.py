"""Watching a live sandbox: what it uses against what it may; whoever takes too much is ended, the sandbox stays."""

from __future__ import annotations

import asyncio
import math
import signal
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from msgspec.structs import replace

from entourage.kit.errors import Problem
from entourage.sandboxes.cgroups import Group
from entourage.sandboxes.limits import OVERHEAD_FILES, OVERHEAD_PROCESSES, exceeded
from entourage.sandboxes.live.base import Metrics
from entourage.sandboxes.live.channel import Channel, Refused
from entourage.sandboxes.types import MIB, Limits, StopReason
from entourage.sandboxes.usage import Usage, measure

BUSY_SECONDS = 0.1
IDLE_SECONDS = 0.25
COUNTED_IDLE_SECONDS = 1.0
"""Where the kernel bounds memory itself, nobody needs to look often at a sandbox that does nothing."""

MOST_EXCESS_BYTES = 512 * MIB
"""What may lie above the limit while it is tidied; with more, programs only live for as long as they remove files."""


class Guard:
    """Samples one sandbox for as long as it lives.

    Above the memory limit the largest process is killed, and all of them when that was not enough. Too many files,
    bytes on disk or processes end all programs at once; afterwards the folder may only shrink until it is small enough.
    """

    def __init__(
        self, channel: Channel, limits: Limits, work: Path, run: Path, group: Group | None, scratch: Mapping[str, int]
    ) -> None:
        self._channel = channel
        self._limits = limits
        self._work = work
        self._run = run
        self._group = group
        self._scratch = scratch
        self._usage = Usage()
        self._sampled = time.monotonic()
        self._cpu_percent = 0.0
        self._over_memory = False
        self._kills = 0
        self._before = Usage()
        self._init = 0
        self._bounds = replace(limits, cpu_seconds=math.inf)
        self._stirred = asyncio.Event()
        self.calm = asyncio.Lock()
        """Held while all programs are being ended: none is started then."""
        self.peak_memory_bytes = 0
        self.stops: list[tuple[float, StopReason]] = []
        """When programs were ended, and why."""

    async def watch(self, init: int) -> None:
        """Sample the sandbox whose first process is `init`, until cancelled or until it is gone."""
        self._init = init
        while not self._channel.closed.is_set():
            began = time.monotonic()
            try:
                usage = await asyncio.to_thread(self._measure, init)
            except OSError:
                return
            idle = usage.cpu_seconds == self._usage.cpu_seconds
            self._note(usage)
            await self._judge(usage)
            rest = (COUNTED_IDLE_SECONDS if self._group else IDLE_SECONDS) if idle else BUSY_SECONDS
            pause = max(rest, self._pauses(usage) * (time.monotonic() - began))
            await (self._doze(pause) if idle else asyncio.sleep(pause))

    def stir(self) -> None:
        """A program was started: look soon, however long nothing was done before."""
        self._stirred.set()

    def metrics(self) -> Metrics:
        """The last sample."""
        usage = self._usage
        return Metrics(
            cpu_seconds=usage.cpu_seconds,
            cpu_percent=self._cpu_percent,
            memory_bytes=usage.memory_bytes,
            memory_limit_bytes=self._limits.memory_bytes,
            processes=max(0, usage.processes - OVERHEAD_PROCESSES),
            disk_bytes=usage.file_bytes,
            disk_limit_bytes=self._limits.file_bytes,
            files=usage.files,
        )

    def stopped_since(self, moment: float) -> StopReason | None:
        """Why programs were ended since then, if any were."""
        return next((reason for at, reason in self.stops if at >= moment), None)

    def note_kernel_kills(self) -> None:
        """Ask the kernel at once whether it ended something for want of memory."""
        if self._group is not None and (kills := self._group.kills()) > self._kills:
            self._kills = kills
            self._stopped("memory")

    def peak_bytes(self) -> int:
        """The most memory the sandbox held so far."""
        return self._group.peak_bytes() if self._group is not None else self.peak_memory_bytes

    def _measure(self, init: int) -> Usage:
        most = 2 * self._limits.files + OVERHEAD_FILES
        return measure(init, self._work, most_files=most, run_folder=self._run, scratch=self._scratch)

    def _pauses(self, usage: Usage) -> int:
        """How many times as long as a look takes nobody looks: less for what only we hold to a limit that is near."""
        if self._group is None and 2 * usage.memory_bytes > self._limits.memory_bytes:
            return 1
        return 3 if 2 * usage.file_bytes > self._limits.file_bytes else 9

    async def _doze(self, seconds: float) -> None:
        """Rest so long, or until soon after a program was started."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stirred.wait()
                await asyncio.sleep(BUSY_SECONDS)
        self._stirred.clear()

    def _note(self, usage: Usage) -> None:
        now = time.monotonic()
        spent = usage.cpu_seconds - self._usage.cpu_seconds
        self._cpu_percent = max(0.0, 100 * spent / max(now - self._sampled, 0.01))
        self._before, self._usage, self._sampled = self._usage, usage, now
        self.peak_memory_bytes = max(self.peak_memory_bytes, usage.memory_bytes)

    async def _judge(self, usage: Usage) -> None:
        await asyncio.to_thread(self.note_kernel_kills)
        reason = exceeded(usage, self._bounds)
        over_before, self._over_memory = self._over_memory, reason == "memory"
        if reason is None or (reason == "disk" and self._shrinks(usage)):
            self._bounds = self._tightened(usage)
            return
        self._stopped(reason)
        if reason == "memory" and not over_before:
            await self._tell({"op": "largest"})
            return
        async with self.calm:
            await self._tell({"op": "everyone", "number": signal.SIGKILL})
            if reason == "disk":
                self._bounds = self._loosened(await asyncio.to_thread(self._measure, self._init))

    def _shrinks(self, usage: Usage) -> bool:
        """Whether somebody is tidying up."""
        before = self._before
        return usage.file_bytes <= before.file_bytes and usage.files <= before.files and usage != before

    def _tightened(self, usage: Usage) -> Limits:
        """A folder that was over its limit may not grow again by what was removed."""
        limits, bounds = self._limits, self._bounds
        return replace(
            bounds,
            file_bytes=max(min(bounds.file_bytes, usage.file_bytes), limits.file_bytes),
            files=max(min(bounds.files, usage.files), limits.files),
        )

    def _loosened(self, usage: Usage) -> Limits:
        """A folder that is over its limit may stay as it is, so that programs can tidy it, but not grow for ever."""
        limits = self._limits
        return replace(
            self._bounds,
            file_bytes=max(min(usage.file_bytes, limits.file_bytes + MOST_EXCESS_BYTES), limits.file_bytes),
            files=max(min(usage.files, 2 * limits.files), limits.files),
        )

    def _stopped(self, reason: StopReason) -> None:
        self.stops = [*self.stops[-50:], (time.monotonic(), reason)]

    async def _tell(self, request: dict[str, object]) -> None:
        try:
            await self._channel.ask(request)
        except Refused:
            return
        except Problem:
            # it does not listen: an overfull sandbox that cannot be calmed is ended
            with suppress(Problem):
                self._channel.close()
