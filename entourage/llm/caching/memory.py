"""Answers in this process, within a bound of bytes; what was not asked for longest goes first."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import NamedTuple

from entourage.llm.caching.kept import KeptAnswer

_LARGEST_SHARE = 8
"""No answer may take more than an eighth of the room."""


class _Place(NamedTuple):
    answer: KeptAnswer
    ends_at: float
    size_bytes: int


class MemoryAnswers:
    """Keyed by owner and request: no key leads from one owner to another's answers."""

    def __init__(self, room_bytes: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._room_bytes = room_bytes
        self._clock = clock
        self._places: OrderedDict[tuple[str, str], _Place] = OrderedDict()
        self.size_bytes = 0

    def __len__(self) -> int:
        return len(self._places)

    def get(self, owner_id: str, key: str) -> KeptAnswer | None:
        """The answer, None when there is none or its time is over."""
        place = self._places.get((owner_id, key))
        if place is None:
            return None
        if place.ends_at <= self._clock():
            self._drop((owner_id, key))
            return None
        self._places.move_to_end((owner_id, key))
        return place.answer

    def put(self, owner_id: str, key: str, answer: KeptAnswer, ttl_seconds: float) -> None:
        """Keep it, unless it alone would take too much of the room."""
        size_bytes = 2 * answer.size_bytes  # its other form may be made from it
        if size_bytes > self._room_bytes // _LARGEST_SHARE:
            return
        self._drop((owner_id, key))
        self._places[owner_id, key] = _Place(answer, self._clock() + ttl_seconds, size_bytes)
        self.size_bytes += size_bytes
        while self.size_bytes > self._room_bytes:
            self._drop(next(iter(self._places)))

    def _drop(self, key: tuple[str, str]) -> None:
        place = self._places.pop(key, None)
        if place:
            self.size_bytes -= place.size_bytes
