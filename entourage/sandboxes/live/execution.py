"""Running a program in a live sandbox to its end, or to a limit, and keeping what it says."""

from __future__ import annotations

import asyncio
import errno
import os
import time
from contextlib import suppress

from entourage.sandboxes.live.channel import KILLED, writable
from entourage.sandboxes.live.guard import Guard
from entourage.sandboxes.live.process import LiveProcess
from entourage.sandboxes.output import Output
from entourage.sandboxes.run import settled, surely
from entourage.sandboxes.types import ExecResult, Limits, OnOutput, StopReason, Stream

READ_BYTES = 65_536
DRAIN_SECONDS = 0.2
"""How long output is still awaited after a program's end: a process it left may hold the pipes for ever."""


class Execution:
    """One program with pipes, from its start to its end."""

    def __init__(self, process: LiveProcess, guard: Guard | None, limits: Limits, on_output: OnOutput | None) -> None:
        self._loop = asyncio.get_running_loop()
        self._process = process
        self._guard = guard
        self._limits = limits
        self._over = asyncio.Event()
        self._reason: StopReason | None = None
        self._output = Output(limits.output_bytes, on_output, lambda: self._end("output"))
        self._open: set[int] = set()
        self._drained = asyncio.Event()
        self._began = time.monotonic()

    async def finish(self, stdin: bytes | None, stop: asyncio.Event | None) -> ExecResult:
        """Wait for the end. Cancelled, it kills the program."""
        tasks = [asyncio.ensure_future(self._ended())]
        if stdin is not None:
            tasks.append(asyncio.ensure_future(self._feed(stdin)))
        if stop is not None:
            tasks.append(asyncio.ensure_future(self._stopped(stop)))
        wall = self._loop.call_later(self._limits.wall_seconds, self._end, "timeout")
        if self._process.stderr is not None:
            self._listen(self._process.stdout, "stdout")
            self._listen(self._process.stderr, "stderr")
        try:
            await self._over.wait()
            if self._reason is not None:
                await surely(self._process.kill_tree())
                await self._process.wait()
            await self._drain()
        finally:
            wall.cancel()
            for task in tasks:
                task.cancel()
            await surely(settled(tasks))
            for fd in self._open:
                self._loop.remove_reader(fd)
            await surely(self._process.close())
        return await self._result()

    async def _ended(self) -> None:
        await self._process.wait()
        self._end(None)

    async def _stopped(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self._end("cancelled")

    async def _feed(self, data: bytes) -> None:
        view = memoryview(data)
        with suppress(BrokenPipeError):
            while view and (fd := self._process.stdin) is not None:
                try:
                    view = view[os.write(fd, view) :]
                except BlockingIOError:
                    await writable(fd)
        self._process.close_stdin()

    def _end(self, reason: StopReason | None) -> None:
        if not self._over.is_set():
            self._reason = reason
            self._over.set()

    def _listen(self, fd: int, stream: Stream) -> None:
        self._open.add(fd)
        self._loop.add_reader(fd, self._read, fd, stream)

    def _read(self, fd: int, stream: Stream) -> None:
        try:
            chunk = os.read(fd, READ_BYTES)
        except OSError as error:
            if error.errno == errno.EAGAIN:
                return
            chunk = b""
        if chunk:
            self._output.take(stream, chunk)
            return
        self._loop.remove_reader(fd)
        self._open.discard(fd)
        if not self._open:
            self._drained.set()

    async def _drain(self) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._drained.wait(), DRAIN_SECONDS)

    async def _result(self) -> ExecResult:
        code = self._process.exit_code
        reason = self._reason
        if reason in (None, "timeout") and self._guard is not None:
            await asyncio.to_thread(self._guard.note_kernel_kills)
            # a program that waits in vain for a child that was killed passed the limit before it
            reason = self._guard.stopped_since(self._began) or reason
        return ExecResult(
            exit_code=KILLED if code is None else code,
            stdout=self._output.text("stdout"),
            stderr=self._output.text("stderr"),
            stopped_by=reason,
            seconds=time.monotonic() - self._began,
            peak_memory_bytes=self._guard.peak_bytes() if self._guard is not None else 0,
        )
