"""How often a person may call a service: refused at once past it, as a door does (the tool path lets calls wait)."""

from __future__ import annotations

import time
from collections import OrderedDict

from entourage.kit.errors import TooMany

_MAX_REMEMBERED = 50_000


class Paces:
    """By person and service. Source: the generic cell rate algorithm (ITU-T I.371)."""

    def __init__(self) -> None:
        self._next: OrderedDict[tuple[str, str], float] = OrderedDict()

    def take(self, owner_id: str, service_id: str, per_second: float) -> None:
        """Count a call; a second's worth may come at once. Raises TooMany."""
        now = time.monotonic()
        interval = 1 / per_second
        key = (owner_id, service_id)
        due = max(self._next.get(key, 0.0), now)
        if due - now > max(0.0, 1 - interval) + 1e-9:
            wait = due - now - max(0.0, 1 - interval)
            raise TooMany(f"You may call this service {per_second:g} times a second.", retry_after_seconds=wait)
        self._next[key] = due + interval
        self._next.move_to_end(key)
        if len(self._next) > _MAX_REMEMBERED:
            self._next.popitem(last=False)
