"""Keys never leave: not in a provider's error, not in ours."""

from __future__ import annotations

import re

import msgspec

_LOOKS_LIKE_KEY = re.compile(rb"\b(?:sk|pk|key|xai|gsk|AIza)[-_][\w*.-]{6,}", re.IGNORECASE)
_HIDDEN = b"(key)"
_LONGEST_MESSAGE = 500


def without_keys(text: bytes, key: str | None) -> bytes:
    """The text without the provider's key, and without anything that looks like one."""
    if key:
        text = text.replace(key.encode(), _HIDDEN)
    return _LOOKS_LIKE_KEY.sub(_HIDDEN, text)


class _Inner(msgspec.Struct):
    message: str | None = None


class _Body(msgspec.Struct):
    error: _Inner | str | None = None
    message: str | None = None
    detail: str | None = None


def message_of(body: bytes) -> str:
    """What an error body says in words; empty when it says nothing readable."""
    try:
        told = msgspec.json.decode(body, type=_Body)
    except msgspec.DecodeError:
        return ""
    inner = told.error.message if isinstance(told.error, _Inner) else told.error
    return (inner or told.message or told.detail or "")[:_LONGEST_MESSAGE]


def is_object(body: bytes) -> bool:
    """Whether this is a JSON object, and not the page of some proxy on the way."""
    try:
        msgspec.json.decode(body, type=dict[str, msgspec.Raw])
    except (msgspec.DecodeError, RecursionError):
        return False
    return True
