"""The backends of everybody: made when they are needed, looked after, replaced when their server is declared anew."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

import structlog

from entourage.tools.mcp.links.errors import LinkFailed, McpError
from entourage.tools.mcp.servers.backend import Backend

if TYPE_CHECKING:
    from entourage.tools.mcp.links.link import ListKind
    from entourage.tools.mcp.servers.definition import Definition
    from entourage.tools.mcp.servers.opening import Opener
    from entourage.tools.mcp.servers.pins import Pins
    from entourage.tools.mcp.servers.seat import Seat
    from entourage.tools.path.breaker import Breakers

logger = structlog.get_logger(__name__)

_LOOK_SECONDS = 1.0
_PING_SECONDS = 5.0
_FINISHING_SECONDS = 60.0
"""How long calls that are under way may take when their server was declared anew."""


class Pool:
    """Backends by server and owner: one person's are never lent to another."""

    def __init__(
        self, opener: Opener, pins: Pins, breakers: Breakers, *, idle_seconds: float, health_seconds: float
    ) -> None:
        self._opener = opener
        self._pins = pins
        self._breakers = breakers
        self._idle_seconds = idle_seconds
        self._health_seconds = health_seconds
        self._backends: dict[tuple[str, str], Backend] = {}
        self._ending: set[asyncio.Task[None]] = set()
        self.on_change: Callable[[Backend, ListKind], None] = lambda _backend, _kind: None

    def of(self, definition: Definition, owner_id: str) -> Backend:
        """That of one person, made anew when the server is declared otherwise now."""
        key = (definition.id, owner_id)
        found = self._backends.get(key)
        if found is not None and found.definition is definition:
            return found
        if found is not None and found.definition.digest == definition.digest:
            found.definition = definition
            return found
        if found is not None:
            self._retire(found)
        made = self._backends[key] = Backend(definition, owner_id, self._opener, self._pins, self._breakers, self._told)
        return made

    def _told(self, backend: Backend, kind: ListKind) -> None:
        self.on_change(backend, kind)

    def known(self, server_id: str, owner_id: str) -> Backend | None:
        """That of one person, if there is one."""
        return self._backends.get((server_id, owner_id))

    def all_of(self, server_id: str) -> Iterator[Backend]:
        """Those of everybody for one server."""
        return (backend for key, backend in list(self._backends.items()) if key[0] == server_id)

    def declared(self, before: Definition | None, after: Definition | None) -> None:
        """A server is declared otherwise, or no more: what runs of it ends once its calls have."""
        if before is None or (after is not None and after.enabled and after.digest == before.digest):
            return
        for backend in self.all_of(before.id):
            del self._backends[before.id, backend.owner_id]
            self._retire(backend)

    def drop(self, owner_id: str, wants: Callable[[Definition], bool]) -> None:
        """What one person has of these servers begins anew."""
        for (server_id, owner), backend in list(self._backends.items()):
            if owner == owner_id and wants(backend.definition):
                del self._backends[server_id, owner]
                self._retire(backend)

    def _retire(self, backend: Backend) -> None:
        self._breakers.forget(backend.owner_id, backend.definition.name)
        task = asyncio.create_task(self._finished(backend))
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)

    async def _finished(self, backend: Backend) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(_FINISHING_SECONDS):
                await backend.quiet()
        await backend.close()

    async def look_after(self) -> None:
        """Stop what is idle, and ask what runs whether it still does. Never returns."""
        waited = 0.0
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            waited += _LOOK_SECONDS
            try:
                await self.stop_idle()
                if waited >= self._health_seconds:
                    waited = 0.0
                    await self.check_all()
            except Exception:  # the next look is another chance
                logger.exception("mcp.look_failed")

    async def stop_idle(self) -> None:
        """Stop what nobody has wanted for long."""
        idle = [
            one for one in self._backends.values() if one.is_idle(one.definition.idle_seconds or self._idle_seconds)
        ]
        for backend in idle:
            backend.ring.add("gateway", "stopped: nobody needs it")
        await asyncio.gather(*(backend.stop() for backend in idle))

    async def check_all(self) -> None:
        """Ask every replica that runs, all at once."""
        seats = [seat for backend in self._backends.values() for seat in backend.seats if seat.current is not None]
        await asyncio.gather(*(check(seat) for seat in seats))

    async def close(self) -> None:
        """End everything."""
        backends = list(self._backends.values())
        self._backends.clear()
        for task in self._ending:
            task.cancel()
        await asyncio.gather(*self._ending, return_exceptions=True)
        await asyncio.gather(*(backend.close() for backend in backends))


async def check(seat: Seat) -> None:
    """A replica that is asked and does not answer is ended: the next request gets a new one."""
    link = seat.current
    if link is None:
        return
    method = "ping" if link.era == "legacy" else "server/discover"
    try:
        await link.request(method, timeout_seconds=_PING_SECONDS)
    except McpError:
        pass  # it answered
    except LinkFailed as error:
        seat.breaker.failed(str(error))
        if seat.current is link:
            seat.lost(f"it does not answer: {error}")
            await link.close()
