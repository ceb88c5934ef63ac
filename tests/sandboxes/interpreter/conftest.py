"""Interpreters in real sandboxes: with the sandbox's packages (ipykernel) where they are set up, and without."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from entourage.kit.ids import new_id
from entourage.sandboxes import BubblewrapSandbox, Limits
from entourage.sandboxes.interpreter.service import Interpreters
from entourage.sandboxes.live.base import Live, NewLive
from entourage.sandboxes.live.bubblewrap import BubblewrapBackend
from entourage.sandboxes.packages import is_current
from tests.sandboxes.conftest import Host

PACKAGES = Path(os.environ.get("ENTOURAGE_TEST_SANDBOX") or Path(__file__).parents[3] / ".setup/sandbox")
MIB = 1024 * 1024
LIMITS = Limits(memory_bytes=1024 * MIB, file_bytes=256 * MIB, files=10_000, processes=256)

needs_packages = pytest.mark.skipif(
    not is_current(PACKAGES), reason=f"there are no packages for sandboxes at {PACKAGES}; `make test` installs them"
)


class Room:
    """A live sandbox and what runs code in it."""

    def __init__(self, live: Live, interpreters: Interpreters) -> None:
        self.live = live
        self.interpreters = interpreters

    async def run(self, code: str, language: str = "python", **more: object):
        return await self.interpreters.run(self.live, code, language=language, **more)  # type: ignore[arg-type]


async def _room(host: Host, *, has_kernel: bool, warm: int = 0) -> AsyncIterator[Room]:
    sandbox = BubblewrapSandbox(use_cgroups=False, site_packages=PACKAGES if has_kernel else None)
    backend = BubblewrapBackend(sandbox, host.folder / "rooms", [])
    interpreters = Interpreters(has_kernel=has_kernel, warm=warm)
    live = await backend.make(NewLive(id=new_id(), owner_id=new_id(), work_folder=host.work, limits=LIMITS))
    try:
        yield Room(live, interpreters)
    finally:
        await interpreters.close()
        await live.kill()


@pytest.fixture(params=["plain", pytest.param("ipykernel", marks=needs_packages)])
async def python(request: pytest.FixtureRequest, host: Host) -> AsyncIterator[Room]:
    async for room in _room(host, has_kernel=request.param == "ipykernel"):
        yield room


@pytest.fixture
async def kernel(host: Host) -> AsyncIterator[Room]:
    async for room in _room(host, has_kernel=True, warm=1):
        yield room


@pytest.fixture
async def room(host: Host) -> AsyncIterator[Room]:
    async for room in _room(host, has_kernel=False):
        yield room
