"""One form for requests that ask the same."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any, cast

import msgspec

_HOW_NOT_WHAT = ("stream", "stream_options")
_MOST_BYTES = 1024 * 1024

_decode = msgspec.json.Decoder().decode
_encode = msgspec.json.Encoder(order="deterministic").encode


def canonical(body: bytes) -> bytes | None:
    """The request with sorted keys, without blanks, and without what only says how to send the answer.

    None for what is no object, or so large that it is not worth keeping.
    """
    if len(body) > _MOST_BYTES:
        return None
    try:
        value = _decode(body)
    except (msgspec.DecodeError, RecursionError):
        return None
    if not isinstance(value, dict):
        return None
    fields = cast("dict[str, Any]", value)
    for name in _HOW_NOT_WHAT:
        fields.pop(name, None)
    return _encode(fields)


def digest(parts: Iterable[bytes]) -> str:
    """SHA-256 over parts that cannot run into each other."""
    told = tuple(parts)
    sizes = b",".join([b"%d" % len(part) for part in told])
    return hashlib.sha256(b"\n".join((sizes, *told))).hexdigest()
