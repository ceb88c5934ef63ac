"""One confined process tree: started, listened to, and ended so that nothing of it is left.

Descriptors are watched by the event loop itself, pipes and pidfds alike, so it works on asyncio and uvloop.
"""

from __future__ import annotations

import asyncio
import ctypes
import errno
import json
import os
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress

from entourage.sandboxes.bubblewrap import Descriptors, HostUser
from entourage.sandboxes.types import Stream

READ_BYTES = 65_536
# How long a killed tree may take to vanish, and its pipes to close, before we stop waiting for it.
DYING_SECONDS = 5.0
DRAIN_SECONDS = 1.0
PR_SET_CHILD_SUBREAPER = 36
KILLED_BY_SIGNAL = 128

OnBytes = Callable[[Stream, bytes], None]


def become_subreaper() -> None:
    """Have orphans of ended sandboxes handed to this process, which waits for them: no zombie stays."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))


class Confined:
    """A bubblewrap process and the tree below it.

    Its program waits at the gate until `open_gate`. The caller must `await end()`, also when cancelled.
    """

    def __init__(self, on_bytes: OnBytes) -> None:
        self._loop = asyncio.get_running_loop()
        self._on_bytes = on_bytes
        self._closing = ExitStack()
        self._open_pipes: set[int] = set()
        self._drained = asyncio.Event()
        self._exited = asyncio.Event()
        self._report = b""
        self._status_changed = asyncio.Event()
        self._init_pidfd: int | None = None
        self._gate = -1
        self._gate_is_open = False
        self.peak_resident_bytes = 0
        """The most that one of its processes had in memory, known once it has ended."""

    @property
    def exited(self) -> asyncio.Event:
        """Set when the program, or bubblewrap itself, has ended."""
        return self._exited

    def spawn(
        self,
        make_argv: Callable[[Descriptors], Sequence[str]],
        *,
        seccomp: int,
        data: Mapping[str, int],
        stdin: int,
        user: HostUser | None,
        passed: tuple[int, ...] = (),
    ) -> None:
        """Start it, as `user` when given. The program inherits `passed` under the same numbers.

        Call it on the event loop's thread: the tree dies with the thread that made it.
        """
        try:
            with ExitStack() as theirs:
                gate, self._gate = self._pipe(theirs, reading=False)
                status, status_ours = self._pipe(theirs, reading=True)
                out, out_ours = self._pipe(theirs, reading=True)
                err, err_ours = self._pipe(theirs, reading=True)
                fds = Descriptors(seccomp=seccomp, status=status, gate=gate, data=data, passed=passed)
                self._process = _start(make_argv(fds), (stdin, out, err), fds.all(), user)
            self._pidfd = self._own(os.pidfd_open(self._process.pid))
        except BaseException:
            self._closing.close()
            raise
        self._loop.add_reader(self._pidfd, self._on_exit)
        self._listen(out_ours, lambda chunk: self._on_bytes("stdout", chunk))
        self._listen(err_ours, lambda chunk: self._on_bytes("stderr", chunk))
        self._listen(status_ours, self._on_status)

    async def started(self) -> int | None:
        """The host's id of the sandbox's first process, or None when bubblewrap gave up before making it."""
        while (pid := self._reported("child-pid")) is None:
            if self._exited.is_set():
                return None
            self._status_changed.clear()
            await self._status_changed.wait()
        if self._init_pidfd is None:
            with suppress(ProcessLookupError):
                self._init_pidfd = self._own(os.pidfd_open(pid))
        return pid

    def open_gate(self) -> None:
        """Let the program run."""
        self._gate_is_open = True
        with suppress(BrokenPipeError):
            os.write(self._gate, b"x")

    async def end(self) -> int | None:
        """Kill what still runs and wait until all is gone.

        Gives the program's exit code, or None when bubblewrap did not get to start it.
        """
        try:
            with suppress(TimeoutError):
                # bubblewrap must not be killed half way: its first process would then wait for it for ever
                await asyncio.wait_for(self.started(), DYING_SECONDS)
            self._kill()
            await self._wait_exit()
            code = self._reap()
            await self._reap_init()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._drained.wait(), DRAIN_SECONDS)
        finally:
            self._close()
        reported = self._reported("exit-code")
        # a first process that was killed has no time to report; any other silence is bubblewrap's own failure
        return code if reported is None and self._gate_is_open and code > KILLED_BY_SIGNAL else reported

    def _reap(self) -> int:
        """The exit code of bubblewrap, which has ended; it has waited for the first process."""
        _, status, usage = os.wait4(self._process.pid, 0)
        self._process.returncode = os.waitstatus_to_exitcode(status)
        self.peak_resident_bytes = usage.ru_maxrss * 1024
        return self._process.returncode

    def _kill(self) -> None:
        """The first process dies first: the kernel kills the rest, bubblewrap itself reaps it and ends."""
        target = self._init_pidfd if self._init_pidfd is not None else self._pidfd
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(target, signal.SIGKILL)

    async def _wait_exit(self) -> None:
        try:
            await asyncio.wait_for(self._exited.wait(), DYING_SECONDS)
        except TimeoutError:
            signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)
            await self._exited.wait()

    async def _reap_init(self) -> None:
        """bubblewrap ends before its children do: they are killed by then, and adopted by this process."""
        if self._init_pidfd is None:
            return
        gone = asyncio.Event()
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._init_pidfd, signal.SIGKILL)
        self._loop.add_reader(self._init_pidfd, gone.set)
        try:
            with suppress(TimeoutError):
                await asyncio.wait_for(gone.wait(), DYING_SECONDS)
        finally:
            self._loop.remove_reader(self._init_pidfd)
        with suppress(ChildProcessError):
            os.waitid(os.P_PIDFD, self._init_pidfd, os.WEXITED | os.WNOHANG)  # noqa: ASYNC222  returns at once

    def _on_exit(self) -> None:
        self._loop.remove_reader(self._pidfd)
        self._exited.set()
        self._status_changed.set()

    def _on_status(self, chunk: bytes) -> None:
        self._report += chunk
        self._status_changed.set()

    def _reported(self, key: str) -> int | None:
        """bubblewrap reports one JSON object a line: `{"child-pid": N, ...}`, then `{"exit-code": N}`."""
        for line in self._report.splitlines(keepends=True):
            if line.endswith(b"\n"):
                value: object = json.loads(line).get(key)
                if isinstance(value, int):
                    return value
        return None

    def _pipe(self, theirs_to_close: ExitStack, *, reading: bool) -> tuple[int, int]:
        """A pipe as (the child's end, ours); ours does not block."""
        read, write = os.pipe()
        theirs, ours = (write, read) if reading else (read, write)
        theirs_to_close.callback(os.close, theirs)
        os.set_blocking(ours, False)
        return theirs, self._own(ours)

    def _own(self, fd: int) -> int:
        self._closing.callback(os.close, fd)
        return fd

    def _listen(self, fd: int, on_chunk: Callable[[bytes], None]) -> None:
        self._open_pipes.add(fd)
        self._loop.add_reader(fd, self._read, fd, on_chunk)

    def _read(self, fd: int, on_chunk: Callable[[bytes], None]) -> None:
        try:
            chunk = os.read(fd, READ_BYTES)
        except OSError as error:
            if error.errno == errno.EAGAIN:
                return
            chunk = b""
        if chunk:
            on_chunk(chunk)
            return
        self._loop.remove_reader(fd)
        self._open_pipes.discard(fd)
        if not self._open_pipes:
            self._drained.set()

    def _close(self) -> None:
        for fd in self._open_pipes:
            self._loop.remove_reader(fd)
        self._loop.remove_reader(self._pidfd)
        self._closing.close()


def _start(
    argv: Sequence[str], streams: tuple[int, int, int], inherited: Sequence[int], user: HostUser | None
) -> subprocess.Popen[bytes]:
    """Fork and execute, with an empty environment; no Python runs in the child, so threads do no harm."""
    stdin, stdout, stderr = streams
    return subprocess.Popen(
        argv,
        stdin=stdin,
        stdout=stdout,
        stderr=stderr,
        pass_fds=inherited,
        env={},
        cwd="/",
        start_new_session=True,
        user=user.uid if user and user.dropped else None,
        group=user.gid if user and user.dropped else None,
        extra_groups=[] if user and user.dropped else None,
    )
