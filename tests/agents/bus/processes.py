"""Real processes at the price of a fork: a warm one has everything imported, and each job is a child of it.

`python -m tests.agents.bus.processes` reads a line of JSON an order and answers with the child's pid.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from entourage.kit.light import import_lightly

ROOT = Path(__file__).parents[3]


@dataclass
class Processes:
    """Children that do a job of `jobs.py` each; whoever is left is killed at the end."""

    _warm: asyncio.subprocess.Process
    _pids: set[int]

    async def start(self, job: str, **given: Any) -> int:
        """Begin a job; its pid."""
        assert self._warm.stdin
        assert self._warm.stdout
        self._warm.stdin.write(json.dumps([job, given]).encode() + b"\n")
        pid = int(await self._warm.stdout.readline())
        self._pids.add(pid)
        return pid

    async def ended(self, pid: int) -> None:
        """Wait until it is gone, however it went."""
        try:
            handle = os.pidfd_open(pid)
        except ProcessLookupError:
            return
        gone = asyncio.Event()
        loop = asyncio.get_running_loop()
        loop.add_reader(handle, gone.set)
        try:
            async with asyncio.timeout(60):
                await gone.wait()
        finally:
            loop.remove_reader(handle)
            os.close(handle)
            if gone.is_set():
                self._pids.discard(pid)

    async def run(self, job: str, **given: Any) -> None:
        """A job from its start to its end."""
        await self.ended(await self.start(job, **given))

    async def end(self, pid: int, how: signal.Signals) -> None:
        """Send the signal and wait until it is gone."""
        os.kill(pid, how)
        await self.ended(pid)

    def kill_all(self) -> None:
        for pid in self._pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._pids.clear()


@asynccontextmanager
async def processes() -> AsyncIterator[Processes]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ENTOURAGE_")}
    warm = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", __name__),
        cwd=ROOT,
        env=kept,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    children = Processes(warm, set())
    try:
        yield children
    finally:
        children.kill_all()
        assert warm.stdin
        warm.stdin.close()
        await warm.wait()


def _serve() -> None:
    import_lightly()  # tracebacks drawn by rich take longer than what they tell of
    from tests.agents.bus import jobs

    asyncio.run(jobs.warm_up())
    gc.freeze()  # children share these pages until somebody writes to them
    gc.disable()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody asks how they ended
    for line in sys.stdin:
        name, given = json.loads(line)
        pid = os.fork()
        if pid == 0:
            os.close(0)
            os.dup2(2, 1)
            asyncio.run(getattr(jobs, name)(**given))
            os._exit(0)
        print(pid, flush=True)


if __name__ == "__main__":
    _serve()
