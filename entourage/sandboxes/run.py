"""One run: whichever comes first, the program's end or a limit; then everything of it is ended."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from entourage.kit.errors import Unavailable
from entourage.sandboxes.cgroups import Group, confine
from entourage.sandboxes.limits import Watchdog
from entourage.sandboxes.output import Output
from entourage.sandboxes.probe import WAYS_OUT
from entourage.sandboxes.process import Confined
from entourage.sandboxes.types import ExecResult, Limits, OnOutput, StopReason

T = TypeVar("T")
KILLED = 128 + 9


class Job(msgspec.Struct, frozen=True):
    """What is to be run: a command, and read-only files it finds inside by their paths."""

    argv: Sequence[str]
    files: Mapping[str, bytes]
    work_folder: Path
    limits: Limits
    stdin: bytes | None = None
    on_output: OnOutput | None = None
    stop: asyncio.Event | None = None


class Run:
    """Supervises one started program. `confined.spawn` first, then `finish`."""

    def __init__(self, job: Job, group: Group | None) -> None:
        self._limits = job.limits
        self._group = group
        self._stop = job.stop
        self._over = asyncio.Event()
        self._reason: StopReason | None = None
        self._output = Output(job.limits.output_bytes, job.on_output, lambda: self._end("output"))
        self._watchdog = Watchdog(job.limits, job.work_folder, group)
        self.confined = Confined(self._output.take)

    async def finish(self) -> ExecResult:
        """Wait for the end of it. Raises Unavailable when bubblewrap could not start the program."""
        began = time.monotonic()
        try:
            await self._supervise()
        finally:
            code = await surely(self.confined.end())
        if self._group is not None and await asyncio.to_thread(self._group.out_of_memory):
            self._reason = self._reason or "memory"
        if code is None and self._reason is None:
            reason = self._output.text("stderr").strip() or "bubblewrap did not start"
            raise Unavailable(f"the sandbox could not be made: {reason}", hint=" ".join(WAYS_OUT))
        return self._result(KILLED if code is None else code, time.monotonic() - began)

    async def _supervise(self) -> None:
        loop = asyncio.get_running_loop()
        wall = loop.call_later(self._limits.wall_seconds, self._end, "timeout")
        tasks = [asyncio.ensure_future(self._program())]
        if self._stop is not None:
            tasks.append(asyncio.ensure_future(self._cancelled(self._stop)))
        try:
            await self._over.wait()
        finally:
            wall.cancel()
            for task in tasks:
                task.cancel()
            await surely(settled(tasks))

    async def _program(self) -> None:
        """Lets the program run under the watchdog's eye, and tells when it is over."""
        init = await self.confined.started()
        if init is None:
            self._end(None)
            return
        await asyncio.to_thread(confine, init, self._group)
        self.confined.open_gate()
        watching = asyncio.ensure_future(self._watchdog.watch(init, self._end))
        try:
            await self.confined.exited.wait()
            self._end(None)
        finally:
            watching.cancel()
            await settled([watching])

    async def _cancelled(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self._end("cancelled")

    def _end(self, reason: StopReason | None) -> None:
        if not self._over.is_set():
            self._reason = reason
            self._over.set()

    def _result(self, code: int, seconds: float) -> ExecResult:
        sampled = max(self._watchdog.peak_memory_bytes, self.confined.peak_resident_bytes)
        peak = self._group.peak_bytes() if self._group is not None else sampled
        return ExecResult(
            exit_code=code,
            stdout=self._output.text("stdout"),
            stderr=self._output.text("stderr"),
            stopped_by=self._reason,
            seconds=seconds,
            peak_memory_bytes=peak,
        )


async def settled(tasks: Sequence[asyncio.Future[Any]]) -> None:
    """Wait for all, whatever becomes of them."""
    await asyncio.gather(*tasks, return_exceptions=True)


async def surely(work: Coroutine[Any, Any, T]) -> T:
    """Await `work` to its end even when this task is cancelled meanwhile; the cancellation goes on afterwards."""
    task = asyncio.ensure_future(work)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError as error:
            cancelled = error
        except Exception:
            break
    if cancelled is not None:
        raise cancelled
    return task.result()
