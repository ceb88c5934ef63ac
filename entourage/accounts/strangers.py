"""Addresses that keep offering keys which nobody has: past a limit they are refused without a look into the database.

For the hot doors, which stand before the limits of the application. Who has a good key that was used lately is never
asked here.
"""

from __future__ import annotations

import time

from entourage.kit.errors import TooMany

WINDOW_SECONDS = 60.0
MOST_TRIES = 300
"""Unknown keys an address may offer in a window. It may be a whole office behind one proxy."""

MAX_ADDRESSES = 10_000


class Strangers:
    """Counts in memory, each process for itself."""

    def __init__(self, most_tries: int = MOST_TRIES) -> None:
        self._most_tries = most_tries
        self._tries: dict[str, int] = {}
        self._until = 0.0

    def check(self, address: str) -> None:
        """Raises TooMany for an address that tried too often."""
        if self._tries.get(address, 0) >= self._most_tries and time.monotonic() < self._until:
            raise TooMany("Too many unknown keys.", retry_after_seconds=round(WINDOW_SECONDS))

    def note(self, address: str) -> None:
        """An unknown key came from this address."""
        now = time.monotonic()
        if now >= self._until or len(self._tries) >= MAX_ADDRESSES:
            self._tries.clear()
            self._until = now + WINDOW_SECONDS
        self._tries[address] = self._tries.get(address, 0) + 1
