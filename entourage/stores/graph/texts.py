"""Texts and properties in a form that every engine holds."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import msgspec

from entourage.kit.json import encode, without_lone_surrogates

UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
"""NUL and lone surrogates."""

_PROPS = msgspec.json.Decoder(dict[str, Any])


def storable(text: str) -> str:
    """The text without what engines refuse."""
    return UNSTORABLE.sub("\ufffd", text)


def props_text(props: Mapping[str, Any]) -> str:
    """Properties as they are kept."""
    if not props:
        return "{}"
    try:
        body = encode(props)
    except UnicodeEncodeError:  # lone surrogates; the standard library writes them as escapes
        body = json.dumps(props).encode()
    return without_lone_surrogates(body).decode()


def props_of(text: str) -> dict[str, Any]:
    """Kept properties."""
    return {} if text == "{}" else _PROPS.decode(text)
