"""The sections of a text under its headings."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

_HEADING = re.compile(r"^ {0,3}(#{1,6})[ \t]+(.*?)[ \t]*#*[ \t]*$")
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})")
_UNDERLINE = re.compile(r"^ {0,3}(=+|-{3,})[ \t]*$")
MAX_HEADING_LETTERS = 200


class Section(msgspec.Struct, frozen=True):
    """From `start` to `end`, under `headings`. `inner` are deeper headings by where they begin and end."""

    start: int
    end: int
    headings: tuple[str, ...] = ()
    inner: Sequence[tuple[int, int, str]] = msgspec.field(default=())

    def headings_at(self, place: int) -> tuple[str, ...]:
        """All headings that `place` stands under."""
        return self.headings + tuple(name for start, end, name in self.inner if start <= place < end)


def sections_of(text: str) -> list[Section]:
    """Sections of Markdown: one from each heading to the next. Together they are the whole text."""
    found: list[Section] = []
    stack: list[tuple[int, str]] = []
    begun, headings = 0, ()
    for place, level, title in _headings(text):
        if place > begun and not _is_bare(text[begun:place]):
            found.append(Section(begun, place, headings))
            begun = place
        while stack and stack[-1][0] >= level:
            stack.pop()
        stack.append((level, title[:MAX_HEADING_LETTERS]))
        headings = tuple(name for _, name in stack)
    return [*found, Section(begun, len(text), headings)] if begun < len(text) or not found else found


def _is_bare(section: str) -> bool:
    """Whether it is a heading with nothing below, or nothing at all: it goes with the section that follows."""
    line = section.strip()
    return not line or (line.startswith("#") and "\n" not in line and len(line) <= MAX_HEADING_LETTERS)


def _headings(text: str) -> list[tuple[int, int, str]]:
    """Each heading's place, level and words; none within fenced code."""
    found: list[tuple[int, int, str]] = []
    fence, place, before = "", 0, ("", 0)
    for line in text.split("\n"):
        mark = _FENCE.match(line)
        if mark and not fence:
            fence = mark[1]
        elif fence:
            if mark and mark[1][0] == fence[0] and len(mark[1]) >= len(fence) and not line.strip().strip(fence[0]):
                fence = ""
        elif match := _HEADING.match(line):
            found.append((place, len(match[1]), match[2]))
        elif before[0].strip() and (under := _UNDERLINE.match(line)) and _is_title(before[0]):
            found.append((before[1], 1 if under[1][0] == "=" else 2, before[0].strip()))
        before = ("" if fence else line, place)
        place += len(line) + 1
    return found


def _is_title(line: str) -> bool:
    """Whether an underline makes this line a heading: not a list, a quote, a table or a heading already."""
    return not line.lstrip().startswith(("#", "-", "*", ">", "|", "+", "=", "`")) and len(line) <= MAX_HEADING_LETTERS
