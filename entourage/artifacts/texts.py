"""What artifacts are found by, and how they begin: text without markup, cut to what an index can hold."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import cast

from entourage.artifacts.kinds import ASCIICAST

INDEXED_BYTES = 200_000
"""PostgreSQL takes at most 1 MB of words and their places."""

PREVIEW_CHARACTERS = 400

_HIDDEN = re.compile(r"<(script|style)\b.*?(</\1\s*>|\Z)", re.DOTALL | re.IGNORECASE)
_MARKUP = re.compile(r"<[^<>]{0,2000}>")
_ESCAPES = re.compile(r"\x1b(?:\[[0-9;?]{0,32}[ -/]{0,4}[@-~]|\][^\x07\x1b]{0,2000}(?:\x07|\x1b\\)|[@-Z\\-_])")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_HITS = re.compile("[\ue000\ue001]")


def plain(content: bytes, mime: str) -> str:
    """The words of text content, at most `INDEXED_BYTES` of them."""
    text = content[:INDEXED_BYTES].decode(errors="ignore")
    if mime == ASCIICAST:
        text = "".join(_printed(text))
    if mime in ("text/html", "image/svg+xml"):
        text = _MARKUP.sub(" ", _HIDDEN.sub(" ", text))
    return clean(text)


def clean(text: str) -> str:
    """Text without what a terminal obeys, and without what an index refuses or marks its hits with."""
    return _HITS.sub("", _CONTROL.sub("", _ESCAPES.sub("", text)))


def beginning(text: str) -> str:
    """How a text begins, for a card."""
    return text.strip()[:PREVIEW_CHARACTERS]


def searchable(title: str, tags: Sequence[str], text: str) -> str:
    """All that an artifact is found by."""
    first, second = " ".join(_HITS.sub("", title).split()), " ".join(" ".join(tags).split())
    whole = f"{first}\n{second}\n{text}"
    return whole.replace("\x00", "").encode(errors="ignore")[:INDEXED_BYTES].decode(errors="ignore")


def _printed(recording: str) -> Iterator[str]:
    """What the terminal of a recording (asciicast 2) was given to show."""
    for line in recording.splitlines()[1:]:
        try:
            event: object = json.loads(line)
        except (ValueError, RecursionError):  # the last line may be cut
            continue
        printed = _output(cast("Sequence[object]", event)) if isinstance(event, list) else None
        if printed:
            yield printed


def _output(event: Sequence[object]) -> str | None:
    return str(event[2]) if len(event) == 3 and event[1] == "o" else None
