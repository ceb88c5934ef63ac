"""The beginning of a request to a proxy: whereto, and what is to be passed on (RFC 9112, sections 3.2.2 and 3.2.3)."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import msgspec

from entourage.kit.errors import BadRequest

MOST_HEAD_BYTES = 32_768
HTTP_PORT, HIGHEST_PORT = 80, 65_535

_is_request_line = re.compile(rb"([A-Z]{1,20}) ([\x21-\x7e]{1,8192}) HTTP/1\.[01]")
_is_host = re.compile(r"[A-Za-z0-9._-]{1,253}|\[[0-9a-fA-F:.]{2,45}\]")
_is_field = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\r\n\0]*)")

# These are for the proxy itself, or decided by it.
HOP_BY_HOP = frozenset({b"connection", b"proxy-connection", b"proxy-authorization", b"keep-alive", b"host", b"upgrade"})


class Head(msgspec.Struct, frozen=True):
    """A request's target. `passed_on` is what its server gets first; None for a tunnel."""

    host: str
    port: int
    passed_on: bytes | None


def read_head(raw: bytes) -> Head:
    """The target of a request. Raises BadRequest for what no honest client sends."""
    first, *fields = raw.removesuffix(b"\r\n\r\n").split(b"\r\n")
    line = _is_request_line.fullmatch(first)
    if line is None:
        raise BadRequest("this is no request to a proxy")
    method, target = line[1], line[2].decode()
    if method == b"CONNECT":
        host, port = _authority(target, None)
        return Head(host, port, None)
    return _plain(method, target, fields)


def _plain(method: bytes, target: str, fields: list[bytes]) -> Head:
    try:
        parts = urlsplit(target)
    except ValueError:
        raise BadRequest("this is no URL") from None
    if parts.scheme != "http" or "@" in parts.netloc:
        raise BadRequest("plain requests need an http:// URL without a user; others go through CONNECT")
    host, port = _authority(parts.netloc, HTTP_PORT)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    # one request a connection: the next one may be for another host
    lines = [b"%s %s HTTP/1.1" % (method, path.encode()), b"Host: " + parts.netloc.encode(), b"Connection: close"]
    for field in fields:
        found = _is_field.fullmatch(field)
        if found is None:
            raise BadRequest("a header is malformed")
        if found[1].lower() not in HOP_BY_HOP:
            lines.append(field)
    return Head(host, port, b"\r\n".join(lines) + b"\r\n\r\n")


def _authority(text: str, default_port: int | None) -> tuple[str, int]:
    host, port = text, ""
    if not text.endswith("]") and ":" in text:
        host, _, port = text.rpartition(":")
    if _is_host.fullmatch(host) is None or (port and not (port.isascii() and port.isdigit())):
        raise BadRequest("the target is no host and port")
    number = int(port) if port else default_port
    if number is None or not 0 < number <= HIGHEST_PORT:
        raise BadRequest("the target has no usable port")
    return host.strip("[]"), number
