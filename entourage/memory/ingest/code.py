"""Code is cut at its definitions: those of the outermost first, then those within them, then blank lines and lines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from entourage.memory.ingest.cutting import LINES, PARAGRAPHS, WORDS, Level, at
from entourage.memory.ingest.sections import Section
from entourage.tools.syntax.languages import GRAMMARS, language_of
from entourage.tools.syntax.outline import Definition, outline

__all__ = ["code_structure", "language_of"]

_BELONGS_BELOW = re.compile(r"\s*(#|//|/\*|\*|@|--)")
"""A comment or decorator that stands directly above a definition belongs to it."""

_DEEPEST = 3


def code_structure(text: str, language: str | None) -> tuple[list[Section], list[Level]]:
    """One section with its definitions as headings, and where it may be cut. Without a grammar: blank lines, lines."""
    if language is None or language not in GRAMMARS:
        return [Section(0, len(text))], [PARAGRAPHS, LINES, WORDS]
    definitions = outline(text.encode(errors="replace"), language).definitions
    starts = _line_starts(text)
    lines = text.split("\n")
    inner = [
        (starts[_first(one, lines) - 1], starts[min(one.last_line, len(starts) - 1)], f"{one.kind} {one.name}")
        for one in definitions
        if one.first_line <= len(lines)
    ]
    levels = [at(cuts) for cuts in _cuts(definitions, inner)]
    return [Section(0, len(text), (), tuple(inner))], [*levels, PARAGRAPHS, LINES, WORDS]


def _cuts(definitions: Sequence[Definition], inner: Sequence[tuple[int, int, str]]) -> Iterable[list[int]]:
    """Positions by depth; each deeper level is only asked for spans that the ones above left too big."""
    for depth in range(_DEEPEST):
        places = {
            place
            for one, (start, end, _) in zip(definitions, inner, strict=False)
            if one.depth == depth
            for place in (start, end)
        }
        if places:
            yield sorted(places)


def _first(one: Definition, lines: Sequence[str]) -> int:
    """The line a definition begins at with what belongs to it."""
    first = one.first_line
    while first > 1 and _BELONGS_BELOW.match(lines[first - 2]):
        first -= 1
    return first


def _line_starts(text: str) -> list[int]:
    starts = [0]
    starts += [match.end() for match in re.finditer("\n", text)]
    return [*starts, len(text)]
