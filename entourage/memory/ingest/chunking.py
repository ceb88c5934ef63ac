"""Texts become chunks within a model's token budget: cut where the text itself has joints, never cut off.

A text is cut at its coarsest joints first (sections, paragraphs); what is still too big is cut at the next finer ones,
down to letters. Neighbours are then put together again as long as they fit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Literal, TypeAlias

import msgspec

from entourage.memory.ingest.cutting import PROSE, ROWS, SENTENCES, WORDS, Level, letter_start
from entourage.memory.ingest.sections import Section, sections_of

Count: TypeAlias = Callable[[str], int]
"""How many tokens a text has. A longer text must not have fewer than a part of it, give or take a few."""

Kind = Literal["text", "markdown", "code", "rows"]

LEAST_TOKENS = 16
"""A budget below this could not hold every single letter."""


class Chunk(msgspec.Struct, frozen=True):
    """A part of a text: `text` is what stands from `start` to `end`. `line` counts from 1.

    `headings` are those it stands under, the outermost first.
    """

    text: str
    start: int
    end: int
    line: int
    headings: tuple[str, ...] = ()


class _Span(msgspec.Struct, frozen=True):
    start: int
    end: int
    tokens: int


def split(
    text: str, count: Count, *, tokens: int, overlap: int = 0, kind: Kind = "text", language: str | None = None
) -> list[Chunk]:
    """Chunks of at most `tokens` tokens by `count`, in order; blank ones are left out.

    With `overlap` a chunk begins with up to so many tokens of the one before it in its section. `language` names the
    grammar of code (see `tools.syntax.languages`). Raises ValueError for a budget under LEAST_TOKENS.
    """
    if tokens < LEAST_TOKENS:
        raise ValueError(f"a budget of {tokens} tokens is too small; the least is {LEAST_TOKENS}")
    sections, levels = _structure(text, kind, language)
    cutter = _Cutter(text, count, tokens, min(overlap, tokens // 4), levels)
    lines = _Lines(text)
    found: list[Chunk] = []
    for section in sections:
        for start, end in cutter.chunks(section.start, section.end):
            headings = section.headings_at(start)
            found.append(Chunk(text[start:end], start, end, lines.at(start), headings))
    return found


def _structure(text: str, kind: Kind, language: str | None) -> tuple[Sequence[Section], Sequence[Level]]:
    if kind == "markdown":
        return sections_of(text), PROSE
    if kind == "code":
        from entourage.memory.ingest.code import code_structure

        return code_structure(text, language)
    return [Section(0, len(text))], ROWS if kind == "rows" else PROSE


class _Cutter:
    """Cuts spans of one text. `_room` leaves place for the overlap."""

    def __init__(self, text: str, count: Count, tokens: int, overlap: int, levels: Sequence[Level]) -> None:
        self._text = text
        self._count = count
        self._tokens = tokens
        self._room = tokens - overlap
        self._overlap = overlap
        self._levels = levels

    def chunks(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Ranges that cover all that is not blank between `start` and `end`."""
        previous: int | None = None
        for span in self._cut(start, end):
            first, last = self._trimmed(span.start, span.end)
            if first < last:
                if self._size(first, last) > self._tokens:  # a count that is higher without the blanks around it
                    first, last = span.start, span.end
                begin = first if previous is None or not self._overlap else self._reach(previous, first, last)
                yield begin, last
                previous = first

    def _cut(self, start: int, end: int) -> Iterator[_Span]:
        size = self._size(start, end)
        if size <= self._tokens:
            yield _Span(start, end, size)
        else:
            yield from self._packed(self._atoms(start, end, 0))

    def _atoms(self, start: int, end: int, level: int) -> Iterator[_Span]:
        """Spans that fit, as coarse as can be, covering all of it."""
        todo = [(start, end, level)]
        while todo:
            start, end, level = todo.pop()
            size = self._size(start, end)
            if size <= self._room:
                yield _Span(start, end, size)
            elif level == len(self._levels):
                yield from self._letters(start, end)
            else:
                cuts = [start, *self._levels[level](self._text, start, end), end]
                todo += [(one, other, level + 1) for one, other in reversed(list(pairwise(cuts)))]

    def _packed(self, atoms: Iterator[_Span]) -> Iterator[_Span]:
        """Neighbours together while they fit. Sums stand for counts until they say that it is full."""
        held: _Span | None = None
        for atom in atoms:
            joined = self._joined(held, atom) if held else atom
            if held and joined is None:
                yield from self._checked(held)
            held = joined or atom
        if held:
            yield from self._checked(held)

    def _joined(self, held: _Span, atom: _Span) -> _Span | None:
        tokens = held.tokens + atom.tokens
        if tokens > self._room:
            tokens = self._size(held.start, atom.end)
        return _Span(held.start, atom.end, tokens) if tokens <= self._room else None

    def _checked(self, span: _Span) -> Iterator[_Span]:
        """A sum may have been too small: then the whole has to be cut once more, anywhere."""
        if self._size(span.start, span.end) <= self._room:
            yield span
        else:
            yield from self._letters(span.start, span.end)

    def _letters(self, start: int, end: int) -> Iterator[_Span]:
        """A word that is too long: the longest pieces that fit."""
        guess = self._room
        while start < end:
            length = self._fitting(start, end, guess)
            stop = start + length if start + length == end else letter_start(self._text, start + length, start)
            yield _Span(start, stop, self._size(start, stop))
            start, guess = stop, max(1, stop - start)

    def _fitting(self, start: int, end: int, guess: int) -> int:
        """The longest length from `start` that fits, found by doubling and halving around a guess."""
        low, high = 1, max(2, min(guess, end - start))
        while high < end - start and self._size(start, start + high) <= self._room:
            low, high = high, high * 2
        high = min(high, end - start)
        if self._size(start, start + high) <= self._room:
            return high
        while high - low > max(1, low // 16):
            middle = (low + high) // 2
            low, high = (middle, high) if self._size(start, start + middle) <= self._room else (low, middle)
        return low

    def _trimmed(self, start: int, end: int) -> tuple[int, int]:
        """Without blanks around it, but with the indentation of its first line."""
        while end > start and self._text[end - 1].isspace():
            end -= 1
        place = start
        while place < end and self._text[place].isspace():
            if self._text[place] == "\n":
                start = place + 1
            place += 1
        return (end, end) if place == end else (start, end)

    def _reach(self, floor: int, start: int, end: int) -> int:
        """Where a chunk begins with the overlap: at a sentence, or a word, of the one before it."""
        for level in (SENTENCES, WORDS):
            cuts = [floor, *level(self._text, floor, start)]
            for cut in cuts[-64:]:
                if self._size(cut, start) <= self._overlap and self._size(cut, end) <= self._tokens:
                    return cut
        return start

    def _size(self, start: int, end: int) -> int:
        return self._count(self._text[start:end])


class _Lines:
    """Numbers of lines; asked in ascending order, but for overlaps."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._place = 0
        self._line = 1

    def at(self, place: int) -> int:
        if place < self._place:
            return self._line - self._text.count("\n", place, self._place)
        self._line += self._text.count("\n", self._place, place)
        self._place = place
        return self._line
