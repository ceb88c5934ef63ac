"""From a host's name to addresses that were checked. What is checked here is what is connected to."""

from __future__ import annotations

import asyncio
import ipaddress
import socket

from entourage.wire.addresses import Address, forbidden
from entourage.wire.failures import AddressRefused, CannotConnect


async def checked_addresses(host: str, port: int, *, allow_private: bool) -> list[Address]:
    """Every address of `host`, in the order to try. Raises AddressRefused when one of them is forbidden, CannotConnect.

    One forbidden address is enough: a name that leads to several kinds of places is no name of a provider.
    """
    addresses = _literal(host) or await _resolved(host, port)
    for address in addresses:
        if why := forbidden(address, allow_private=allow_private):
            raise AddressRefused(f"the host {host!r} was refused: {why}")
    return addresses


def _literal(host: str) -> list[Address]:
    try:
        return [ipaddress.ip_address(host)]
    except ValueError:
        return []


async def _resolved(host: str, port: int) -> list[Address]:
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise CannotConnect(f"the host {host!r} cannot be resolved") from error
    names = (str(entry[4][0]).partition("%")[0] for entry in found)
    addresses = list(dict.fromkeys(ipaddress.ip_address(name) for name in names))
    if not addresses:
        raise CannotConnect(f"the host {host!r} has no address")
    return addresses
