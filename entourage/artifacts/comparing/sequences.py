"""The shortest edit between two sequences: E. W. Myers, "An O(ND) Difference Algorithm and Its Variations" (1986)."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import NamedTuple

MAX_EDITS = 1000
"""Sequences that are further apart count as replaced from the first difference to the last."""


class Block(NamedTuple):
    """`old[old_start:old_end]` became `new[new_start:new_end]`."""

    old_start: int
    old_end: int
    new_start: int
    new_end: int


def differences(old: Sequence[Hashable], new: Sequence[Hashable], most: int = MAX_EDITS) -> list[Block]:
    """What changed, in order; nothing of it is common to both unless they are more than `most` edits apart."""
    head = 0
    shorter = min(len(old), len(new))
    while head < shorter and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < shorter - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    a, b = old[head : len(old) - tail], new[head : len(new) - tail]
    if not a and not b:
        return []
    trace = _trace(a, b, most) if a and b else None
    blocks = _walked_back(trace, len(a), len(b)) if trace is not None else [Block(0, len(a), 0, len(b))]
    return [Block(*(edge + head for edge in block)) for block in blocks]


def _trace(a: Sequence[Hashable], b: Sequence[Hashable], most: int) -> list[dict[int, int]] | None:
    """How far each diagonal was reached after 0, 1, 2... edits; None when `most` do not suffice."""
    reach: dict[int, int] = {1: 0}
    trace: list[dict[int, int]] = []
    for edits in range(min(most, len(a) + len(b)) + 1):
        trace.append(dict(reach))
        for k in range(-edits, edits + 1, 2):
            is_down = k == -edits or (k != edits and reach[k - 1] < reach[k + 1])
            x = reach[k + 1] if is_down else reach[k - 1] + 1
            y = x - k
            while x < len(a) and y < len(b) and a[x] == b[y]:
                x, y = x + 1, y + 1
            reach[k] = x
            if x >= len(a) and y >= len(b):
                return trace
    return None


def _walked_back(trace: list[dict[int, int]], x: int, y: int) -> list[Block]:
    blocks: list[Block] = []
    for edits in range(len(trace) - 1, 0, -1):
        reach, k = trace[edits], x - y
        is_down = k == -edits or (k != edits and reach[k - 1] < reach[k + 1])
        before = k + 1 if is_down else k - 1
        old_x = reach[before]
        old_y = old_x - before
        end_x, end_y = (old_x, old_y + 1) if is_down else (old_x + 1, old_y)
        if blocks and (blocks[-1].old_start, blocks[-1].new_start) == (end_x, end_y):
            blocks[-1] = blocks[-1]._replace(old_start=old_x, new_start=old_y)
        else:
            blocks.append(Block(old_x, end_x, old_y, end_y))
        x, y = old_x, old_y
    return blocks[::-1]
