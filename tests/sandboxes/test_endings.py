"""Whatever happens to the server, nothing of a sandbox survives it."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import psutil
import uvloop

from entourage.sandboxes import BubblewrapSandbox
from tests.sandboxes.conftest import QUICK, Host


async def test_many_at_once(sandbox: BubblewrapSandbox, host: Host):
    runs = (sandbox.run_code("bash", f"echo {n}; sleep 300 & disown", host.work, QUICK) for n in range(12))
    results = await asyncio.gather(*runs)
    assert [result.stdout for result in results] == [f"{n}\n" for n in range(12)]
    assert {result.stopped_by for result in results} == {None}


def descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


async def test_descriptors_are_given_back(plain: BubblewrapSandbox, host: Host):
    await plain.exec(["/bin/true"], host.work, QUICK)
    before = descriptors()
    for _ in range(5):
        await plain.exec(["/bin/true"], host.work, QUICK)
    assert descriptors() == before


def test_it_works_on_uvloop(host: Host):
    async def main() -> str:
        sandbox = BubblewrapSandbox(use_cgroups=False)
        stopped = await sandbox.run_code("bash", "yes", host.work, QUICK)
        assert stopped.stopped_by == "output"
        return (await sandbox.run_code("python", "print('hello')", host.work, QUICK)).stdout

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        assert runner.run(main()) == "hello\n"


SERVER = """
import asyncio, sys
from pathlib import Path
from entourage.sandboxes import BubblewrapSandbox, Limits
async def main():
    sandbox = BubblewrapSandbox(use_cgroups=False)
    await sandbox.run_code("bash", "setsid sleep 300 & echo started; sleep 300", Path(sys.argv[1]), Limits(),
                           on_output=lambda *_: print("started", flush=True))
asyncio.run(main())
"""


def test_killing_the_server_kills_the_sandbox(host: Host):
    with subprocess.Popen([sys.executable, "-c", SERVER, str(host.work)], stdout=subprocess.PIPE) as server:
        assert server.stdout is not None
        assert server.stdout.readline() == b"started\n"
        inside = psutil.Process(server.pid).children(recursive=True)
        assert len(inside) >= 3
        server.kill()
    _, alive = psutil.wait_procs(inside, timeout=5)
    assert alive == []
