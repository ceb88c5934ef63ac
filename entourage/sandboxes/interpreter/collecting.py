"""Putting the events of one execution together, up to a limit."""

from __future__ import annotations

import asyncio

from entourage.sandboxes.interpreter.types import (
    MAX_OUTPUT_BYTES,
    Counted,
    Event,
    Execution,
    Failure,
    OnEvent,
    Printed,
    Result,
    event_bytes,
)


class Collector:
    """Fills an `Execution`, passes events on, and sets `overflow` when they become too many."""

    def __init__(self, execution: Execution, on_event: OnEvent | None, limit_bytes: int = MAX_OUTPUT_BYTES) -> None:
        self.execution = execution
        self.overflow = asyncio.Event()
        self.is_over = False
        """Whether what still comes is of no interest."""
        self._on_event = on_event
        self._left = limit_bytes

    def take(self, event: Event) -> None:
        """An event came."""
        if self.is_over and not isinstance(event, Failure | Counted):
            return
        self._left -= event_bytes(event)
        if self._left < 0:
            self.is_over = True
            self.overflow.set()
            return
        self._keep(event)
        if self._on_event is not None:
            self._on_event(event)

    def _keep(self, event: Event) -> None:
        execution = self.execution
        match event:
            case Printed(stream="stdout", text=text):
                execution.stdout += text
            case Printed(text=text):
                execution.stderr += text
            case Result():
                execution.results.append(event)
            case Failure():
                execution.error = event
            case Counted(count=count):
                execution.count = count
