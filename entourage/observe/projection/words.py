"""The words of what was sent, for full-text search."""

from __future__ import annotations

import re

MAX_CHARACTERS = 2048
"""So much of an event's body can be found by its words. It is JSON text: names, marks and all."""

_ESCAPES = re.compile(r"\\(?:u[0-9a-fA-F]{4}|.)")
_MARKS = str.maketrans('{}[]":,', "       ")


def words_of(text: str) -> str:
    """The beginning of JSON text without its marks."""
    return _ESCAPES.sub(" ", text[:MAX_CHARACTERS]).translate(_MARKS)
