"""Waiting for one's turn: so many a second, so many at once."""

from __future__ import annotations

import asyncio

from entourage.kit.errors import TooMany

LONGEST_WAIT_SECONDS = 10.0
"""Who would have to wait for longer is refused at once."""


class Pace:
    """At most `per_second`, with a second's worth in store.

    Source: the generic cell rate algorithm (ITU-T I.371), which needs one number: when the next call conforms.
    """

    __slots__ = ("_interval", "_next", "_per_second", "_store")

    def __init__(self, per_second: float) -> None:
        self._per_second = per_second
        self._interval = 1 / per_second
        self._store = max(0.0, 1 - self._interval)
        self._next = 0.0

    async def wait(self, name: str) -> None:
        """Wait for a turn. Raises TooMany when it would take too long."""
        now = asyncio.get_running_loop().time()
        due = max(self._next, now)
        wait = due - now - self._store
        if wait > LONGEST_WAIT_SECONDS:
            raise TooMany(f"{name} may be called {self._per_second:g} times a second.", retry_after_seconds=wait)
        self._next = due + self._interval
        if wait > 0:
            await asyncio.sleep(wait)


class Gate:
    """At most `at_once` within. Those who wait enter in their order."""

    __slots__ = ("_at_once", "_room")

    def __init__(self, at_once: int) -> None:
        self._at_once = at_once
        self._room = asyncio.Semaphore(at_once)

    async def enter(self, name: str) -> None:
        """Wait for room. Raises TooMany when there is none for long."""
        try:
            async with asyncio.timeout(LONGEST_WAIT_SECONDS if self._room.locked() else None):
                await self._room.acquire()
        except TimeoutError:
            raise TooMany(f"{name} works on {self._at_once} calls already.", retry_after_seconds=1) from None

    def leave(self) -> None:
        """Make room."""
        self._room.release()
