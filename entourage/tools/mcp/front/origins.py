"""Against pages of other sites that reach for a server on the visitor's own machine (DNS rebinding)."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from entourage.kit.errors import Forbidden

if TYPE_CHECKING:
    from entourage.settings import Settings
    from entourage.tools.mcp.front.heads import Head

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class Guard:
    """Lets in programs (no Origin), pages of this server, of this machine and of `cors_origins`.

    A server that listens on loopback only is asked for by a loopback name or its public one; others know no such list.
    """

    def __init__(self, settings: Settings) -> None:
        own = urlsplit(settings.base_url)
        self._origins = frozenset({*settings.cors_origins, f"{own.scheme}://{own.netloc}"})
        public = urlsplit(settings.public_url).hostname if settings.public_url else None
        self._hosts = _LOOPBACK | {public} if settings.host in _LOOPBACK else None
        self._known: set[tuple[str | None, str | None]] = set()

    def check(self, head: Head) -> None:
        """Raises Forbidden."""
        asked = head.get(b"origin"), head.get(b"host")
        if asked in self._known:
            return
        origin, host = asked
        if origin and origin not in self._origins and _name(origin) not in _LOOPBACK:
            raise Forbidden(f"Pages of {origin[:200]!r} may not call this server.", hint="Add it to CORS_ORIGINS.")
        if host and self._hosts is not None and _name(f"//{host}") not in self._hosts:
            raise Forbidden(f"This server is not {host[:200]!r}.", hint="Set PUBLIC_URL to the name it is reached by.")
        if len(self._known) < 1000:  # so many names nobody has; the rest are looked at anew
            self._known.add(asked)


def _name(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None
