"""A list of hosts that may be reached."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence

import msgspec

from entourage.kit.errors import Invalid

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

MOST_ENTRIES = 200
_is_name = re.compile(r"(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,62})?(\.[a-z0-9_]([a-z0-9_-]{0,62})?)*")


class Allow(msgspec.Struct, frozen=True):
    """Names, endings of names, and networks; `everything` is every public host."""

    entries: tuple[str, ...] = ()
    names: frozenset[str] = frozenset()
    endings: tuple[str, ...] = ()
    networks: tuple[Network, ...] = ()
    everything: bool = False

    def permits(self, host: str) -> bool:
        """Whether this host, a name or an address as it is written in a request, is on the list."""
        host = host.rstrip(".").lower()
        address = address_of(host)
        if address is not None:
            return self.everything or any(address in network for network in self.networks)
        return self.everything or host in self.names or host.endswith(self.endings)


def parse(entries: Sequence[str]) -> Allow:
    """The list: `example.org`, `*.example.org` (what is below it), `*`, addresses and networks. Raises Invalid."""
    if len(entries) > MOST_ENTRIES:
        raise Invalid(f"a network list has at most {MOST_ENTRIES} entries")
    names: set[str] = set()
    endings: list[str] = []
    networks: list[Network] = []
    cleaned = tuple(entry.strip().rstrip(".").lower() for entry in entries)
    for entry in cleaned:
        if (network := _network(entry)) is not None:
            networks.append(network)
        elif entry.startswith("*.") and _is_name.fullmatch(entry[2:]):
            endings.append(entry[1:])
        elif entry != "*":
            names.add(_name(entry))
    return Allow(cleaned, frozenset(names), tuple(endings), tuple(networks), "*" in cleaned)


def address_of(host: str) -> Address | None:
    """The address that a host is written as, None for a name."""
    try:
        return ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return None


def _network(entry: str) -> Network | None:
    try:
        return ipaddress.ip_network(entry, strict=False)
    except ValueError:
        return None


def _name(entry: str) -> str:
    try:
        name = entry.encode("idna").decode() if not entry.isascii() else entry
    except UnicodeError:
        name = ""
    if not _is_name.fullmatch(name):
        raise Invalid(
            f"{entry[:100]!r} is no host",
            hint="Write example.org, *.example.org, *, an address or a network like 10.0.0.0/8.",
        )
    return name
