"""Who takes too much inside a live sandbox is ended; the sandbox goes on."""

from __future__ import annotations

from msgspec.structs import replace

from entourage.sandboxes.live.base import Live
from tests.sandboxes.live.conftest import LIMITS, MIB, Make

BOMB = "b = []\nwhile True: b.append(bytearray(4 << 20))"
FORKED = """
import os, time
for _ in range(6):
    if os.fork() == 0:
        block = bytearray(80 << 20)
        for page in range(0, len(block), 4096): block[page] = 1
        time.sleep(20); os._exit(0)
time.sleep(20); print('ESCAPED')
"""


async def goes_on(live: Live) -> None:
    assert (await live.exec(["echo", "on"])).stdout == "on\n"


async def test_one_program_that_takes_all_memory(live: Live):
    result = await live.exec(["python3", "-c", BOMB])
    assert result.stopped_by == "memory" or "MemoryError" in result.stderr
    await goes_on(live)


async def test_many_processes_that_take_it_together(live: Live):
    quiet = await live.start(["sleep", "300"])
    result = await live.exec(["python3", "-c", FORKED], limits=replace(LIMITS, wall_seconds=6))
    assert result.stopped_by == "memory"
    assert "ESCAPED" not in result.stdout
    assert result.peak_memory_bytes < LIMITS.memory_bytes + 400 * MIB
    await goes_on(live)
    await quiet.close()


async def test_processes_without_end(live: Live):
    code = (
        "import os, time\nn = 0\ntry:\n  while True:\n    if os.fork() == 0: time.sleep(20); os._exit(0)\n    n += 1\n"
    )
    code += "except OSError as error: print(n < 70, error.errno)"
    result = await live.exec(["python3", "-c", code])
    assert result.stdout == "True 11\n" or result.stopped_by == "processes"
    await live.exec(["true"])
    for each in await _listed(live):
        await live.kill_process(each)
    await goes_on(live)


async def _listed(live: Live) -> list[int]:
    """Even when there is no room for a process that lists them."""
    from entourage.kit.errors import Problem

    try:
        return [each.pid for each in await live.processes() if each.command.startswith("python3")]
    except Problem:
        return []


async def test_a_full_folder_can_be_tidied_but_not_filled_more(make: Make):
    live = await make(limits=replace(LIMITS, file_bytes=32 * MIB, files=500))
    filling = "n=0; while :; do head -c 4000000 /dev/zero > f$n; n=$((n+1)); done"
    assert (await live.exec(["bash", "-c", filling])).stopped_by == "disk"
    assert (await live.exec(["bash", "-c", "ls | wc -l; sleep 0.5"])).stopped_by is None
    assert (await live.exec(["bash", "-c", filling])).stopped_by == "disk"
    assert (
        await live.exec(["bash", "-c", "rm -f f*; sleep 0.3; head -c 4000000 /dev/zero > f; echo fine"])
    ).stdout == "fine\n"
    many = "import time\nfor n in range(2000): open(f'i{n}', 'w').close()\ntime.sleep(20)"
    assert (await live.exec(["python3", "-c", many])).stopped_by == "disk"


async def test_sockets_folder_counts_too(make: Make):
    live = await make(limits=replace(LIMITS, file_bytes=32 * MIB))
    filling = "cd /run/live; n=0; while :; do head -c 4000000 /dev/zero > f$n; n=$((n+1)); done"
    assert (await live.exec(["bash", "-c", filling])).stopped_by == "disk"


async def test_processor_time_of_one_program(live: Live):
    result = await live.exec(["python3", "-c", "while True: pass"], limits=replace(LIMITS, cpu_seconds=1))
    assert result.exit_code in (128 + 24, 137)
    await goes_on(live)


async def test_what_it_uses_is_told(live: Live):
    process = await live.start(["python3", "-c", "b = bytearray(50 << 20)\nwhile True: pass"])
    metrics = await live.metrics()
    while metrics.cpu_percent < 10 or metrics.memory_bytes < 50 * MIB:
        assert (await live.exec(["true"])).exit_code == 0
        metrics = await live.metrics()
    assert metrics.processes >= 1
    assert metrics.memory_limit_bytes == LIMITS.memory_bytes
    assert metrics.disk_limit_bytes == LIMITS.file_bytes
    await process.close()
