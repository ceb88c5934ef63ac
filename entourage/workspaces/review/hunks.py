"""Differences of two texts as hunks that can be taken or left one by one."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from entourage.workspaces.reading import lines_of

CONTEXT_LINES = 3
MOST_COMPARISONS = 9_000_000
"""Lines times lines. What differs more than that is one hunk: comparing would take seconds."""


@dataclass(frozen=True, slots=True)
class Span:
    """Lines `old[old_from:old_to]` that became `new[new_from:new_to]`; from 0."""

    old_from: int
    old_to: int
    new_from: int
    new_to: int


@dataclass(frozen=True, slots=True)
class Hunk:
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
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    a, b = old[start : len(old) - end], new[start : len(new) - end]
    if not a and not b:
        return []
    if len(a) * len(b) > MOST_COMPARISONS:
        return [Span(start, start + len(a), start, start + len(b))]
    codes = SequenceMatcher(None, a, b, autojunk=False).get_opcodes()
    return [Span(i + start, j + start, k + start, m + start) for tag, i, j, k, m in codes if tag != "equal"]


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
