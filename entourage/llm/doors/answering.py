"""The headers of an answer: what of the provider's own goes on to the caller, and what we add."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from entourage.kit.exchange import Header

_DROPPED = frozenset(
    {
        b"connection",
        b"keep-alive",
        b"proxy-authenticate",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
        b"content-length",
        b"content-encoding",
        b"set-cookie",
        b"server",
        b"date",
        b"via",
        b"vary",
        b"alt-svc",
        b"nel",
        b"report-to",
        b"x-request-id",
        b"x-process-time",
        b"x-content-type-options",
        b"x-powered-by",
        b"x-frame-options",
        b"referrer-policy",
        b"permissions-policy",
        b"content-security-policy",
        b"cross-origin-opener-policy",
        b"strict-transport-security",
        b"cache-control",
        b"www-authenticate",
        b"location",
    }
)
_DROPPED_STARTS = (b"access-control-", b"x-entourage-", b"cf-", b"x-ratelimit-", b"anthropic-ratelimit-", b"ratelimit")
_MOST_REMEMBERED = 1000
_goes_on: dict[bytes, bool] = {}

EVENT_STREAM: Header = (b"content-type", b"text/event-stream; charset=utf-8")
JSON: Header = (b"content-type", b"application/json")
UPSTREAM_ID = b"x-entourage-upstream-request-id"


def passed_on(headers: Iterable[Header]) -> list[Header]:
    """The provider's headers that a caller may see. Limits of the provider's are not the caller's: they stay behind."""
    told: list[Header] = []
    for header in headers:
        name = header[0]
        goes_on = _goes_on.get(name)
        if goes_on is None:
            goes_on = _decide(name)
        if goes_on:
            told.append(header)
        elif name == b"x-request-id":
            told.append((UPSTREAM_ID, header[1]))
    return told


def _decide(name: bytes) -> bool:
    goes_on = name not in _DROPPED and not name.startswith(_DROPPED_STARTS)
    if len(_goes_on) < _MOST_REMEMBERED:
        _goes_on[name] = goes_on
    return goes_on
