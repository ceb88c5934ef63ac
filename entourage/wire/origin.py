"""Where a connection leads."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import urlsplit

_PORTS = {"http": 80, "https": 443}


class Origin(NamedTuple):
    """A host, a port, and whether TLS is spoken. Connections are kept by it."""

    host: str
    port: int
    is_tls: bool

    @property
    def authority(self) -> bytes:
        """The value of `Host`."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        default = _PORTS["https" if self.is_tls else "http"]
        return (host if self.port == default else f"{host}:{self.port}").encode(
            "idna" if not host.isascii() else "ascii"
        )


def split_url(url: str) -> tuple[Origin, str]:
    """The origin of a base URL and its path without a trailing slash. Raises ValueError for one that is no http(s)."""
    parts = urlsplit(url)
    if parts.scheme not in _PORTS or not parts.hostname:
        raise ValueError(f"{url[:200]!r} is no http(s) URL")
    origin = Origin(parts.hostname.rstrip("."), parts.port or _PORTS[parts.scheme], parts.scheme == "https")
    return origin, parts.path.rstrip("/")
