"""A child process that talks over its pipes, and is gone with everything it started when it is no longer wanted."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from asyncio import SubprocessTransport, WriteTransport

POLITE_SECONDS = 1.0
"""How long a server may take to end by itself once its standard input is closed."""

DYING_SECONDS = 5.0

_REAP_LOOKS, _REAP_SECONDS = 250, 0.02

OnBytes = Callable[[bytes], None]


class Child(asyncio.SubprocessProtocol):
    """Bubblewrap in a session, and so a group, of its own, and the server within."""

    def __init__(self, on_output: OnBytes, on_errors: OnBytes, on_end: Callable[[int | None], None]) -> None:
        self._on_output = on_output
        self._on_errors = on_errors
        self._on_end = on_end
        self._transport: SubprocessTransport
        self._stdin: WriteTransport
        self._gone = asyncio.Event()
        self._reaping: asyncio.Task[None] | None = None
        self.pid = 0

    @classmethod
    async def start(
        cls,
        argv: Sequence[str],
        env: Mapping[str, str],
        on_output: OnBytes,
        on_errors: OnBytes,
        on_end: Callable[[int | None], None],
    ) -> Child:
        """Raises OSError. Call it on the loop's own thread: bubblewrap dies with the thread that made it."""
        loop = asyncio.get_running_loop()
        _, child = await loop.subprocess_exec(
            lambda: cls(on_output, on_errors, on_end), *argv, env=dict(env), cwd="/", start_new_session=True
        )
        return child

    @property
    def waiting_bytes(self) -> int:
        """Written but not yet read by the process."""
        return self._stdin.get_write_buffer_size()

    def write(self, data: bytes) -> None:
        self._stdin.write(data)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("SubprocessTransport", transport)
        self._stdin = cast("WriteTransport", self._transport.get_pipe_transport(0))
        self.pid = self._transport.get_pid()

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        (self._on_output if fd == 1 else self._on_errors)(data)

    def process_exited(self) -> None:
        self._gone.set()
        self._reaping = asyncio.create_task(self._reap())
        self._on_end(self._transport.get_returncode())

    async def end(self) -> None:
        """Close its input, wait a moment, then kill it and all below it. Returns when nothing of it is left."""
        with suppress(Exception):
            self._stdin.close()
        try:
            await self._within(POLITE_SECONDS)
        finally:
            self.kill()
            await asyncio.shield(self._vanish())

    def kill(self) -> None:
        """At once. The first process within is killed, and the kernel kills the rest; bubblewrap reaps it and ends."""
        if self._gone.is_set():
            return
        inner = _children(self.pid)
        for pid in inner:
            _signal(os.kill, pid)
        if not inner:
            _signal(os.killpg, self.pid)

    async def _vanish(self) -> None:
        await self._within(DYING_SECONDS)
        if not self._gone.is_set():
            _signal(os.killpg, self.pid)
            await self._within(DYING_SECONDS)
        if self._reaping is not None:
            await self._reaping
        self._transport.close()

    async def _reap(self) -> None:
        """Bubblewrap ends before the first process within does, which then comes to us: kill it and wait for it."""
        _signal(os.killpg, self.pid)
        for _ in range(_REAP_LOOKS):
            try:
                left = os.waitpid(-self.pid, os.WNOHANG)[0] == 0  # noqa: ASYNC222  returns at once
            except ChildProcessError:
                return
            if left:
                await asyncio.sleep(_REAP_SECONDS)

    async def _within(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._gone.wait(), seconds)


def _children(pid: int) -> list[int]:
    try:
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def _signal(kill: Callable[[int, int], None], pid: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        kill(pid, signal.SIGKILL)
