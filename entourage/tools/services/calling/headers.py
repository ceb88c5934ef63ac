"""Headers on the way to a service and back: what is between two neighbours stays there, keys and cookies do too."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from entourage.kit.errors import BadRequest
from entourage.kit.exchange import Header
from entourage.tools.services.known import Known

_HOP = frozenset(
    {
        *(b"connection", b"keep-alive", b"proxy-connection", b"te", b"trailer", b"transfer-encoding", b"upgrade"),
        *(b"proxy-authenticate", b"proxy-authorization", b"proxy-authentication-info", b"http2-settings"),
    }
)
_NOT_SENT = _HOP | frozenset(
    {
        *(b"host", b"content-length", b"expect", b"accept-encoding", b"content-encoding", b"authorization", b"cookie"),
        *(b"x-api-key", b"api-key", b"origin", b"referer", b"forwarded", b"via", b"x-real-ip", b"true-client-ip"),
        *(b"x-request-id", b"traceparent", b"tracestate", b"baggage", b"dnt", b"priority", b"x-http-method-override"),
        *(b"x-method-override", b"x-http-method", b"x-original-url", b"x-rewrite-url", b"x-csrf-token"),
    }
)
_NOT_SENT_STARTS = (b"x-forwarded-", b"x-entourage-", b"sec-", b"proxy-", b"cf-", b"x-envoy-", b"x-amzn-")
_NOT_TOLD = _HOP | frozenset(
    {
        *(b"content-length", b"content-encoding", b"set-cookie", b"server", b"date", b"via", b"location", b"alt-svc"),
        *(b"www-authenticate", b"authentication-info", b"nel", b"report-to", b"x-request-id", b"x-powered-by"),
        *(b"x-content-type-options", b"referrer-policy", b"permissions-policy", b"content-security-policy"),
        *(b"cross-origin-opener-policy", b"strict-transport-security", b"x-frame-options", b"x-process-time"),
        *(b"clear-site-data", b"service-worker-allowed", b"refresh", b"link", b"sourcemap", b"cache-control"),
    }
)
_NOT_TOLD_STARTS = (b"access-control-", b"x-entourage-", b"cf-", b"proxy-")
_TOKEN = re.compile(rb"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_VALUE = re.compile(rb"[\t -~\x80-\xff]*")


def sent(given: Iterable[Header], service: Known, request_id: str) -> bytes:
    """The header lines for the service, its own secret last. Raises BadRequest for what would split a request."""
    own = {name for name, _ in service.auth}
    listed = _listed_in_connection(given := list(given))
    lines = [b"accept-encoding: identity\r\nx-request-id: %b\r\n" % request_id.encode()]
    for name, value in given:
        lower = name.lower()
        if lower in _NOT_SENT or lower in own or lower in listed or lower.startswith(_NOT_SENT_STARTS):
            continue
        if not _TOKEN.fullmatch(lower) or not _VALUE.fullmatch(value):
            raise BadRequest("A header holds characters that no header has.")
        lines.append(b"%b: %b\r\n" % (lower, value))
    lines += [b"%b: %b\r\n" % header for header in service.auth]
    return b"".join(lines)


def told(given: Sequence[Header], service: Known) -> list[Header]:
    """What of the service's headers a caller sees. A redirection within the service leads through this door."""
    listed = _listed_in_connection(given)
    found = [
        (name, value)
        for name, value in given
        if name not in _NOT_TOLD and name not in listed and not name.startswith(_NOT_TOLD_STARTS)
    ]
    for name, value in given:
        if name == b"location" and (inner := _inner(value, service)):
            found.append((b"location", inner))
    return found


def _inner(location: bytes, service: Known) -> bytes | None:
    """The same place through our door; None for places elsewhere, which are nobody's business."""
    base, own = service.base_path.encode(), b"-"
    if service.origin is not None:
        own = (b"https://" if service.origin.is_tls else b"http://") + service.origin.authority
    path = location.removeprefix(own) if location.startswith((own + b"/", b"/")) else b""
    if not path.startswith(base + b"/") or path.startswith(b"//") or not _VALUE.fullmatch(path):
        return None
    return b"/svc/%b%b" % (service.name.encode(), path[len(base) :])


def _listed_in_connection(given: Iterable[Header]) -> set[bytes]:
    return {
        part.strip().lower() for name, value in given if name.lower() == b"connection" for part in value.split(b",")
    }
