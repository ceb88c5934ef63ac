"""Connections to providers only at addresses that were checked: the very address that was checked is connected to."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Iterable
from typing import TYPE_CHECKING, cast

import httpcore2

from entourage.kit.errors import Forbidden
from entourage.wire.addresses import Address, forbidden

if TYPE_CHECKING:
    from httpcore2 import SOCKET_OPTION, AsyncNetworkStream


class CheckedBackend(httpcore2.AsyncNetworkBackend):
    """Resolves names itself and connects only to addresses it has checked, so that DNS cannot change in between."""

    def __init__(self, *, allow_private: bool) -> None:
        self._allow_private = allow_private
        self._inner = cast("httpcore2.AsyncNetworkBackend", httpcore2.AnyIOBackend())

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  the signature is httpcore's
        local_address: str | None = None,
        socket_options: Iterable[SOCKET_OPTION] | None = None,
    ) -> AsyncNetworkStream:
        """Raises Forbidden for an address that may not be reached, and what httpcore raises."""
        failure: Exception | None = None
        for address in await self._checked(host, port):
            try:
                return await self._inner.connect_tcp(str(address), port, timeout, local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
        raise failure or httpcore2.ConnectError(f"{host} has no address")

    async def _checked(self, host: str, port: int) -> list[Address]:
        try:
            found = await asyncio.get_running_loop().getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
        except OSError as error:
            raise httpcore2.ConnectError(f"{host} cannot be resolved") from error
        addresses = list(dict.fromkeys(ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found))
        for address in addresses:
            if why := forbidden(address, allow_private=self._allow_private):
                raise Forbidden(f"The provider's host {host!r} was refused: {why}.")
        return addresses
