"""The client all providers are called through: connections kept by origin, deadlines looked at by one timer."""

from __future__ import annotations

import asyncio
import ssl
from math import inf
from typing import TYPE_CHECKING

from entourage.wire.bounds import Bounds
from entourage.wire.connection import Connection
from entourage.wire.failures import CannotConnect, CutOff, TookTooLong
from entourage.wire.resolving import checked_addresses

if TYPE_CHECKING:
    from entourage.wire.addresses import Address
    from entourage.wire.origin import Origin
    from entourage.wire.reply import Reply, Wants


class Wire:
    """HTTP/1.1 requests to providers. It follows no redirects: they could lead keys elsewhere."""

    def __init__(self, bounds: Bounds, *, allow_private: bool, trust: ssl.SSLContext | None = None) -> None:
        self._bounds = bounds
        self._allow_private = allow_private
        self._trust = trust
        self._idle: dict[Origin, list[Connection]] = {}
        self._open: dict[Connection, Origin] = {}
        self._timer: asyncio.TimerHandle | None = None

    @property
    def connections(self) -> int:
        """How many are open, idle ones included."""
        return len(self._open)

    async def ask(self, origin: Origin, request: bytes, wants: Wants = "whole", *, may_repeat: bool = True) -> Reply:
        """Send a whole request (head and body); see `Wants` for what comes back. Raises WireFailed.

        A kept connection that the provider closed meanwhile, before any byte of an answer, is replaced by a new one,
        unless the request must not be done twice: the provider may have died of it.
        """
        kept = self._kept(origin)
        if kept:
            try:
                return await kept.ask(request, wants)
            except CutOff as cut:
                if not cut.is_silent or not may_repeat:
                    raise
        connection = await self._connect(origin)
        return await connection.ask(request, wants)

    async def close(self) -> None:
        """End all connections."""
        if self._timer:
            self._timer.cancel()
        for connection in list(self._open):
            connection.abort()

    def _kept(self, origin: Origin) -> Connection | None:
        idle = self._idle.get(origin)
        while idle:
            connection = idle.pop()
            if connection.is_open:
                return connection
        return None

    async def _connect(self, origin: Origin) -> Connection:
        if len(self._open) >= self._bounds.connections:
            raise CannotConnect("there are too many connections to providers already")
        try:
            async with asyncio.timeout(self._bounds.connect_seconds):
                addresses = await checked_addresses(origin.host, origin.port, allow_private=self._allow_private)
                return await self._first_that_answers(origin, addresses)
        except TimeoutError as error:
            raise CannotConnect(f"connecting to {origin.host!r} took too long") from error

    async def _first_that_answers(self, origin: Origin, addresses: list[Address]) -> Connection:
        failure: Exception | None = None
        for address in addresses:
            try:
                return await self._connect_to(origin, address)
            except (OSError, ssl.SSLError) as error:
                failure = error
        raise CannotConnect(f"{origin.host!r} cannot be reached: {_told(failure)}") from failure

    async def _connect_to(self, origin: Origin, address: Address) -> Connection:
        loop = asyncio.get_running_loop()
        _, connection = await loop.create_connection(
            lambda: Connection(self._bounds, self._on_done),
            str(address),
            origin.port,
            ssl=self._trusted() if origin.is_tls else None,
            server_hostname=origin.host if origin.is_tls else None,
        )
        self._open[connection] = origin
        if self._timer is None:
            self._tick()
        return connection

    def _trusted(self) -> ssl.SSLContext:
        if self._trust is None:
            self._trust = ssl.create_default_context()
            self._trust.set_alpn_protocols(["http/1.1"])
        return self._trust

    def _on_done(self, connection: Connection, keeps: bool) -> None:
        origin = self._open.get(connection)
        if origin is None:
            return
        if not keeps:
            del self._open[connection]
            return
        idle = self._idle.setdefault(origin, [])
        if len(idle) < self._bounds.idle_per_origin:
            connection.idle_since = asyncio.get_running_loop().time()
            idle.append(connection)
        else:
            del self._open[connection]
            connection.close()

    def _tick(self) -> None:
        """Give up what took too long, close what is idle for long; runs while anything is open."""
        loop = asyncio.get_running_loop()
        now = loop.time()
        for connection in list(self._open):
            if connection.deadline <= now:
                connection.fail(TookTooLong("the provider sent nothing for too long"))
        for origin, idle in list(self._idle.items()):
            self._idle[origin] = [one for one in idle if one.is_open and not self._is_stale(one, now)]
            if not self._idle[origin]:
                del self._idle[origin]
        self._timer = loop.call_later(self._bounds.tick_seconds, self._tick) if self._open else None

    def _is_stale(self, connection: Connection, now: float) -> bool:
        if now - connection.idle_since < self._bounds.idle_seconds or connection.deadline != inf:
            return False
        self._open.pop(connection, None)
        connection.close()
        return True


def _told(failure: Exception | None) -> str:
    if isinstance(failure, ssl.SSLCertVerificationError):
        return "its certificate is not trusted"
    return "TLS failed" if isinstance(failure, ssl.SSLError) else "nobody answers there"
