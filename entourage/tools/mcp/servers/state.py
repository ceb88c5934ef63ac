"""In a word, how a server is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from entourage.tools.mcp.servers.backend import Backend

State: TypeAlias = Literal["idle", "starting", "ready", "unavailable", "quarantined"]

_BEST_FIRST: tuple[State, ...] = ("ready", "starting", "unavailable", "idle")


def state_of(backend: Backend | None, *, is_accepted: bool) -> State:
    """The best that any replica is in, unless the server waits to be accepted. Idle: it is started when needed."""
    if not is_accepted:
        return "quarantined"
    for state in _BEST_FIRST:
        if backend is not None and any(seat.state == state for seat in backend.seats):
            return state
    return "idle"
