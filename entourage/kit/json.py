"""JSON in and out, fast and strict."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from entourage.kit.errors import BadRequest, Invalid

encode = msgspec.json.encode
"""Any plain value, msgspec struct or dataclass -> compact UTF-8 JSON."""

decode = msgspec.json.decode

_NUL_ESCAPE = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
_ESCAPE = re.compile(rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u([0-9a-fA-F]{4})|.)", re.DOTALL)
_STRUCTURE = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[\]{}]', re.DOTALL)


def without_lone_surrogates(body: bytes) -> bytes:
    """JSON text in which escapes of NUL and of lone surrogates, which no engine or browser can hold, are U+FFFD."""
    if b"\\u0000" in body or b"\\ud" in body or b"\\uD" in body:
        return _ESCAPE.sub(_mended, body)
    return body


def _mended(escape: re.Match[bytes]) -> bytes:
    code = escape[1]
    if code is None or not (code == b"0000" or b"d800" <= code.lower() <= b"dfff"):
        return escape[0]
    return rb"\ufffd"


def depth(body: bytes, limit: int) -> int:
    """How deep `body` nests, counting no further than `limit + 1`. Linear in the length of the body."""
    deepest = level = 0
    for match in _STRUCTURE.finditer(body):
        token = body[match.start()]
        if token in b"[{":
            level += 1
            deepest = max(deepest, level)
            if deepest > limit:
                break
        elif token in b"]}":
            level -= 1
    return deepest


def check_body(body: bytes, max_depth: int) -> None:
    """Refuse what no JSON door takes: bytes that are not UTF-8, NUL characters, depth, lone surrogates.

    Raises BadRequest for broken encoding or syntax, Invalid for NUL and depth.
    """
    try:
        body.decode()
    except UnicodeDecodeError as error:
        raise BadRequest(f"The body is not UTF-8: {error.reason} at byte {error.start}.") from None
    if b"\x00" in body or (b"\\u0000" in body and _NUL_ESCAPE.search(body)):
        raise Invalid("The body contains a NUL character.", hint="Remove U+0000 from the text.")
    if body.count(b"[") + body.count(b"{") > max_depth and depth(body, max_depth) > max_depth:
        raise Invalid(f"The JSON is nested deeper than {max_depth}.")
    try:
        decode(body)
    except (msgspec.DecodeError, RecursionError) as error:
        raise BadRequest(f"The body is not valid JSON: {error}.") from None


def loads(text: str | bytes | None, default: Any = None) -> Any:
    """Decode JSON we stored ourselves; `default` for nothing."""
    return default if text is None else decode(text)
