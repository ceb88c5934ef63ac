"""Little that is committed on the event loop itself.

A run waits for each of its steps, and the way to a thread and back takes longer than to write one: each of some fifteen
statements gives the interpreter's lock away, and waits for it when the loop is at work.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, Literal, TypeVar

from entourage.stores.log.base import Rider
from entourage.stores.sql.lane import Pace

T = TypeVar("T")

MOST_ROWS: Final = 24
MOST_CHARS: Final = 32_000

What = Literal["append", "index", "write"]


class AtOnce:
    """A connection of the loop's own. It waits for nobody."""

    def __init__(self, path: Path, pragmas: Sequence[str]) -> None:
        self._path = path
        self._pragmas = (*pragmas, "busy_timeout=0")
        self._connection: sqlite3.Connection | None = None
        self._pace = Pace()

    def allows(self, what: What, rows: int, chars: int) -> bool:
        """Whether so much may be written now: it is little, and the last of its kind were quick."""
        return rows <= MOST_ROWS and chars <= MOST_CHARS and self._pace.allows(what)

    def run(self, what: What, work: Callable[[sqlite3.Connection], T]) -> T | None:
        """What the work gives; None, and nothing is changed, where the engine has anything against it."""
        started = time.perf_counter()
        try:
            connection = self._connection or self._open()
            connection.execute("BEGIN IMMEDIATE")
            given = work(connection)
            connection.execute("COMMIT")
        except Exception:  # the thread waits for other writers, and says what is wrong
            if self._connection and self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            self._pace.was_slow(what)
            return None
        self._pace.took(what, time.perf_counter() - started)
        return given

    def close(self) -> None:
        """Close the connection."""
        if self._connection:
            self._connection.close()

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, isolation_level=None)
        for pragma in self._pragmas:
            connection.execute(f"PRAGMA {pragma}")
        self._connection = connection
        return connection


def size_of(riders: Sequence[Rider]) -> tuple[int, int]:
    """Rows and characters of what they write."""
    rows = [row for one in riders for row in (one.values if isinstance(one.values, Sequence) else [one.values])]
    return len(rows), sum(len(value) for row in rows for value in row.values() if isinstance(value, str))
