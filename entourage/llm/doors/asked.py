"""What is read of a request: its headers once, and of its body only what routing, accounting and caching need."""

from __future__ import annotations

import json
from collections.abc import Sequence

import msgspec

from entourage.kit.errors import BadRequest, Unauthorized, UnsupportedMedia
from entourage.kit.exchange import Header
from entourage.kit.json import check_body

ABSENT = msgspec.Raw(b"")

_READ = frozenset(
    {
        b"authorization",
        b"x-api-key",
        b"anthropic-version",
        b"anthropic-beta",
        b"connection",
        b"content-type",
        b"content-encoding",
        b"x-entourage-cache",
        b"x-entourage-session",
        b"x-entourage-agent",
        b"x-entourage-workspace",
    }
)
_KEPT_THOUGH_READ = frozenset({b"content-type", b"anthropic-version", b"anthropic-beta"})
_DROPPED = frozenset(
    {
        b"host",
        b"content-length",
        b"expect",
        b"accept-encoding",
        b"api-key",
        b"x-goog-api-key",
        b"proxy-authorization",
        b"proxy-connection",
        b"keep-alive",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
        b"http2-settings",
        b"cookie",
        b"origin",
        b"referer",
        b"forwarded",
        b"via",
        b"x-real-ip",
        b"x-request-id",
        b"traceparent",
        b"tracestate",
        b"priority",
        b"dnt",
    }
)
_DROPPED_STARTS = (b"x-entourage-", b"x-forwarded-", b"sec-", b"proxy-", b"cf-")
_USUAL_CONNECTION = frozenset({b"keep-alive", b"close", b""})

_KEEP, _READS, _DROP = 1, 2, 4
_MOST_REMEMBERED = 1000
_fates: dict[bytes, int] = {}


class Asked:
    """The headers of a request: `lines` go on to the provider as they came, `read` are for us."""

    __slots__ = ("lines", "read")

    def __init__(self, lines: bytes, read: dict[bytes, bytes]) -> None:
        self.lines = lines
        self.read = read

    @property
    def token(self) -> str:
        """The caller's key. Raises Unauthorized when it is not a bearer token."""
        given = self.read.get(b"authorization")
        if given is None:
            return self.read.get(b"x-api-key", b"").decode("latin-1").strip()
        scheme, _, token = given.decode("latin-1").partition(" ")
        if scheme.lower() != "bearer":
            raise Unauthorized("Authorization must be `Bearer <key>`.")
        return token.strip()

    def text(self, name: bytes) -> str | None:
        """A header of ours as text, None when it is absent or empty."""
        value = self.read.get(name)
        return value.decode("utf-8", "replace").strip()[:200] or None if value else None


def read_headers(headers: Sequence[Header]) -> Asked:
    """Raises BadRequest for a header that would become two on its way, UnsupportedMedia for a compressed body."""
    kept: list[bytes] = []
    read: dict[bytes, bytes] = {}
    for header in headers:
        fate = _fates.get(header[0]) or _fate(header[0])
        if fate & _KEEP:
            kept.append(b"%b: %b\r\n" % header)
        if fate & _READS:
            read[header[0]] = header[1]
    lines = b"".join(kept)
    count = len(kept)
    if lines.count(b"\n") != count or lines.count(b"\r") != count or b"\0" in lines:
        raise BadRequest("A header holds a line break or a NUL.")
    if read.get(b"connection", b"").lower() not in _USUAL_CONNECTION:
        lines = _without_named(kept, read[b"connection"])
    if read.get(b"content-encoding", b"identity").lower() not in {b"identity", b""}:
        raise UnsupportedMedia("Compressed bodies are not taken here.")
    return Asked(lines, read)


def _fate(name: bytes) -> int:
    if name in _READ:
        fate = _READS | (_KEEP if name in _KEPT_THOUGH_READ else 0)
    else:
        fate = _DROP if name in _DROPPED or name.startswith(_DROPPED_STARTS) else _KEEP
    if len(_fates) < _MOST_REMEMBERED:
        _fates[name] = fate
    return fate


def _without_named(kept: list[bytes], connection: bytes) -> bytes:
    """Headers that `Connection` names are for this hop only (RFC 9110, 7.6.1)."""
    named = {name.strip() for name in connection.lower().split(b",")}
    return b"".join(line for line in kept if line.partition(b":")[0] not in named)


class Body(msgspec.Struct):
    """The fields of a JSON body that are looked at, of all dialects together."""

    model: str
    stream: bool | None = None
    stream_options: msgspec.Raw = ABSENT
    tool_choice: msgspec.Raw = ABSENT
    tools: msgspec.Raw = ABSENT
    response_format: msgspec.Raw = ABSENT
    text: msgspec.Raw = ABSENT
    output_config: msgspec.Raw = ABSENT
    output_format: msgspec.Raw = ABSENT
    user: msgspec.Raw = ABSENT
    metadata: msgspec.Raw = ABSENT
    previous_response_id: msgspec.Raw = ABSENT
    conversation: msgspec.Raw = ABSENT
    background: msgspec.Raw = ABSENT


_decode = msgspec.json.Decoder(Body).decode
_ESCAPED = b"\\u006"
_MAX_DEPTH = 128


def read_body(body: bytes) -> Body:
    """Raises BadRequest, and Invalid for what nests too deep."""
    try:
        head = _decode(body)
    except (msgspec.DecodeError, RecursionError) as error:
        check_body(body, _MAX_DEPTH)  # says better what is wrong, when the whole body is
        raise BadRequest(_told(error)) from None
    if body.count(b'"model"') != 1 or _ESCAPED in body:
        _check_one_model(body)
    return head


def _told(error: Exception) -> str:
    text = str(error)
    if "missing required field `model`" in text:
        return "you must provide a model parameter"
    return f"The body cannot be read: {text[:200]}."


def _check_one_model(body: bytes) -> None:
    """Two names in one body: we would route by one, and the provider might take the other."""
    counts = [0]

    def seen(pairs: list[tuple[str, object]]) -> None:
        counts[0] = sum(name == "model" for name, _ in pairs)  # the outermost object comes last

    try:
        json.loads(body, object_pairs_hook=seen)
    except (ValueError, RecursionError):
        raise BadRequest("The body cannot be read.") from None
    if counts[0] != 1:
        raise BadRequest("The body names its model twice.")
