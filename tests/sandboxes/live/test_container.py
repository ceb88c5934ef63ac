"""What a container's own cgroup tells of it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from msgspec.structs import replace

from entourage.kit.ids import new_id
from entourage.sandboxes import BubblewrapSandbox
from entourage.sandboxes.backends.container import ContainerBackend
from entourage.sandboxes.live.base import Live, NewLive
from tests.sandboxes.conftest import Host
from tests.sandboxes.live.conftest import LIMITS, MIB

SHARED = """
import mmap
kept = []
for _ in range(20):
    kept.append(mmap.mmap(-1, 40 << 20))
    for page in range(0, 40 << 20, 4096): kept[-1][page] = 1
print('ESCAPED')
"""


@pytest.fixture
async def container(plain: BubblewrapSandbox, host: Host) -> AsyncIterator[Live]:
    backend = ContainerBackend(plain.launcher, host.folder / "rooms", None)
    if reason := await backend.unavailable():
        pytest.skip(f"no container can be made here: {reason}")
    live = await backend.make(NewLive(new_id(), new_id(), host.work, limits=replace(LIMITS, wall_seconds=60)))
    yield live
    await live.kill()
    await backend.close()


async def test_a_program_that_is_killed_for_memory_is_told_as_that(container: Live):
    result = await container.exec(["python3", "-c", SHARED])
    assert (result.exit_code, result.stdout, result.stopped_by) == (137, "", "memory")
    assert 200 * MIB < result.peak_memory_bytes <= LIMITS.memory_bytes
    again = await container.exec(["echo", "on"])
    assert (again.stdout, again.stopped_by) == ("on\n", None)


async def test_a_program_that_kills_itself_was_not_stopped_for_memory(container: Live):
    result = await container.exec(["bash", "-c", "kill -9 $$"])
    assert (result.exit_code, result.stopped_by) == (137, None)
