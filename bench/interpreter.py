"""How long a cell of code takes, first and then, with and without the sandbox's packages."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from bench.bar import Bar, median
from bench.sandbox_start import working_folder
from entourage.kit.ids import new_id
from entourage.sandboxes import BubblewrapSandbox, Limits
from entourage.sandboxes.interpreter.service import Interpreters
from entourage.sandboxes.live.base import Live, NewLive
from entourage.sandboxes.live.bubblewrap import BubblewrapBackend
from entourage.sandboxes.packages import has_ipykernel

PACKAGES = Path(__file__).parent.parent / ".setup/sandbox"
RUNS = 200
COLD_RUNS = 3
TARGET_MS = 15.0
LIMITS = Limits(memory_bytes=1 << 30, processes=256)


@asynccontextmanager
async def room(*, packages: Path | None) -> AsyncGenerator[tuple[Live, Interpreters]]:
    """A live sandbox and what runs code in it."""
    with working_folder() as work:
        backend = BubblewrapBackend(BubblewrapSandbox(site_packages=packages), work.parent / "rooms", [])
        live = await backend.make(NewLive(id=new_id(), owner_id=new_id(), work_folder=work, limits=LIMITS))
        interpreters = Interpreters(has_kernel=has_ipykernel(packages))
        try:
            yield live, interpreters
        finally:
            await interpreters.close()
            await live.kill()


async def cold(language: str, code: str, packages: Path | None) -> float:
    """Milliseconds of the first cell in a sandbox that runs already."""
    took: list[float] = []
    for _ in range(COLD_RUNS):
        async with room(packages=packages) as (live, interpreters):
            began = time.perf_counter()
            await interpreters.run(live, code, language=language)
            took.append((time.perf_counter() - began) * 1000)
    return median(took)


async def warm(language: str, code: str, packages: Path | None) -> tuple[float, float]:
    """Milliseconds of the following cells: the median, and the 95th percentile."""
    async with room(packages=packages) as (live, interpreters):
        await interpreters.run(live, code, language=language)
        took: list[float] = []
        for _ in range(RUNS):
            began = time.perf_counter()
            execution = await interpreters.run(live, code, language=language)
            took.append((time.perf_counter() - began) * 1000)
            assert execution.error is None, execution.error
    took.sort()
    return median(took), took[int(len(took) * 0.95)]


async def bars() -> list[Bar]:
    kinds = [
        ("python", "1 + 1", None, "Python, own driver"),
        ("javascript", "1 + 1", None, "JavaScript"),
        ("bash", "echo 2", None, "bash"),
    ]
    if has_ipykernel(PACKAGES):
        kinds.insert(0, ("python", "1 + 1", PACKAGES, "Python, ipykernel"))
    found: list[Bar] = []
    for language, code, packages, name in kinds:
        middle, late = await warm(language, code, packages)
        found.append(Bar(f"run_code warm: {name}", middle, "ms", TARGET_MS))
        found.append(Bar(f"run_code warm: {name}, p95", late, "ms"))
        found.append(Bar(f"run_code cold: {name}", await cold(language, code, packages), "ms"))
    return found
