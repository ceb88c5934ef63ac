"""What every answer of a door carries: date, request id, time taken, security headers, leave for allowed origins."""

from __future__ import annotations

import itertools
import os
import re
from collections.abc import Iterable, Sequence
from http import HTTPStatus

from entourage.kit.exchange import Header
from entourage.kit.http import DATA_CSP, EXPOSED_HEADERS

STANDING: tuple[Header, ...] = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(self), payment=(), usb=()"),
    (b"content-security-policy", DATA_CSP.encode()),
    (b"cache-control", b"no-store"),
)

_STATUS_LINES = {status.value: b"HTTP/1.1 %d %b\r\n" % (status, status.phrase.encode()) for status in HTTPStatus}
_REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{8,64}").fullmatch
_TRUSTED = frozenset({"127.0.0.1", "::1"})
_prefix = os.urandom(6).hex()
_counter = itertools.count(1)


def lines(headers: Iterable[Header]) -> bytes:
    """Headers as they stand on the wire."""
    return b"".join([b"%b: %b\r\n" % header for header in headers])


STANDING_LINES = lines(STANDING)


def status_line(status: int) -> bytes:
    """The first line of an answer."""
    return _STATUS_LINES.get(status) or b"HTTP/1.1 %d \r\n" % status


def request_id(headers: Sequence[Header]) -> str:
    """The caller's `x-request-id` when it is a decent one, else a new one."""
    for name, value in headers:
        if name == b"x-request-id" and _REQUEST_ID(value):
            return value.decode("ascii")
    return f"{_prefix}-{next(_counter):08x}"


def client_of(peer: str, headers: Sequence[Header]) -> str:
    """The client's address: what a proxy on this machine says, else the peer's own, as for all other routes."""
    if peer not in _TRUSTED:
        return peer
    forwarded = next((value for name, value in headers if name == b"x-forwarded-for"), b"")
    return forwarded.rpartition(b",")[2].strip().decode("latin-1") or peer


class Origins:
    """The pages of other sites that may read answers (`cors_origins`); none by default."""

    def __init__(self, allowed: Iterable[str]) -> None:
        self._allowed = frozenset(origin.encode() for origin in allowed)

    def headers(self, asked: Sequence[Header]) -> tuple[Header, ...]:
        """What a browser wants to see on the answer to a request with these headers."""
        if not self._allowed:
            return ()
        origin = next((value for name, value in asked if name == b"origin"), None)
        if origin not in self._allowed:
            return ((b"vary", b"Origin"),)
        return (
            (b"access-control-allow-origin", origin),
            (b"access-control-allow-credentials", b"true"),
            (b"access-control-expose-headers", ", ".join(EXPOSED_HEADERS).encode()),
            (b"vary", b"Origin"),
        )
