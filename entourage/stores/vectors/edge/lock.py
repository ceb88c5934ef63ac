"""The lock on the folder of all vectors. Children hold it too, so it is free only when the last of a server is gone."""

from __future__ import annotations

import asyncio
import fcntl
import os
import time
from pathlib import Path

from entourage.stores.vectors.base import InUse

WAIT_SECONDS = 5.0
"""Children of a server that was killed are still ending; whoever has it longer is another server."""

_STEP_SECONDS = 0.02


class FolderLock:
    """Taken at first need, kept until `release`."""

    def __init__(self, root: Path) -> None:
        self._path = root / "lock"
        self._descriptor: int | None = None
        self._taking = asyncio.Lock()

    async def take(self) -> int:
        """The descriptor. Raises InUse when another server works there."""
        async with self._taking:
            if self._descriptor is None:
                self._descriptor = await self._take()
            return self._descriptor

    def release(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    async def _take(self) -> int:
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        until = time.monotonic() + WAIT_SECONDS
        while not _locked(descriptor):
            if time.monotonic() > until:
                os.close(descriptor)
                raise InUse(
                    f"Another server works with the vectors in {self._path.parent}",
                    hint="Stop it, give this one a data folder of its own, or set ENTOURAGE_VECTORS_URL for both.",
                )
            await asyncio.sleep(_STEP_SECONDS)
        return descriptor


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
