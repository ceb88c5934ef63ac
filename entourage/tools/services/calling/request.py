"""One call of a service, ready to be sent."""

from __future__ import annotations

import msgspec

from entourage.accounts.identity import Identity
from entourage.tools.services.known import Known

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
REPEATABLE = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE"})
"""What may be done twice (RFC 9110, 9.2.2)."""


class ServiceRequest(msgspec.Struct, frozen=True):
    """`lines` are header lines without the secret's value ever being logged; `who` is who calls, with their rights."""

    service: Known
    who: Identity
    method: str
    path: str
    target: bytes
    lines: bytes
    body: bytes

    @property
    def is_repeatable(self) -> bool:
        return self.method in REPEATABLE

    def bytes(self) -> bytes:
        """The whole request. HEAD goes out as GET: only its head is read."""
        assert self.service.origin
        method = b"GET" if self.method == "HEAD" else self.method.encode()
        has_body = bool(self.body) or self.method in ("POST", "PUT", "PATCH")
        length = b"content-length: %d\r\n" % len(self.body) if has_body else b""
        authority = self.service.origin.authority
        return b"%b %b HTTP/1.1\r\nhost: %b\r\n%b%b\r\n%b" % (
            method,
            self.target,
            authority,
            self.lines,
            length,
            self.body,
        )
