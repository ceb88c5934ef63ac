"""Telling clients that what they know is no longer so: lists that changed, resources that were updated."""

from __future__ import annotations

import asyncio
from typing import Literal, Protocol, TypeAlias

Kind: TypeAlias = Literal["tools", "resources", "prompts"]
KINDS: tuple[Kind, ...] = ("tools", "resources", "prompts")

GATHER_SECONDS = 0.05
"""Changes that come together are told once."""


class Listener(Protocol):
    """Somebody who wants to hear of changes."""

    def changed(self, server: str | None, kind: Kind) -> None:
        """A list of this server (None: of no particular one) is another one now."""
        ...


class Changes:
    """Listeners by the person they act for."""

    def __init__(self) -> None:
        self._listeners: dict[str, set[Listener]] = {}
        self._first: list[Listener] = []
        self._waiting: dict[tuple[str | None, str | None, Kind], None] = {}
        self._timer: asyncio.TimerHandle | None = None

    def add_first(self, listener: Listener) -> None:
        """Tell this one of everybody's changes at once: a cache, which must not give old answers."""
        self._first.append(listener)

    def add(self, owner_id: str, listener: Listener) -> None:
        self._listeners.setdefault(owner_id, set()).add(listener)

    def remove(self, owner_id: str, listener: Listener) -> None:
        listeners = self._listeners.get(owner_id)
        if listeners:
            listeners.discard(listener)
            if not listeners:
                del self._listeners[owner_id]

    def tell(self, owner_id: str | None, server: str | None, kind: Kind) -> None:
        """A list changed, of one person or (None) of everybody."""
        for listener in self._first:
            listener.changed(server, kind)
        self._waiting[owner_id, server, kind] = None
        if self._timer is None and self._listeners:
            self._timer = asyncio.get_running_loop().call_later(GATHER_SECONDS, self._flush)
        elif not self._listeners:
            self._waiting.clear()

    def close(self) -> None:
        """Tell nobody any more."""
        if self._timer is not None:
            self._timer.cancel()
        self._listeners.clear()

    def _flush(self) -> None:
        self._timer = None
        waiting, self._waiting = self._waiting, {}
        for owner_id, server, kind in waiting:
            owners = list(self._listeners) if owner_id is None else [owner_id]
            for owner in owners:
                for listener in list(self._listeners.get(owner, ())):
                    listener.changed(server, kind)
