"""Background work that sleeps until it is woken; now and then it looks by itself, in case a call was lost."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog

logger = structlog.get_logger(__name__)

SWEEP_SECONDS = 30.0
FAILURE_SECONDS = 1.0

Step = Callable[[], Awaitable[bool]]


class Lane:
    """A task that repeats `step` while it says that there may be more, then sleeps."""

    def __init__(self, name: str, step: Step, *, sweep_seconds: float = SWEEP_SECONDS) -> None:
        self._name = name
        self._step = step
        self._sweep_seconds = sweep_seconds
        self._woken = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self, *, at_once: bool = True) -> None:
        """Look once, then wait to be woken."""
        if at_once:
            self._woken.set()
        self._task = asyncio.create_task(self._run(), name=f"memory {self._name}")

    def wake(self) -> None:
        """There is something to do."""
        self._woken.set()

    def wake_later(self, seconds: float) -> None:
        """There is something to do then."""
        asyncio.get_running_loop().call_later(seconds, self.wake)

    async def close(self) -> None:
        """Stop. What was not finished is done again at the next start."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            try:
                async with asyncio.timeout(self._sweep_seconds):
                    await self._woken.wait()
            except TimeoutError:
                pass
            self._woken.clear()
            await self._drain()

    async def _drain(self) -> None:
        try:
            while await self._step():
                pass
        except Exception as error:  # the engines may be away; a lane outlives that
            logger.warning("memory.lane_failed", lane=self._name, error=f"{type(error).__name__}: {error}")
            self.wake_later(FAILURE_SECONDS)
