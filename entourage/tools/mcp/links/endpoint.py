"""Where a server is, and the bytes of requests to it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from urllib.parse import quote, urlsplit

from entourage.kit.errors import Invalid
from entourage.wire.origin import Origin, split_url

_UNSENDABLE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+").fullmatch
_OURS = frozenset(
    {"host", "content-length", "transfer-encoding", "connection", "accept", "content-type", "mcp-session-id"}
)


class Endpoint:
    """A URL with the headers that go with every request there; they may hold secrets, so it is never printed."""

    def __init__(self, url: str, headers: Mapping[str, str]) -> None:
        parts = urlsplit(url)
        self.origin: Origin = split_url(url)[0]
        self.target = self.target_of(parts.path or "/", parts.query)
        lines = [b"Host: " + self.origin.authority, b"User-Agent: entourage"]
        for name, value in headers.items():
            if not _NAME(name) or name.lower() in _OURS or _UNSENDABLE.search(value):
                raise Invalid(f"The header {name[:100]!r} cannot be sent.")
            lines.append(f"{name}: {value}".encode("utf-8" if not value.isascii() else "ascii"))
        self._standing = b"\r\n".join(lines) + b"\r\nAccept: "

    @staticmethod
    def target_of(path: str, query: str) -> bytes:
        safe = quote(path, safe="/:@!$&'()*+,;=~%-._")
        return (f"{safe}?{quote(query, safe=_QUERY)}" if query else safe).encode()

    def post(self, body: bytes, headers: Iterable[tuple[str, str]], target: bytes | None = None) -> bytes:
        """A whole POST of a JSON-RPC message."""
        return b"".join(
            (
                b"POST ",
                target or self.target,
                b" HTTP/1.1\r\n",
                self._standing,
                b"application/json, text/event-stream\r\nContent-Type: application/json\r\n",
                *(f"{name}: {value}\r\n".encode() for name, value in headers),
                b"Content-Length: %d\r\n\r\n" % len(body),
                body,
            )
        )

    def bodiless(self, method: str, headers: Iterable[tuple[str, str]]) -> bytes:
        """A GET of a stream of events, or a DELETE of a session."""
        lines = [f"{name}: {value}\r\n".encode() for name, value in headers]
        head = b"%s %s HTTP/1.1\r\n" % (method.encode(), self.target)
        return b"".join((head, self._standing, b"text/event-stream\r\n", *lines, b"\r\n"))


_QUERY = "/:@!$&'()*+,;=~%-._?[]"
