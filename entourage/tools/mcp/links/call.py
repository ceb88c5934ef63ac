"""One request on its way, with whoever listens to it."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from entourage.tools.mcp.links.errors import LinkLost

if TYPE_CHECKING:
    from entourage.tools.mcp.links.jsonrpc import Message, RequestId
    from entourage.tools.mcp.links.link import JsonObject, OnLog, OnProgress
    from entourage.tools.tool import Interactive


class Call:
    """A request that waits for its answer."""

    __slots__ = ("ask", "deadline", "id", "log", "method", "patience", "progress", "waiter")

    def __init__(
        self,
        number: RequestId,
        method: str,
        *,
        progress: OnProgress | None = None,
        log: OnLog | None = None,
        ask: Interactive | None = None,
        patience: float | None = None,
    ) -> None:
        self.id = number
        self.method = method
        self.progress = progress
        self.log = log
        self.ask = ask
        self.patience = patience
        self.deadline: asyncio.Timeout | None = None
        self.waiter: asyncio.Future[JsonObject] | None = None

    def told(self, message: Message) -> None:
        """The answer has come."""
        waiter = self.waiter
        if waiter is None or waiter.done():
            return
        if message.error is not None:
            waiter.set_exception(message.error.raised())
        else:
            waiter.set_result(message.result if message.result is not None else {})

    def lost(self, why: str) -> None:
        """There will be no answer."""
        if self.waiter is not None and not self.waiter.done():
            self.waiter.set_exception(LinkLost(why))

    def pause(self) -> None:
        """Somebody is being asked: until they answer, the server is not what takes long."""
        self._reschedule(None)

    def go_on(self) -> None:
        """The patience begins anew."""
        if self.patience is not None:
            self._reschedule(asyncio.get_running_loop().time() + self.patience)

    def _reschedule(self, when: float | None) -> None:
        if self.deadline is not None:
            with suppress(RuntimeError):  # the time was up a moment ago
                self.deadline.reschedule(when)

    def moved(self, params: JsonObject) -> None:
        """The server tells how far it is: tell on, and be patient for as long again."""
        self.go_on()
        done, total, text = params.get("progress"), params.get("total"), params.get("message")
        if self.progress is not None and isinstance(done, int | float):
            known = total if isinstance(total, int | float) else None
            self.progress(done, known, text if isinstance(text, str) else None)
