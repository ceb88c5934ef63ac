"""What a worker is told about a run while it works on it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from entourage.agents.bus.store import Holding
    from entourage.agents.tables import RunRow

Reason = Literal["lost", "shutdown", "cancelled", "interrupted"]


class StopReason:
    """Why a worker stops working on a run (set before its task is cancelled), and what it is asked for meanwhile.

    `too_late` once the run is being ended: interrupting that would leave the end half told. `holding` and `notes` are
    those of the row, as of the last signal; `changed` is set when they change.
    """

    __slots__ = ("changed", "holding", "notes", "reason", "too_late")

    def __init__(self, holding: Holding | None = None, notes: int = 0) -> None:
        self.reason: Reason = "lost"
        self.too_late = False
        self.holding = holding
        self.notes = notes
        self.changed = asyncio.Event()


class Working(Protocol):
    """Who carries out runs of a kind."""

    async def work_on(self, run: RunRow, stop: StopReason) -> None:
        """Work on a claimed run until it ends, parks, or `stop` says why its task was cancelled."""
        ...
