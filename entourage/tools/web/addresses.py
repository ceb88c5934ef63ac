"""Which network addresses a program acting for a model may reach."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# IPv6 ranges that carry an IPv4 address in their last 32 bits (RFC 4291, RFC 6052, RFC 8215, RFC 2765)
EMBEDDING = tuple(
    IPv6Network(text) for text in ("::/96", "::ffff:0:0/96", "::ffff:0:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48")
)
GLOBAL_UNICAST = IPv6Network("2000::/3")
# Answers to everyone, also from clouds' insides, though the registry calls some of them global.
NEVER = tuple(
    ipaddress.ip_network(text)
    for text in (
        "0.0.0.0/8",
        "100.64.0.0/10",
        "168.63.129.16/32",
        "192.0.0.0/24",
        "192.88.99.0/24",
        "2001::/23",
        "3fff::/20",
    )
)

_ends_in_number = re.compile(r"(^|\.)(\d+|0[xX][0-9a-fA-F]*)\.?$")


def networks(texts: Iterable[str]) -> tuple[Network, ...]:
    """Parsed CIDR networks. Raises ValueError for a text that is none."""
    return tuple(ipaddress.ip_network(text, strict=False) for text in texts)


def is_public(address: Address) -> bool:
    """Whether this is an ordinary address of the internet, also once what it carries inside is unwrapped."""
    if any(address in network for network in NEVER if network.version == address.version):
        return False
    if isinstance(address, IPv4Address):
        return address.is_global and not address.is_multicast and not address.is_reserved
    carried = _carried(address)
    if carried is not None:
        return is_public(carried)
    return address in GLOBAL_UNICAST and address.is_global


def is_allowed(address: Address, allowed: Iterable[Network]) -> bool:
    """Whether someone allowed this address by name of its network."""
    return any(network.version == address.version and address in network for network in allowed)


def is_disguised_number(host: str) -> bool:
    """Whether a host is an IPv4 address in a dress (`2130706433`, `0x7f.1`, `0177.0.0.1`), which libc would accept."""
    if ":" in host or not _ends_in_number.search(host):
        return False
    try:
        IPv4Address(host)
    except ValueError:
        return True
    return False


def _carried(address: IPv6Address) -> IPv4Address | None:
    if any(address in network for network in EMBEDDING):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.sixtofour
