"""A program that takes too much is ended, whatever it does against it."""

from __future__ import annotations

import asyncio
import time

import pytest
from msgspec.structs import replace

from entourage.sandboxes import BubblewrapSandbox, Limits, OnOutput
from tests.sandboxes.conftest import QUICK, Host

MIB = 1024 * 1024


def _sets(event: asyncio.Event) -> OnOutput:
    """Sets `event` when the program prints."""
    return lambda _stream, _chunk: event.set()


async def test_wall_clock(plain: BubblewrapSandbox, host: Host):
    code = "trap '' TERM INT HUP; echo started; while :; do sleep 60; done"
    result = await plain.run_code("bash", code, host.work, Limits(wall_seconds=0.5))
    assert (result.stdout, result.stopped_by) == ("started\n", "timeout")
    assert result.seconds < 3


async def test_processor_time_of_all_processes_together(plain: BubblewrapSandbox, host: Host):
    code = "import os\nfor _ in range(3): os.fork()\nwhile True: pass"
    result = await plain.run_code("python", code, host.work, replace(QUICK, cpu_seconds=1))
    assert result.stopped_by == "timeout"
    assert result.seconds < 10


async def test_memory_of_one_process_raises_inside(sandbox: BubblewrapSandbox, host: Host):
    code = "try: bytearray(400 << 20)\nexcept MemoryError: print('refused')"
    result = await sandbox.run_code("python", code, host.work, replace(QUICK, memory_bytes=128 * MIB))
    assert (result.stdout, result.stopped_by) == ("refused\n", None)


SHARED = """
import mmap, os, time
shared = [mmap.mmap(-1, 40 << 20) for _ in range(8)]
for block in shared:
    for page in range(0, len(block), 4096): block[page] = 1
time.sleep(20); print('ESCAPED')
"""
FORKED = """
import os, time
for _ in range(6):
    if os.fork() == 0:
        block = bytearray(60 << 20)
        for page in range(0, len(block), 4096): block[page] = 1
        time.sleep(20); print('ESCAPED'); os._exit(0)
time.sleep(20); print('ESCAPED')
"""


@pytest.mark.parametrize("code", [SHARED, FORKED], ids=["shared", "forked"])
async def test_memory_of_all_processes_together(sandbox: BubblewrapSandbox, host: Host, code: str):
    result = await sandbox.run_code("python", code, host.work, replace(QUICK, memory_bytes=128 * MIB))
    assert result.stopped_by == "memory"
    assert "ESCAPED" not in result.stdout
    assert result.peak_memory_bytes > 100 * MIB


@pytest.mark.parametrize("call", ["os.memfd_create('x')", "libc.shmget(0, 64 << 20, 0o1600)", "libc.msgget(0, 0o1600)"])
async def test_memory_nobody_counts_cannot_be_had(plain: BubblewrapSandbox, host: Host, call: str):
    code = (
        "import ctypes, os\nlibc = ctypes.CDLL(None, use_errno=True)\n"
        f"try: got = {call}\nexcept OSError: got = -1\nprint(got)"
    )
    assert (await plain.run_code("python", code, host.work, QUICK)).stdout == "-1\n"


async def test_output_is_cut_and_ends_the_run(plain: BubblewrapSandbox, host: Host):
    result = await plain.run_code("bash", "yes", host.work, replace(QUICK, output_bytes=10_000))
    assert result.stopped_by == "output"
    assert len(result.stdout) == 10_000
    assert result.seconds < 3


async def test_processes(sandbox: BubblewrapSandbox, host: Host):
    code = """
import os, time
made = 0
try:
    for _ in range(500):
        if os.fork() == 0: time.sleep(20); os._exit(0)
        made += 1
except OSError as error: print(error.errno)
print('ESCAPED' if made > 20 else made)
"""
    result = await sandbox.run_code("python", code, host.work, replace(QUICK, processes=16))
    assert "ESCAPED" not in result.stdout
    assert result.stdout.startswith("11\n") or result.stopped_by == "processes"


async def test_two_sandboxes_of_one_account_do_not_share_the_limit_on_processes(plain: BubblewrapSandbox, host: Host):
    code = "for i in 1 2 3 4 5 6 7 8; do sleep 0.5 & done; wait; echo done"
    limits = replace(QUICK, processes=12)
    results = await asyncio.gather(*(plain.run_code("bash", code, host.work, limits) for _ in range(3)))
    assert [result.stdout for result in results] == ["done\n"] * 3


DISK = {
    "many files": "n=0\nwhile True: open(f'f{n}','wb').write(b'x' * (4 << 20)); n += 1",
    "one file": "f = open('f','wb')\nwhile True: f.write(b'x' * (4 << 20))",
    "deleted files": (
        "import os, time\nkept = []\nfor n in range(200):\n"
        "  f = open(f'f{n}','wb'); f.write(b'x' * (4 << 20)); f.flush(); os.unlink(f'f{n}'); kept.append(f)\n"
        "time.sleep(20)"
    ),
    "deep folders": ("import os, time\nfor n in range(3000):\n  os.mkdir('d'); os.chdir('d')\ntime.sleep(20)"),
    "names in memory": ("import time\nfor n in range(40000): open(f'/tmp/{n}', 'w').close()\ntime.sleep(20)"),
}


@pytest.mark.parametrize("code", DISK.values(), ids=DISK.keys())
async def test_disk(plain: BubblewrapSandbox, host: Host, code: str):
    result = await plain.run_code("python", code, host.work, replace(QUICK, file_bytes=24 * MIB))
    assert result.stopped_by == "disk" or "File too large" in result.stderr
    assert result.seconds < 10


async def test_stopping_tells_what_was_printed_so_far(plain: BubblewrapSandbox, host: Host):
    stop = asyncio.Event()
    code = "trap '' TERM; echo started; sleep 300"
    result = await plain.run_code("bash", code, host.work, QUICK, on_output=_sets(stop), stop=stop)
    assert (result.stdout, result.stopped_by, result.exit_code) == ("started\n", "cancelled", 137)
    assert result.seconds < 5


async def test_a_stop_asked_for_before_the_start(plain: BubblewrapSandbox, host: Host):
    stop = asyncio.Event()
    stop.set()
    result = await plain.run_code("bash", "sleep 300", host.work, QUICK, stop=stop)
    assert result.stopped_by == "cancelled"


async def test_cancelling_the_task_kills_everything_at_once(sandbox: BubblewrapSandbox, host: Host):
    """`nothing_is_left` looks for what survived."""
    started = asyncio.Event()
    run = asyncio.create_task(
        sandbox.run_code(
            "bash", "setsid sleep 300 & echo started; sleep 300", host.work, QUICK, on_output=_sets(started)
        )
    )
    await started.wait()
    began = time.monotonic()
    run.cancel()
    await asyncio.sleep(0)
    run.cancel()  # a second time, while it is cleaning up
    with pytest.raises(asyncio.CancelledError):
        await run
    assert time.monotonic() - began < 3


@pytest.mark.parametrize("turns", [0, 1, 2, 3, 5, 8, 13, 50])
async def test_cancelling_at_any_moment_of_the_start(sandbox: BubblewrapSandbox, host: Host, turns: int):
    await sandbox.probe()
    run = asyncio.create_task(sandbox.run_code("bash", "sleep 300", host.work, QUICK))
    for _ in range(turns):
        await asyncio.sleep(0)
    run.cancel()
    with pytest.raises(asyncio.CancelledError):
        await run
