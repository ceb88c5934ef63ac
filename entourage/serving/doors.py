"""The hot doors before the application: found by path, answered in the protocol where that is possible, else here."""

from __future__ import annotations

from collections.abc import Coroutine, Sequence
from typing import Any

import structlog
from starlette.types import ASGIApp, Receive, Scope, Send

from entourage.kit.errors import Problem
from entourage.kit.exchange import Door, DoorFinder, Exchange
from entourage.kit.telemetry import Telemetry
from entourage.serving.asgi import AsgiExchange
from entourage.serving.heads import Origins

logger = structlog.get_logger(__name__)


class Doors:
    """ASGI, before the whole application: what comes here are requests that the protocol could not answer itself."""

    def __init__(
        self, app: ASGIApp, finders: Sequence[DoorFinder], telemetry: Telemetry, origins: Sequence[str]
    ) -> None:
        self._app = app
        self._finders = finders
        self._telemetry = telemetry
        self.origins = Origins(origins)

    def find(self, method: str, path: str) -> Door | None:
        """The door of a request, None when it belongs to the application."""
        for finder in self._finders:
            if door := finder(method, path):
                return door
        return None

    def answered(self, method: str, template: str, status: int, seconds: float) -> None:
        """Tell the metrics."""
        self._telemetry.http(method, template, status, seconds)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and (door := self.find(scope["method"], scope["path"])):
            await AsgiExchange(scope, receive, send, self).run(door)
        else:
            await self._app(scope, receive, send)

    async def finish(self, door: Door, exchange: Exchange, work: Coroutine[Any, Any, None]) -> None:
        """See the door's work to its end; an answer that was begun and not ended is cut off."""
        try:
            await work
        except Exception as error:  # the client gets an id, the log has the rest
            self.failed(door, exchange, error)
        except BaseException:
            exchange.cut()
            raise

    def failed(self, door: Door, exchange: Exchange, error: Exception) -> None:
        """Log what nobody caught, and answer with an id if that is still possible."""
        logger.error("door.failed", path=exchange.path, request_id=exchange.request_id, exc_info=error)
        if exchange.has_begun:
            exchange.cut()
            return
        hint = f"Tell the operator this id: {exchange.request_id}."
        door.refuse(exchange, Problem("The server failed to answer.", hint=hint))
