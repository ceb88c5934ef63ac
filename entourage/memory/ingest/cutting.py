"""Where a text may be cut, from its coarsest joints to its letters."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

Level: TypeAlias = Callable[[str, int, int], Iterable[int]]
"""Positions strictly between `start` and `end`, ascending, at which `text` may be cut at this level."""

_PARAGRAPH = re.compile(r"\n[^\S\n]*\n\s*")
_LINE = re.compile(r"\n")
_SENTENCE = re.compile(
    r"[.!?\u2026]['\"\u00bb\u201d\u2019)\]]*\s+"
    r"|[\u3002\uff01\uff1f\u061f\u0964]['\"\u00bb\u201d\u2019\uff09\u300d\u300f]*\s*"
    r"|[;:]\s+"
)
"""An end of a sentence with the quotation marks after it, in Latin, Cyrillic, Arabic, Indian and Chinese writing."""

_SPACE = re.compile(r"\s+")
_JOINER = "\u200d"
_MOST_JOINED = 32


def _after(pattern: re.Pattern[str]) -> Level:
    def cuts(text: str, start: int, end: int) -> Iterable[int]:
        return (match.end() for match in pattern.finditer(text, start, end) if start < match.end() < end)

    return cuts


PARAGRAPHS: Level = _after(_PARAGRAPH)
LINES: Level = _after(_LINE)
SENTENCES: Level = _after(_SENTENCE)
WORDS: Level = _after(_SPACE)

PROSE: tuple[Level, ...] = (PARAGRAPHS, LINES, SENTENCES, WORDS)
ROWS: tuple[Level, ...] = (LINES, SENTENCES, WORDS)


def at(positions: Sequence[int]) -> Level:
    """A level of known positions, ascending."""

    def cuts(_text: str, start: int, end: int) -> Iterable[int]:
        return positions[bisect_right(positions, start) : bisect_left(positions, end)]

    return cuts


def letter_start(text: str, position: int, floor: int) -> int:
    """The nearest position at or before `position`, above `floor`, that does not tear a letter from its marks.

    A letter of absurdly many marks is torn.
    """
    place = position
    while place > floor and position - place < _MOST_JOINED and _is_joined(text, place):
        place -= 1
    return position if place <= floor or position - place >= _MOST_JOINED else place


def _is_joined(text: str, place: int) -> bool:
    """Whether what stands at `place` belongs to what stands before it."""
    if place >= len(text):
        return False
    here, before = text[place], text[place - 1]
    if _JOINER in (here, before) or (before == "\r" and here == "\n"):
        return True
    if _is_flag(here) and _is_flag(before):
        return _flags_before(text, place) % 2 == 1
    return unicodedata.category(here) in {"Mn", "Me", "Mc"} or "\U0001f3fb" <= here <= "\U0001f3ff"


def _is_flag(letter: str) -> bool:
    return "\U0001f1e6" <= letter <= "\U0001f1ff"


def _flags_before(text: str, place: int) -> int:
    """Flags are pairs of regional letters: how many of these stand directly before `place`."""
    count = 0
    while place - count > 0 and count < _MOST_JOINED and _is_flag(text[place - count - 1]):
        count += 1
    return count
