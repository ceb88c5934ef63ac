"""One clock for all answers that take long: they begin to stream, and streams show that they live."""

from __future__ import annotations

import asyncio
from typing import Protocol

BEAT_SECONDS = 15.0
"""Proxies close what is silent for longer than a minute or so."""


class Beating(Protocol):
    """Something that waits."""

    def beat(self) -> None: ...


class Heart:
    """Beats while anybody waits; who came in the midst of an interval is left in peace until the next one."""

    def __init__(self, seconds: float = BEAT_SECONDS) -> None:
        self._seconds = seconds
        self._fresh: set[Beating] = set()
        self._waiting: set[Beating] = set()
        self._timer: asyncio.TimerHandle | None = None

    def watch(self, one: Beating) -> None:
        """Beat for this one until it leaves."""
        self._fresh.add(one)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self._seconds, self._beat)

    def leave(self, one: Beating) -> None:
        """It is over."""
        self._fresh.discard(one)
        self._waiting.discard(one)

    def __len__(self) -> int:
        return len(self._fresh) + len(self._waiting)

    def close(self) -> None:
        """Beat no more."""
        if self._timer is not None:
            self._timer.cancel()

    def _beat(self) -> None:
        self._timer = None
        for one in list(self._waiting):
            one.beat()
        self._waiting |= self._fresh
        self._fresh.clear()
        if self._waiting:
            self._timer = asyncio.get_running_loop().call_later(self._seconds, self._beat)
