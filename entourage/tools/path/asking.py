"""A call's deadline stands still while a person at the client is asked something."""

from __future__ import annotations

import asyncio
from typing import Any

from entourage.tools.tool import Interactive


class Patient:
    """An `Interactive` whose `ask` does not count against the deadline of the call."""

    def __init__(self, session: Interactive, deadline: asyncio.Timeout) -> None:
        self._session = session
        self._deadline = deadline
        self._asking = 0
        self._left_seconds: float | None = None
        self.capabilities = session.capabilities
        self.meta = session.meta
        self.raw_rounds = session.raw_rounds
        self.inputs = session.inputs
        self.log = session.log
        self.notify = session.notify
        self.unfinished = session.unfinished
        self.failed = session.failed
        self.parted = session.parted

    async def ask(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        """As the session's own, on its own time. Raises what that raises."""
        self._stop()
        try:
            return await self._session.ask(method, params)
        finally:
            self._go_on()

    def _stop(self) -> None:
        self._asking += 1
        due = self._deadline.when()
        if self._asking == 1 and due is not None:
            self._left_seconds = due - asyncio.get_running_loop().time()
            self._deadline.reschedule(None)

    def _go_on(self) -> None:
        self._asking -= 1
        if self._asking == 0 and self._left_seconds is not None:
            self._deadline.reschedule(asyncio.get_running_loop().time() + self._left_seconds)
            self._left_seconds = None
