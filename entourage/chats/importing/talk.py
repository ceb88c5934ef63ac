"""A conversation from elsewhere in one form, and how its tree is made fit: whole, without circles, parents first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

import msgspec

from entourage.events.message import Part, TextPart
from entourage.tools.pipeline import storable

MAX_MESSAGES = 20_000
MAX_TEXT_CHARS = 1_000_000
_LATEST_MS = 4_102_444_800_000
"""The year 2100: whatever is later is no time."""
_UNITS = ((1e11, 1000), (1e14, 1), (1e17, 1e-3), (1e20, 1e-6))
"""Up to which number a time is in which unit, as milliseconds."""


class Unusable(ValueError):
    """A conversation that cannot be imported, with the reason."""


class Said(msgspec.Struct):
    """One message. `parent` is the id of the message before it."""

    id: str
    parent: str | None
    role: Literal["user", "assistant"]
    parts: list[Part]
    at_ms: int
    model: str | None = None


class ForeignTalk(msgspec.Struct):
    """One conversation. `leaf` is the message whose branch was shown."""

    source: str
    id: str
    title: str
    created_ms: int
    updated_ms: int
    leaf: str | None
    said: list[Said] = msgspec.field(default_factory=list[Said])
    pinned: bool = False


def time_ms(value: float | None, default: int) -> int:
    """A time in seconds, milli-, micro- or nanoseconds as milliseconds; the default for none and for nonsense."""
    if value is None or value <= 0:
        return default
    for limit, factor in _UNITS:
        if value < limit:
            found = int(value * factor)
            return found if found < _LATEST_MS else default
    return default


def text_part(text: str) -> TextPart | None:
    """The text as it can be kept; None for an empty one."""
    kept = storable(text[:MAX_TEXT_CHARS])
    return TextPart(text=kept) if kept.strip() else None


def fenced(text: str, language: str = "") -> str:
    """A Markdown code block, whatever the text holds."""
    ticks = "```"
    while ticks in text:
        ticks += "`"
    return f"{ticks}{language}\n{text}\n{ticks}"


def parent_finder(parents: dict[str, str | None], kept: set[str]) -> Callable[[str], str | None]:
    """Gives the nearest kept message above one. Raises Unusable for a circle."""
    found: dict[str, str | None] = {}

    def nearest(start: str) -> str | None:
        path: list[str] = []
        at = parents.get(start)
        while at is not None and at not in kept and at not in found and len(path) <= len(parents):
            path.append(at)
            at = parents.get(at)
        if len(path) > len(parents):
            raise Unusable("its messages go in a circle")
        above = found[at] if at is not None and at in found else at
        found.update(dict.fromkeys(path, above))
        return above

    return nearest


def arranged(messages: Sequence[Said]) -> tuple[list[Said], dict[str, str]]:
    """Messages parents first, and under which id each now stands.

    What an agent said in several pieces without a branch between becomes one message. Raises Unusable.
    """
    if len(messages) > MAX_MESSAGES:
        raise Unusable(f"it has more than {MAX_MESSAGES} messages")
    children: dict[str | None, list[Said]] = {}
    ids = {message.id for message in messages}
    for message in messages:
        children.setdefault(message.parent if message.parent in ids else None, []).append(message)
    ordered: list[Said] = []
    names: dict[str, str] = {}
    waiting = [(None, message) for message in reversed(children.get(None, []))]
    while waiting:
        above, message = waiting.pop()
        below = children.get(message.id, [])
        only = above is not None and len(children.get(message.parent, [])) == 1
        if only and above is not None and above.role == message.role == "assistant":
            above.parts += message.parts
            above.model = message.model or above.model
            names[message.id], message = above.id, above
        else:
            message.parent = above.id if above else None
            names[message.id] = message.id
            ordered.append(message)
        waiting += [(message, child) for child in reversed(below)]
    if len(names) < len(messages):
        raise Unusable("its messages go in a circle")
    return ordered, names
