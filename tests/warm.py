"""`entourage` processes at the price of a fork: each command is a child of a warm process that imported everything.

They are whole processes with pids, signals, environments and exit codes of their own; only their imports are shared.
"""

from __future__ import annotations

import asyncio
import gc
import importlib
import json
import os
import pkgutil
import runpy
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

ROOT = Path(__file__).parents[1]
_LARGEST = 1 << 18


class Running:
    """A child, with the part of `asyncio.subprocess.Process` that tests use."""

    def __init__(self, pid: int, ended: asyncio.StreamReader, streams: Mapping[int, asyncio.StreamReader]) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self.stdout, self.stderr = streams.get(1), streams.get(2)
        self._end = asyncio.create_task(self._wait(ended))

    async def wait(self) -> int:
        """Its exit code; of a signal's victim the signal's number below zero."""
        return await asyncio.shield(self._end)

    async def communicate(self) -> tuple[bytes, bytes]:
        """All it says."""
        out, err = await asyncio.gather(_all_of(self.stdout), _all_of(self.stderr))
        await self.wait()
        return out, err

    def send_signal(self, how: signal.Signals) -> None:
        if self.returncode is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, how)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    async def _wait(self, ended: asyncio.StreamReader) -> int:
        self.returncode = int(await ended.readline())
        return self.returncode


async def entourage(
    *arguments: str,
    env: Mapping[str, str] | None = None,
    stdin: bytes = b"",
    stdout: int | IO[bytes] | None = None,
    stderr: int | IO[bytes] | None = None,
) -> Running:
    """Begin `python -m entourage` with these arguments; `asyncio.subprocess.PIPE` makes a stream to read."""
    given: list[int] = []
    streams: dict[int, asyncio.StreamReader] = {}
    try:
        reading, writing = os.pipe()
        given.append(reading)
        os.write(writing, stdin)
        os.close(writing)
        for number, wanted in ((1, stdout), (2, stderr)):
            if wanted == subprocess.PIPE:
                reading, writing = os.pipe()
                streams[number] = await _reader(reading)
                given.append(writing)
            else:
                given.append(os.dup(_number(number, wanted)))
        reading, writing = os.pipe()
        given.append(writing)
        order = [list(arguments), dict(os.environ if env is None else env), str(Path.cwd())]
        socket.send_fds(_control(), [json.dumps(order).encode()], given)
    finally:
        for fd in given:
            os.close(fd)
    told = await _reader(reading)
    return Running(int(await told.readline()), told, streams)


async def said(*arguments: str, env: Mapping[str, str] | None = None, stdin: str = "") -> tuple[int, str, str]:
    """Run `python -m entourage` to its end: its exit code, what it printed, and what it said beside."""
    pipe = asyncio.subprocess.PIPE
    process = await entourage(*arguments, env=env, stdin=stdin.encode(), stdout=pipe, stderr=pipe)
    try:
        async with asyncio.timeout(120):
            out, err = await process.communicate()
    finally:
        process.kill()
    return await process.wait(), out.decode(), err.decode()


def _number(own: int, wanted: int | IO[bytes] | None) -> int:
    if wanted is None:
        return own
    return wanted if isinstance(wanted, int) else wanted.fileno()


async def _all_of(stream: asyncio.StreamReader | None) -> bytes:
    return await stream.read() if stream else b""


async def _reader(fd: int) -> asyncio.StreamReader:
    reader = asyncio.StreamReader(limit=1 << 20)
    protocol = asyncio.StreamReaderProtocol(reader)
    await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, os.fdopen(fd, "rb", 0))
    return reader


_warm: socket.socket | None = None


def _control() -> socket.socket:
    """The way to the warm process of this one, which ends with it."""
    global _warm  # one a process
    if _warm is None:
        _warm, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        kept = {name: value for name, value in os.environ.items() if not name.startswith("ENTOURAGE_")}
        command = [sys.executable, "-m", __name__, str(theirs.fileno())]
        subprocess.Popen(command, cwd=ROOT, env=kept, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL)
        theirs.close()
    return _warm


def _serve(control: socket.socket) -> None:
    """Fork for each order, until nobody can give one any more."""
    _import_everything()
    gc.freeze()  # children share these pages until somebody writes to them
    watched: dict[int, int] = {}

    def reap(*_: Any) -> None:
        with suppress(ChildProcessError):
            while (ended := os.waitpid(-1, os.WNOHANG))[0]:
                status = watched.pop(ended[0])
                with suppress(BrokenPipeError):
                    os.write(status, b"%d\n" % os.waitstatus_to_exitcode(ended[1]))
                os.close(status)

    signal.signal(signal.SIGCHLD, reap)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who stops the tests stops those who gave the orders
    while (received := socket.recv_fds(control, _LARGEST, 4))[0]:
        order, (*streams, status) = received[:2]
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})  # not before we know whose end it is
        pid = os.fork()
        if pid == 0:
            control.close()
            os.close(status)
            for other in watched.values():
                os.close(other)
            _become(streams, *json.loads(order))
            return
        watched[pid] = status
        os.write(status, b"%d\n" % pid)
        for fd in streams:
            os.close(fd)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})


def _become(streams: list[int], arguments: list[str], env: dict[str, str], folder: str) -> None:
    for number, fd in enumerate(streams):
        os.dup2(fd, number)
        os.close(fd)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
    os.environ.clear()
    os.environ.update(env)
    os.chdir(folder)
    sys.argv = ["entourage", *arguments]
    runpy.run_module("entourage", run_name="__main__", alter_sys=True)


def _import_everything() -> None:
    from entourage.kit.light import import_lightly

    import_lightly()
    from entourage import commands

    for module in pkgutil.walk_packages(commands.__path__, "entourage.commands."):
        importlib.import_module(module.name)
    for name in ("entourage.app", "entourage.migrate", "entourage.serving.server", "alembic.command"):
        importlib.import_module(name)


if __name__ == "__main__":
    with socket.socket(fileno=int(sys.argv[1])) as given_control:
        _serve(given_control)
