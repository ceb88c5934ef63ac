"""Walks that need nothing of an engine but the neighbours of some nodes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import TypeAlias, TypeVar

K = TypeVar("K", int, str)

Around: TypeAlias = Callable[[Sequence[K], int], Awaitable[Sequence[tuple[K, K]]]]
"""Pairs of one of these nodes and a neighbour of it, whatever the direction; at most so many."""

MOST_PAIRS = 100_000
"""So many edges of a front are looked at: beyond them a walk is of a part of the graph only."""

MOST_VISITED = 200_000


async def reach(around: Around[K], starts: Sequence[K], depth: int, limit: int) -> tuple[list[K], bool]:
    """At most `limit` nodes within `depth` edges of the starts, nearest and best linked first; are there more?"""
    every = list(dict.fromkeys(starts))
    found = every[:limit]
    known, front, truncated = set(found), found, len(every) > limit
    most = min(MOST_PAIRS, 20 * limit + 1_000)
    for _ in range(depth):
        pairs = await around(front, most)
        links: dict[K, int] = {}
        for _, other in pairs:
            if other not in known:
                links[other] = links.get(other, 0) + 1
        room = limit - len(found)
        truncated = truncated or len(pairs) >= most or len(links) > room
        front = sorted(links, key=lambda key: (-links[key], key))[:room]
        if not front:
            break
        known.update(front)
        found += front
    return found, truncated


class _Side:
    """What one end of a search has seen: each node with the one it was reached from."""

    def __init__(self, start: int) -> None:
        self.came: dict[int, int | None] = {start: None}
        self.front = [start]

    def chain(self, key: int) -> list[int]:
        """From `key` back to where this side began."""
        chain = [key]
        while (before := self.came[chain[-1]]) is not None:
            chain.append(before)
        return chain

    def widen(self, other_side: _Side, pairs: Iterable[tuple[int, int]]) -> int | None:
        """One step further; where it met the other side."""
        ring: list[int] = []
        for key, other in pairs:
            if other not in self.came:
                self.came[other] = key
                ring.append(other)
                if other in other_side.came:
                    return other
        self.front = ring
        return None


async def shortest(around: Around[int], start: int, end: int, max_hops: int) -> list[int] | None:
    """The nodes of a shortest path. Both ends search towards each other, the smaller front first."""
    if start == end:
        return [start]
    one, two = _Side(start), _Side(end)
    for _ in range(max_hops):
        if len(one.front) > len(two.front):
            one, two = two, one
        meeting = one.widen(two, await around(one.front, MOST_PAIRS))
        if meeting is not None:
            path = [*reversed(one.chain(meeting)), *two.chain(meeting)[1:]]
            return path if path[0] == start else path[::-1]
        if not one.front or len(one.came) + len(two.came) > MOST_VISITED:
            return None
    return None
