"""Differences of two texts as hunks that can be taken or left one by one."""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from difflib import SequenceMatcher

import msgspec

from entourage.workspaces.reading import lines_of

CONTEXT_LINES = 3
MOST_COMPARISONS = 9_000_000
"""Lines times lines. More is cut at lines that both have once; what is still more becomes one hunk."""


class Span(msgspec.Struct, frozen=True):
    """Lines `old[old_from:old_to]` that became `new[new_from:new_to]`; from 0."""

    old_from: int
    old_to: int
    new_from: int
    new_to: int


class Hunk(msgspec.Struct, frozen=True):
    """A span with the lines around it. `id` tells what is changed, not where: it stays when others are taken."""

    id: str
    span: Span
    old_start: int
    old_lines: int
    new_start: int
    new_lines: int
    lines: list[str]

    @property
    def header(self) -> str:
        """As a unified diff has it."""
        return f"@@ -{self.old_start},{self.old_lines} +{self.new_start},{self.new_lines} @@"


def spans(old: Sequence[str], new: Sequence[str]) -> list[Span]:
    """Where two texts differ, in order."""
    whole = _trimmed(old, new, Span(0, len(old), 0, len(new)))
    if _comparisons(whole) <= MOST_COMPARISONS:
        return _compared(old, new, whole)
    found: list[Span] = []
    left = MOST_COMPARISONS
    for piece in _cut(old, new, whole):
        span = _trimmed(old, new, piece)
        if _comparisons(span) <= left:
            left -= _comparisons(span)
            found += _compared(old, new, span)
        else:
            found.append(span)
    return found


def _trimmed(old: Sequence[str], new: Sequence[str], span: Span) -> Span:
    """A span without the equal lines at its ends."""
    i, j, k, m = span.old_from, span.old_to, span.new_from, span.new_to
    while i < j and k < m and old[i] == new[k]:
        i, k = i + 1, k + 1
    while i < j and k < m and old[j - 1] == new[m - 1]:
        j, m = j - 1, m - 1
    return Span(i, j, k, m)


def _comparisons(span: Span) -> int:
    return (span.old_to - span.old_from) * (span.new_to - span.new_from)


def _compared(old: Sequence[str], new: Sequence[str], span: Span) -> list[Span]:
    if span.old_from == span.old_to and span.new_from == span.new_to:
        return []
    a, b = old[span.old_from : span.old_to], new[span.new_from : span.new_to]
    i0, k0 = span.old_from, span.new_from
    codes = SequenceMatcher(None, a, b, autojunk=False).get_opcodes()
    return [Span(i + i0, j + i0, k + k0, m + k0) for tag, i, j, k, m in codes if tag != "equal"]


def _cut(old: Sequence[str], new: Sequence[str], span: Span) -> Iterator[Span]:
    """What is between lines that both sides have once and in the same order (patience diff)."""
    i, k = span.old_from, span.new_from
    for at_old, at_new in _in_order(_once(old, new, span)):
        if (i, k) != (at_old, at_new):
            yield Span(i, at_old, k, at_new)
        i, k = at_old + 1, at_new + 1
    yield Span(i, span.old_to, k, span.new_to)


def _once(old: Sequence[str], new: Sequence[str], span: Span) -> list[tuple[int, int]]:
    """Where lines are that each side has exactly once, in the order of the old side."""
    a, b = old[span.old_from : span.old_to], new[span.new_from : span.new_to]
    times_old, times_new = Counter(a), Counter(b)
    place = {line: k + span.new_from for k, line in enumerate(b) if times_new[line] == 1}
    return [(i + span.old_from, place[line]) for i, line in enumerate(a) if times_old[line] == 1 and line in place]


def _in_order(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The most pairs whose second numbers grow with the first."""
    ends: list[int] = []
    tops: list[int] = []
    before: list[int] = []
    for index, (_, second) in enumerate(pairs):
        at = bisect_left(ends, second)
        before.append(tops[at - 1] if at else -1)
        ends[at : at + 1] = [second]
        tops[at : at + 1] = [index]
    found: list[tuple[int, int]] = []
    index = tops[-1] if tops else -1
    while index >= 0:
        found.append(pairs[index])
        index = before[index]
    return found[::-1]


def hunks_of(before: str, after: str) -> list[Hunk]:
    """What changed between two texts."""
    old, new = lines_of(before), lines_of(after)
    seen: Counter[str] = Counter()
    return [_hunk(old, new, span, seen) for span in spans(old, new)]


def taken(before: str, after: str, chosen: Collection[str] | None) -> str:
    """`before` with the chosen hunks of `after` in it (None: all of them)."""
    return _mixed(before, after, lambda hunk: chosen is None or hunk.id in chosen)


def left(before: str, after: str, chosen: Collection[str] | None) -> str:
    """`after` without the chosen hunks (None: none of them)."""
    return _mixed(before, after, lambda hunk: not (chosen is None or hunk.id in chosen))


def rebased(base: str, old: str, new: str) -> str:
    """`base` with what changed from `old` to `new`, wherever `old` had not changed from `base`.

    When a person edits a file that waits for review, their lines are no longer among the agent's.
    """
    base_lines, old_lines, new_lines = lines_of(base), lines_of(old), lines_of(new)
    theirs = spans(base_lines, old_lines)
    result = list(base_lines)
    for mine in reversed(spans(old_lines, new_lines)):
        shift = 0
        for span in theirs:
            if span.new_to < mine.old_from:
                shift = span.old_to - span.new_to
            elif span.new_from <= mine.old_to:
                break  # it touches what the agent changed: it belongs to that hunk
        else:
            result[mine.old_from + shift : mine.old_to + shift] = new_lines[mine.new_from : mine.new_to]
    return "".join(result)


def _mixed(before: str, after: str, takes: Callable[[Hunk], bool]) -> str:
    old, new = lines_of(before), lines_of(after)
    seen: Counter[str] = Counter()
    result: list[str] = []
    at = 0
    for span in spans(old, new):
        result += old[at : span.old_from]
        is_taken = takes(_hunk(old, new, span, seen))
        result += new[span.new_from : span.new_to] if is_taken else old[span.old_from : span.old_to]
        at = span.old_to
    return "".join([*result, *old[at:]])


def _hunk(old: Sequence[str], new: Sequence[str], span: Span, seen: Counter[str]) -> Hunk:
    removed, added = old[span.old_from : span.old_to], new[span.new_from : span.new_to]
    said = "\0".join(["".join(removed), "".join(added)])
    number = seen[said]
    seen[said] += 1
    above = old[max(0, span.old_from - CONTEXT_LINES) : span.old_from]
    below = old[span.old_to : span.old_to + CONTEXT_LINES]
    lines = [*(f" {one}" for one in above), *(f"-{one}" for one in removed), *(f"+{one}" for one in added)]
    return Hunk(
        id=hashlib.blake2b(f"{said}\0{number}".encode(errors="replace"), digest_size=8).hexdigest(),
        span=span,
        old_start=span.old_from - len(above) + 1,
        old_lines=len(above) + len(removed) + len(below),
        new_start=span.new_from - len(above) + 1,
        new_lines=len(above) + len(added) + len(below),
        lines=[*lines, *(f" {one}" for one in below)],
    )
