"""Every choice about the engine that was made by measuring; see the decision page on vectors."""

from __future__ import annotations

CHUNK_POINTS = 25
CHUNKS_AT_ONCE = 8
"""Points of one message, and messages on their way. A search waits for the chunk that is being written."""

BUILD_POINTS = 20_000
BUILD_SHARE = 0.25
"""A copy with an index is built when so many points changed, and that share of those that have one."""

BUILD_NICE = 10
BUILD_THREADS = 0
"""The builder may have every core (0) that nobody else wants."""

SAVE_AFTER_SECONDS = 30.0
SAVE_POINTS = 200_000
"""Changes go from memory to disk when nothing was asked for so long, or when so many wait: on a busy disk that takes
seconds, and searches wait. A killed process loses nothing either way: the kernel has it, and the engine a log."""

M_OWNER = 16
EF_CONSTRUCT = 100
FULL_SCAN_KB = 10_000
"""There is one graph for each owner with many points and none for all, since every search is somebody's. Owners and
filters with less than this many kilobytes of vectors are compared one by one, which is exact."""

EF_SEARCH = 128


def is_stale(built: int, changed: int, least: int) -> bool:
    """Whether building an index anew is worth it: `least` points and a share of the collection are new or gone."""
    return changed >= max(least, int(built * BUILD_SHARE))
