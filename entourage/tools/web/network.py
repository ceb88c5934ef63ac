"""A network backend for httpcore that resolves names itself and connects to nothing it did not check."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable
from ipaddress import ip_address
from typing import Any, cast

import httpcore

from entourage.kit.errors import Forbidden
from entourage.tools.web.addresses import Address, is_allowed, is_disguised_number, is_public, networks

Resolver = Callable[[str, int], Awaitable[list[str]]]


async def resolve(host: str, port: int) -> list[str]:
    """The system's answer, as addresses. Raises OSError."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class CheckedBackend(httpcore.AsyncNetworkBackend):
    """Resolves, checks, and connects to what was checked."""

    def __init__(self, allow_networks: Iterable[str], resolver: Resolver, ports: frozenset[int]) -> None:
        self._allowed = networks(allow_networks)
        self._resolver = resolver
        self._ports = ports
        self._inner = cast("httpcore.AsyncNetworkBackend", httpcore.AnyIOBackend())

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  httpcore's interface
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        failure: Exception | None = None
        for address in await self._checked(host.strip("[]"), port):
            try:
                return await self._inner.connect_tcp(str(address), port, timeout, local_address, socket_options)
            except httpcore.ConnectError as error:
                failure = error
        raise failure or httpcore.ConnectError(f"{host!r} has no address")

    async def _checked(self, host: str, port: int) -> list[Address]:
        """All addresses of a host. One that may not be reached refuses the host as a whole."""
        if is_disguised_number(host):
            raise Forbidden(f"{host!r} is not a plain address", hint="Write it as four decimal numbers, or use a name.")
        try:
            addresses = [ip_address(host)]
        except ValueError:
            addresses = [ip_address(text) for text in await self._resolver(host, port)]
        for address in addresses:
            self._check(host, port, address)
        return addresses

    def _check(self, host: str, port: int, address: Address) -> None:
        if is_allowed(address, self._allowed):
            return
        if not is_public(address):
            raise Forbidden(
                f"{host!r} is at {address}, which is not a public address",
                hint="An administrator can allow its network with ENTOURAGE_FETCH_ALLOW_NETWORKS.",
            )
        if port not in self._ports:
            ports = ", ".join(map(str, sorted(self._ports)))
            raise Forbidden(f"port {port} of {host!r} may not be fetched from", hint=f"These ports may: {ports}.")
