"""Hundreds of runs leave nothing, and neither does a server that is killed in the middle of them."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from entourage.kit.ids import new_id
from entourage.sandboxes import BubblewrapSandbox, Limits
from entourage.sandboxes.live.base import NewLive
from entourage.sandboxes.live.bubblewrap import BubblewrapBackend
from entourage.sandboxes.live.room import claim
from tests.sandboxes.conftest import QUICK, Host

RUNS = 250
AT_ONCE = 10
LEAVING = """
(setsid sleep 300 &); sleep 301 &
d=$(mktemp -d ./XXXXXXXXXX); mkfifo $d/pipe; ln -s / $d/link; mkdir -p $d/e/f; rm -rf $d
"""


async def test_five_hundred_runs_of_both_kinds_leave_nothing(sandbox: BubblewrapSandbox, host: Host):
    """The fixture of all tests here looks for processes, zombies, descriptors and groups afterwards."""
    free = asyncio.Semaphore(AT_ONCE)

    async def run() -> int:
        async with free:
            return (await sandbox.exec(["/bin/bash", "-c", LEAVING], host.work, QUICK)).exit_code

    codes = await asyncio.gather(*(run() for _ in range(RUNS)))
    assert set(codes) == {0}
    assert list(host.work.iterdir()) == []


async def test_programs_and_sandboxes_that_stay_leave_nothing_either(sandbox: BubblewrapSandbox, host: Host):
    backend = BubblewrapBackend(sandbox, host.folder / "rooms")
    for _ in range(5):
        lives = [await backend.make(NewLive(new_id(), new_id(), limits=QUICK)) for _ in range(4)]
        runs = [
            live.exec(["/bin/bash", "-c", LEAVING], limits=Limits(wall_seconds=20)) for live in lives for _ in range(5)
        ]
        assert {result.exit_code for result in await asyncio.gather(*runs)} == {0}
        await asyncio.gather(*(live.kill() for live in lives))
    assert list((host.folder / "rooms").iterdir()) == []


SERVER = """
import asyncio, sys
from contextlib import ExitStack
from pathlib import Path
from entourage.sandboxes import BubblewrapSandbox
from entourage.sandboxes.live.base import NewLive
from entourage.sandboxes.live.bubblewrap import BubblewrapBackend
from entourage.sandboxes.live.room import claim
async def main():
    rooms = claim(Path(sys.argv[1]), "first", ExitStack().__enter__())
    live = await BubblewrapBackend(BubblewrapSandbox(use_cgroups=False), rooms).make(NewLive("one", "owner"))
    await live.exec(["bash", "-c", "mkdir -p d/e/f; setsid sleep 300 >/dev/null 2>&1 & echo"])
    await live.start(["sleep", "301"])
    print("started", flush=True)
    await asyncio.sleep(300)
asyncio.run(main())
"""


def test_a_server_that_is_killed_takes_them_with_it_and_the_next_one_sweeps(host: Host):
    folder = host.folder / "sandboxes"
    with subprocess.Popen([sys.executable, "-c", SERVER, str(folder)], stdout=subprocess.PIPE) as server:
        assert server.stdout is not None
        assert server.stdout.readline() == b"started\n"
        inside = psutil.Process(server.pid).children(recursive=True)
        assert len(inside) >= 4
        assert (folder / "first" / "one").is_dir()
        with_another = _claim(folder, "second")
        assert (folder / "first" / "one").is_dir()
        server.kill()
    _, alive = psutil.wait_procs(inside, timeout=5)
    assert alive == []
    with_another()
    _claim(folder, "third")()
    assert list(folder.iterdir()) == []


def _claim(folder: Path, name: str):
    from contextlib import ExitStack

    stack = ExitStack()
    claim(folder, name, stack)
    return stack.close


@pytest.mark.parametrize("turns", range(0, 40, 3))
async def test_one_that_is_given_up_while_it_is_made(sandbox: BubblewrapSandbox, host: Host, turns: int):
    backend = BubblewrapBackend(sandbox, host.folder / "rooms")
    await sandbox.probe()
    making = asyncio.create_task(backend.make(NewLive(new_id(), new_id())))
    for _ in range(turns):
        await asyncio.sleep(0.002)
    making.cancel()
    try:
        await (await making).kill()
    except asyncio.CancelledError:
        pass
    rooms = host.folder / "rooms"
    assert not rooms.exists() or list(rooms.iterdir()) == []
