"""How many cores a sandbox may keep busy, whatever it starts."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from msgspec.structs import replace

from entourage.kit.ids import new_id
from entourage.sandboxes import BubblewrapSandbox, Limits
from entourage.sandboxes.backends.container import ContainerBackend
from entourage.sandboxes.cgroups import LESS_WEIGHT, find_hierarchy
from entourage.sandboxes.live.base import NewLive
from entourage.sandboxes.live.bubblewrap import BubblewrapBackend
from entourage.sandboxes.types import MIB, ExecResult
from tests.sandboxes.conftest import QUICK, Host
from tests.world import quick_settings

HALF_A_CORE = replace(QUICK, cpus=0.5)

# Three processes that never rest, for three seconds; then how many cores they kept busy.
BUSY = """
import os, time
began = time.monotonic()
for _ in range(3):
    if os.fork() == 0:
        while time.monotonic() < began + 3: pass
        os._exit(0)
for _ in range(3): os.wait()
used = os.times()
print((used.children_user + used.children_system) / (time.monotonic() - began))
"""


def cores(result: ExecResult) -> float:
    assert result.stopped_by is None, result.stderr
    return float(result.stdout)


@pytest.fixture
def counted() -> BubblewrapSandbox:
    hierarchy = find_hierarchy()
    if hierarchy is None or (hierarchy.version == "v1" and hierarchy.cpu_folder is None):
        pytest.skip("no cgroup that bounds cores can be made here")
    return BubblewrapSandbox()


async def test_a_run_gets_half_a_core(counted: BubblewrapSandbox, host: Host):
    assert 0.1 < cores(await counted.run_code("python", BUSY, host.work, HALF_A_CORE)) < 0.8


async def test_all_programs_of_one_that_stays_share_half_a_core(counted: BubblewrapSandbox, host: Host):
    live = await BubblewrapBackend(counted, host.folder / "rooms").make(
        NewLive(new_id(), new_id(), host.work, limits=HALF_A_CORE)
    )
    assert 0.1 < cores(await live.exec(["python3", "-c", BUSY])) < 0.8
    await live.kill()


async def test_a_container_gets_half_a_core(plain: BubblewrapSandbox, host: Host):
    backend = ContainerBackend(plain.launcher, host.folder / "rooms", None)
    if reason := await backend.unavailable():
        pytest.skip(f"no container can be made here: {reason}")
    limits = replace(HALF_A_CORE, memory_bytes=256 * MIB)
    live = await backend.make(NewLive(new_id(), new_id(), host.work, limits=limits))
    assert 0.1 < cores(await live.exec(["python3", "-c", BUSY])) < 0.8
    await live.kill()
    await backend.close()


async def test_without_a_cgroup_it_stands_back_behind_the_server(plain: BubblewrapSandbox, host: Host):
    result = await plain.run_code("bash", "nice; nice -n -5 nice 2>&1", host.work, QUICK)
    mine = os.getpriority(os.PRIO_PROCESS, 0)
    assert result.stdout.splitlines()[0] == str(min(19, max(mine, LESS_WEIGHT)))
    assert result.stdout.splitlines()[-1] == result.stdout.splitlines()[0]


def test_half_of_the_machine_unless_it_is_said_otherwise(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    from entourage.sandboxes.install import allowance

    monkeypatch.setattr(os, "cpu_count", lambda: 8)
    assert Limits().cores == 4
    assert allowance(quick_settings(tmp_path)).limits.cores == 4
    assert allowance(quick_settings(tmp_path, sandbox_cpus=1.5)).limits.cores == 1.5
    assert Limits(cpus=64).cores == 8
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    assert Limits().cores == 1
