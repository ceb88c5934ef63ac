"""A program in the cloud behind descriptors of this host, as live sandboxes give them."""

from __future__ import annotations

import asyncio
import base64
import os
import signal
import socket
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any

from entourage.kit.errors import Invalid, Problem, Upstream
from entourage.sandboxes.e2b.cloud.wire import Cloud, Opened
from entourage.sandboxes.interpreter.pipes import Reader, write_all
from entourage.sandboxes.live.base import PtySize

START, SEND, CLOSE = "process.Process/Start", "process.Process/SendInput", "process.Process/CloseStdin"
SIGNAL, UPDATE = "process.Process/SendSignal", "process.Process/Update"
DIED = 137
_STALLED_SECONDS = 24 * 3600.0
_SIGNALS: Mapping[int, str] = {signal.SIGKILL: "SIGNAL_SIGKILL", signal.SIGTERM: "SIGNAL_SIGTERM"}

SignalOther = Callable[[int, int], Awaitable[None]]
"""Sends another signal than the protocol has: process and number."""


class CloudProcess:
    """Implements `Process`. What comes over the wire is written into our ends of pipes, or of a pair for a terminal."""

    def __init__(self, cloud: Cloud, opened: Opened, *, pty: bool, stdin: bool, signal_other: SignalOther) -> None:
        self._cloud = cloud
        self._opened = opened
        self._is_pty = pty
        self._signal_other = signal_other
        self.pid = 0
        self.stdin: int | None = None
        self.stderr: int | None = None
        self._ends: dict[str, int] = {}
        self._input: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._exit: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._tasks: list[asyncio.Task[None]] = []
        self._reader: Reader | None = None
        if pty:
            mine, theirs = socket.socketpair()
            self.stdout = self.stdin = mine.detach()
            self._ends["pty"] = theirs.detach()
        else:
            self.stdout, self._ends["stdout"] = os.pipe()
            self.stderr, self._ends["stderr"] = os.pipe()
            if stdin:
                self._ends["stdin"], self.stdin = os.pipe()
        for fd in (self.stdout, self.stdin, self.stderr, *self._ends.values()):
            if fd is not None:
                os.set_blocking(fd, False)

    async def begin(self, events: AsyncGenerator[dict[str, Any]]) -> None:
        """Wait for its number, then follow it. Raises what the cloud refuses with."""
        first: dict[str, Any] | None = await anext(events, None)
        if first is None or "start" not in first.get("event", {}):
            raise Upstream("E2B's cloud did not tell that the process has started.")
        self.pid = int(first["event"]["start"].get("pid", 0))
        self._tasks.append(asyncio.create_task(self._follow(events)))
        source = self._ends.get("pty", self._ends.get("stdin"))
        if source is not None:
            self._reader = Reader(source, self._input.put_nowait, lambda: self._input.put_nowait(None))
            self._tasks.append(asyncio.create_task(self._pass_input()))

    async def signal(self, number: int) -> None:
        if self._exit.done():
            return
        with suppress(Problem):
            if name := _SIGNALS.get(number):
                await self._cloud.call(self._opened, SIGNAL, {"process": {"pid": self.pid}, "signal": name})
            else:
                await self._signal_other(self.pid, number)

    def resize(self, size: PtySize) -> None:
        if not self._is_pty:
            raise Invalid("The process has no terminal.")
        told = {"process": {"pid": self.pid}, "pty": {"size": {"rows": size.rows, "cols": size.cols}}}
        self._tasks.append(asyncio.create_task(self._quietly(UPDATE, told)))

    def close_stdin(self) -> None:
        if self.stdin is not None and not self._is_pty:
            os.close(self.stdin)
            self.stdin = None

    async def wait(self) -> int:
        return await asyncio.shield(self._exit)

    async def close(self) -> None:
        await self.signal(signal.SIGKILL)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self.abandon()

    def abandon(self) -> None:
        """Close the descriptors; it ended, or nobody will hear of it any more."""
        self._ended(DIED)
        if self._reader is not None:
            self._reader.close()
        fds = {self.stdout, *({self.stdin} - {None}), *({self.stderr} - {None}), *self._ends.values()}
        self._ends.clear()
        for fd in fds:
            if fd is not None:
                with suppress(OSError):
                    os.close(fd)
        self.stdin = None

    async def _follow(self, events: AsyncGenerator[dict[str, Any]]) -> None:
        code = DIED
        try:
            async for told in events:
                event = told.get("event", {})
                for stream, data in event.get("data", {}).items():
                    await self._write(stream, base64.b64decode(data))
                if "end" in event:
                    code = _exit_code(event["end"])
        except (Problem, BrokenPipeError):
            pass  # the sandbox is gone, or nobody reads any more: there is nothing to tell but that it is over
        finally:
            await events.aclose()
            for stream in ("stdout", "stderr", "pty"):
                self._close_end(stream)
            self._ended(code)

    async def _write(self, stream: str, data: bytes) -> None:
        if (fd := self._ends.get(stream)) is not None:
            await write_all(fd, data, seconds=_STALLED_SECONDS)

    async def _pass_input(self) -> None:
        """What is written to our descriptor goes over the wire, in order."""
        kind = "pty" if self._is_pty else "stdin"
        while (data := await self._input.get()) is not None:
            given = {"input": {kind: base64.b64encode(data).decode()}}
            await self._quietly(SEND, {"process": {"pid": self.pid}, **given})
        if not self._is_pty:
            await self._quietly(CLOSE, {"process": {"pid": self.pid}})

    async def _quietly(self, name: str, message: Mapping[str, Any]) -> None:
        with suppress(Problem):
            await self._cloud.call(self._opened, name, message)

    def _close_end(self, stream: str) -> None:
        if stream == "pty" and self._reader is not None:
            self._reader.close()
        if (fd := self._ends.pop(stream, None)) is not None:
            os.close(fd)

    def _ended(self, code: int) -> None:
        if not self._exit.done():
            self._exit.set_result(code)


def _exit_code(end: Mapping[str, Any]) -> int:
    """128 + N for a signal; the protocol tells it in Go's words."""
    status = str(end.get("status", ""))
    if status.startswith("signal:"):
        name = status.removeprefix("signal:").strip()
        return 128 + {"killed": 9, "terminated": 15, "interrupt": 2, "hangup": 1}.get(name, 9)
    return int(end.get("exitCode", 0))
