"""Where a provider may live: checked when its URL is written down, and again at every connection."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit, urlunsplit

from entourage.kit.errors import Invalid

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_METADATA = frozenset(
    map(
        ipaddress.ip_address,
        ("169.254.169.254", "168.63.129.16", "100.100.100.200", "192.0.0.192", "fd00:ec2::254", "fd20:ce::254"),
    )
)
"""Where clouds hand out credentials; some of these are private or even public addresses."""

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_HIGHEST_PORT = 65_535


def check_base_url(url: str, *, allow_private: bool) -> str:
    """The URL without a trailing slash. Raises Invalid for one that no provider may have.

    Names are not resolved here: that is done, and checked, at each connection.
    """
    parts = urlsplit(url.strip())
    try:
        port = parts.port
    except ValueError:
        port = _HIGHEST_PORT + 1
    host = (parts.hostname or "").rstrip(".")
    problem = None
    if parts.scheme not in {"http", "https"}:
        problem = "it must begin with https:// or http://"
    elif not host or (port is not None and not 0 < port <= _HIGHEST_PORT):
        problem = "it has no usable host and port"
    elif parts.username is not None or parts.query or parts.fragment:
        problem = "it must have no user, query or fragment"
    else:
        problem = _host_problem(host, allow_private=allow_private)
    if problem:
        raise Invalid(
            f"The base URL {url[:200]!r} is not usable: {problem}.", errors=[{"field": "base_url", "message": problem}]
        )
    return urlunsplit((parts.scheme, parts.netloc, parts.path.rstrip("/"), "", ""))


def _host_problem(host: str, *, allow_private: bool) -> str | None:
    try:
        addresses = [ipaddress.ip_address(host)]
    except ValueError:
        addresses = _as_the_system_reads(host)
        if host.lower() == "localhost" or host.lower().endswith(".localhost"):
            addresses = [ipaddress.ip_address("127.0.0.1")]
    return next((why for address in addresses if (why := forbidden(address, allow_private=allow_private))), None)


def _as_the_system_reads(host: str) -> list[Address]:
    """`2130706433`, `0x7f.1` and the like, which connect() takes for addresses."""
    try:
        return [ipaddress.ip_address(socket.inet_aton(host))]
    except OSError:
        return []


def forbidden(address: Address, *, allow_private: bool) -> str | None:
    """Why no connection may go there; None when it may."""
    for one in _all_forms(address):
        if one in _METADATA or one.is_link_local:
            return f"{address} is link-local or a metadata service"
        if one.is_multicast or one.is_unspecified or (one.version == 4 and one.is_reserved):
            return f"{address} is not an address of a server"
        if not allow_private and not one.is_global:
            return f"{address} is on a private network, which this server does not allow for providers"
    return None


def _all_forms(address: Address) -> Iterator[Address]:
    """The address and the IPv4 addresses hidden in it."""
    if not isinstance(address, ipaddress.IPv6Address):
        yield address
        return
    hidden = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if address in _NAT64:
        hidden.append(ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF))
    # a mapped address is the IPv4 one, whatever the table of IPv6 networks says of it
    if address.ipv4_mapped is None:
        yield address
    yield from (one for one in hidden if one is not None)
