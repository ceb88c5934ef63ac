"""How long a program waits for its sandbox."""

from __future__ import annotations

import subprocess
import tempfile
import time
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager
from pathlib import Path

from bench.bar import Bar, median
from entourage.sandboxes import BubblewrapSandbox, ExecResult, Limits
from entourage.sandboxes.cgroups import find_hierarchy

RUNS = 40
TARGET_MS = 40.0


async def timed(run: Callable[[], Awaitable[ExecResult]]) -> list[float]:
    """Milliseconds of each of RUNS runs, the first thrown away."""
    took: list[float] = []
    for _ in range(RUNS + 1):
        began = time.perf_counter()
        result = await run()
        took.append((time.perf_counter() - began) * 1000)
        assert result.exit_code == 0, result
    return took[1:]


def plain() -> list[float]:
    """The same without a sandbox, for comparison."""
    took: list[float] = []
    for _ in range(RUNS):
        began = time.perf_counter()
        subprocess.run(["/bin/true"], check=True)
        took.append((time.perf_counter() - began) * 1000)
    return took


@contextmanager
def working_folder() -> Generator[Path]:
    """A folder that the sandbox's user can reach."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o711)
        work = Path(name, "work")
        work.mkdir()
        yield work


async def bars() -> list[Bar]:
    found = [Bar("true, no sandbox", median(plain()), "ms")]
    with working_folder() as work:
        for counted in (False, True) if find_hierarchy() else (False,):
            sandbox = BubblewrapSandbox(use_cgroups=counted)
            kind = (await sandbox.probe()).memory_by
            took = await timed(lambda box=sandbox: box.exec(["/bin/true"], work, Limits()))
            found.append(Bar(f"true in the sandbox, memory by {kind}", median(took), "ms", TARGET_MS))
            took = await timed(lambda box=sandbox: box.run_code("python", "pass", work, Limits()))
            found.append(Bar(f"python in the sandbox, memory by {kind}", median(took), "ms"))
    return found
