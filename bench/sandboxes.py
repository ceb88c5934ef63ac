"""How long programs wait for their sandbox: started for one run, or kept."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from bench.bar import Bar, median, quantile
from bench.sandbox_start import working_folder
from entourage.kit.ids import new_id
from entourage.sandboxes import BubblewrapSandbox, Limits
from entourage.sandboxes.backends.container import ContainerBackend
from entourage.sandboxes.cgroups import find_hierarchy
from entourage.sandboxes.live.base import Backend, Live, NewLive
from entourage.sandboxes.live.bubblewrap import BubblewrapBackend

RUNS = 40
MADE = 10
TRUE_MS = 40.0
FILE_BYTES = 64 * 1024 * 1024
MIB = 1024 * 1024


async def timed(work: Callable[[], Awaitable[object]], count: int = RUNS) -> list[float]:
    """Milliseconds of each time, the first thrown away."""
    took: list[float] = []
    for _ in range(count + 1):
        began = time.perf_counter()
        await work()
        took.append((time.perf_counter() - began) * 1000)
    return took[1:]


async def bars() -> list[Bar]:
    found: list[Bar] = []
    with working_folder() as work:
        for counted in (False, True) if find_hierarchy() else (False,):
            runner = BubblewrapSandbox(use_cgroups=counted)
            kind = (await runner.probe()).memory_by
            took = await timed(lambda runner=runner: runner.exec(["/bin/true"], work, Limits()))
            found.append(Bar(f"one run of true, {kind}", median(took), "ms", TRUE_MS))
            found += await kept(BubblewrapBackend(runner, work.parent / "rooms"), work, kind)
        found += await in_containers(work)
    return found


async def kept(backend: Backend, work: Path, kind: str) -> list[Bar]:
    """Making one that stays, running in it, moving files."""

    async def make() -> Live:
        return await backend.make(NewLive(new_id(), new_id(), work, limits=Limits(processes=256)))

    async def make_and_end() -> None:
        await (await make()).kill()

    took = await timed(make_and_end, MADE)
    live = await make()
    try:
        runs = await timed(lambda: live.exec(["/bin/true"]))
        lists = await timed(lambda: live.files.list("/work"))
        began = time.perf_counter()
        await live.files.write("big", bytes(FILE_BYTES))
        write_seconds = time.perf_counter() - began
        began = time.perf_counter()
        async for _ in live.files.read("big"):
            pass
        read_seconds = time.perf_counter() - began
    finally:
        await live.kill()
    return [
        Bar(f"making and ending one that stays, {kind}", median(took), "ms"),
        Bar(f"true in one that stays, {kind}", median(runs), "ms", TRUE_MS, note=f"p95 {quantile(runs, 0.95):.1f}"),
        Bar(f"listing a folder in it, {kind}", median(lists), "ms"),
        Bar(f"writing 64 MiB into it, {kind}", FILE_BYTES / MIB / write_seconds, "MiB/s"),
        Bar(f"reading 64 MiB from it, {kind}", FILE_BYTES / MIB / read_seconds, "MiB/s"),
    ]


async def in_containers(work: Path) -> list[Bar]:
    """The same in containers, where this machine has an engine."""
    runner = BubblewrapSandbox(use_cgroups=False)
    with tempfile.TemporaryDirectory() as rooms:
        backend = ContainerBackend(runner.launcher, Path(rooms, "rooms"), None)
        if await backend.unavailable():
            return []
        found = await kept(backend, work, "container")
        await backend.close()
    return found
