"""A program inside, held by its descriptors on the host."""

from __future__ import annotations

import fcntl
import os
import signal
import stat
import struct
import termios
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress

from entourage.kit.errors import Forbidden, Invalid, NotFound, Problem, TooMany, Unavailable
from entourage.sandboxes.live.base import PtySize
from entourage.sandboxes.live.channel import Channel, Refused

PTMX = (5, 2)
"""Device number of a terminal's master."""

# errno -> what it means for starting a program
NO_SUCH, NOT_A_FOLDER, DENIED, AGAIN, NO_EXEC, NO_MEMORY = 2, 20, 13, 11, 8, 12


class LiveProcess:
    """See `Process`. Made by `start`."""

    def __init__(self, channel: Channel, pid: int, stdin: int | None, stdout: int, stderr: int | None) -> None:
        self._channel = channel
        self._exit = channel.exit_of(pid)
        self._is_terminal = stdin == stdout
        self._closed = False
        self.pid = pid
        self.stdin = stdin
        self.stdout = stdout
        self.stderr = stderr

    @property
    def exit_code(self) -> int | None:
        """Its exit code; None while it runs."""
        return self._exit.result() if self._exit.done() else None

    async def signal(self, number: int) -> None:
        """Send a signal to its process group."""
        if self._exit.done():
            return
        with suppress(Refused, Unavailable):
            await self._channel.ask({"op": "signal", "pid": self.pid, "number": number})

    async def kill_tree(self) -> None:
        """Kill it and what it started."""
        with suppress(Refused, Unavailable):
            await self._channel.ask({"op": "signal", "pid": self.pid, "number": signal.SIGKILL, "tree": True})

    def resize(self, size: PtySize) -> None:
        """Set the size of its terminal. Raises Invalid when it has none."""
        if not self._is_terminal:
            raise Invalid("this program has no terminal", hint="Start it with a pty.")
        with suppress(OSError):
            fcntl.ioctl(self.stdout, termios.TIOCSWINSZ, struct.pack("HHHH", size.rows, size.cols, 0, 0))

    def close_stdin(self) -> None:
        """Let it read the end of its input."""
        if self.stdin is not None and not self._is_terminal:
            os.close(self.stdin)
            self.stdin = None

    async def wait(self) -> int:
        """Its exit code, 128 + N after signal N."""
        import asyncio

        return await asyncio.shield(self._exit)

    async def close(self) -> None:
        """Kill it and what it started if it still runs, and close the descriptors."""
        if self._closed:
            return
        self._closed = True
        try:
            if not self._exit.done():
                await self.kill_tree()
        finally:
            self._channel.forget(self.pid)
            for fd in {self.stdin, self.stdout, self.stderr} - {None}:
                os.close(fd)  # pyright: ignore[reportArgumentType]


async def start(
    channel: Channel,
    argv: Sequence[str],
    *,
    env: Mapping[str, str],
    cwd: str,
    stdin: bool,
    pty: PtySize | None,
    limits: Mapping[str, int],
) -> LiveProcess:
    """Start a program. Raises NotFound, Forbidden, TooMany, Invalid, Unavailable."""
    check(argv, env, cwd)
    request = {
        "op": "program",
        "argv": list(argv),
        "env": dict(env),
        "cwd": cwd,
        "stdin": stdin,
        "pty": [pty.rows, pty.cols] if pty else None,
        "limits": dict(limits),
    }
    try:
        return await (_with_terminal(channel, request) if pty else _with_pipes(channel, request, stdin=stdin))
    except Refused as refused:
        raise explain(refused, argv[0], cwd) from None


def check(argv: Sequence[str], env: Mapping[str, str], cwd: str) -> None:
    """Raises Invalid for what the kernel would not take."""
    if not argv or not argv[0]:
        raise Invalid("there is no command")
    if not cwd.startswith("/"):
        raise Invalid(f"the folder {cwd!r} is not absolute")
    if any("\0" in text for text in (*argv, *env, *env.values(), cwd)):
        raise Invalid("commands, folders and environments have no NUL characters")
    if any("=" in name or not name for name in env):
        raise Invalid("names of environment variables are not empty and have no '='")


def explain(refused: Refused, program: str, cwd: str) -> Problem:
    """The problem that a refusal to start something is."""
    if refused.number in {NO_SUCH, NOT_A_FOLDER}:
        return NotFound(f"there is no program {program!r}, or no folder {cwd!r}, in the sandbox")
    if refused.number in {DENIED, NO_EXEC}:
        return Forbidden(
            f"{program!r} cannot be executed in the sandbox", hint="Make it executable, or name its interpreter."
        )
    if refused.number in {AGAIN, NO_MEMORY}:
        return TooMany("the sandbox has no room for another process", hint="End some of its processes.")
    return Invalid(f"{program!r} cannot be started: {refused.reason[:200]}")


async def _with_pipes(channel: Channel, request: Mapping[str, object], *, stdin: bool) -> LiveProcess:
    with ExitStack() as ours, ExitStack() as theirs:
        inside, outside = zip(
            *(_pipe(ours, theirs, reading=number > 0) for number in range(0 if stdin else 1, 3)), strict=True
        )
        answer = await channel.ask(request, inside)
        _close(answer.fds)
        ours.pop_all()
    first = outside[0] if stdin else None
    return LiveProcess(channel, _pid(answer.message), first, outside[-2], outside[-1])


async def _with_terminal(channel: Channel, request: Mapping[str, object]) -> LiveProcess:
    answer = await channel.ask(request)
    if len(answer.fds) != 1 or not _is_master(answer.fds[0]):
        _close(answer.fds)
        channel.close()
        raise Unavailable("the sandbox gave no terminal", hint="Kill it and make another.")
    master = answer.fds[0]
    os.set_blocking(master, False)
    return LiveProcess(channel, _pid(answer.message), master, master, None)


def _is_master(fd: int) -> bool:
    status = os.fstat(fd)
    return stat.S_ISCHR(status.st_mode) and (os.major(status.st_rdev), os.minor(status.st_rdev)) == PTMX


def _pid(message: Mapping[str, object]) -> int:
    pid = message.get("pid")
    return pid if isinstance(pid, int) else -1


def _pipe(ours: ExitStack, theirs: ExitStack, *, reading: bool) -> tuple[int, int]:
    """A pipe as (the program's end, the host's end); the host's does not block."""
    read, write = os.pipe()
    inside, outside = (write, read) if reading else (read, write)
    theirs.callback(os.close, inside)
    ours.callback(os.close, outside)
    os.set_blocking(outside, False)
    return inside, outside


def _close(fds: Sequence[int]) -> None:
    for fd in fds:
        os.close(fd)
