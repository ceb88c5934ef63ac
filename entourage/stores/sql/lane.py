"""Which statements an SQLite connection may run on the event loop itself, where a visit of its thread costs more.

A statement of a few rows takes 5 to 50 us; the way to a thread and back takes ten times that, for both wait for the
interpreter's lock. So statements run here while they are known to be quick, and within bounds:

- a reading statement is stopped after so many steps of SQLite's machine, and is done again by the thread;
- a writing one cannot be stopped without its whole transaction: it is tried by the thread first, and comes here once it
  was quick there. One that deletes more than a row never does, nor one that searches texts;
- what took too long goes to the thread the next times;
- all that runs within one turn of the loop shares a budget: a hundred statements in a row do not hold it up.
"""

from __future__ import annotations

import asyncio
import re
import sqlite3
import time
from collections.abc import Callable
from typing import Final, TypeAlias, TypeVar

T = TypeVar("T")
Visit: TypeAlias = Callable[[sqlite3.Connection], T]

STEPS: Final = 30_000
"""Of SQLite's machine, some 0.5 ms."""
QUICK_SECONDS: Final = 0.001
BUDGET_SECONDS: Final = 0.002
REST_VISITS: Final = (4, 256)
"""So often the thread runs what was slow before it is tried here again: at first, and at most after more such times."""
KNOWN_STATEMENTS: Final = 2_000
BUSY_MS: Final = 5_000
"""How long the thread waits for other writers; on the loop nobody waits."""

BEGIN: Final = "BEGIN"
BEGIN_WRITING: Final = "BEGIN IMMEDIATE"
COMMIT: Final = "COMMIT"
ROLLBACK: Final = "ROLLBACK"
_AT_ONCE: Final = ("SELECT", "BEGIN", ROLLBACK)
FRAME: Final = ("BEGIN", COMMIT, ROLLBACK)
"""Never stopped: SQLite counts the steps of all runs of a kept statement together, so each 6,000th BEGIN would be said
to have been stopped although a transaction had begun."""
_NEVER: Final = re.compile(
    r"\bMATCH\b|^\s*(?:DELETE(?!.*? WHERE [\w.]*\bid = \?)|PRAGMA|VACUUM|ALTER|CREATE|DROP|ANALYZE)", re.DOTALL
)


class TooLong(Exception):
    """It took too long for the event loop; nothing came of it."""


class Pace:
    """What is known of the statements of one engine, and what the loop has given to them in this turn."""

    def __init__(self) -> None:
        self._rests: dict[str, int] = {}
        self._next_rest: dict[str, int] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._spent_seconds = 0.0

    def allows(self, statement: str) -> bool:
        """Whether it may run on the loop now."""
        if self._spent_seconds >= BUDGET_SECONDS and self._loop is asyncio.get_running_loop():
            return False
        rests = self._rests.get(statement)
        if rests is None:
            rests = self._first(statement)
        if rests > 0:
            self._rests[statement] = rests - 1
        return rests == 0

    def knows(self, statement: str) -> bool:
        """Whether it is known to be quick, and there is room for it now."""
        return self._rests.get(statement) == 0 and self.allows(statement)

    def took(self, statement: str, seconds: float) -> None:
        """It ran on the loop."""
        self._spend(seconds)
        if seconds > QUICK_SECONDS:
            self.was_slow(statement)
        elif statement in self._next_rest:
            del self._next_rest[statement]

    def was_slow(self, statement: str) -> None:
        """Leave it to the thread for a while, for longer each time."""
        rest = self._next_rest.get(statement, REST_VISITS[0])
        if self._rests.get(statement) == 0:
            self._rests[statement] = rest
            self._next_rest[statement] = min(rest * 4, REST_VISITS[1])

    def _first(self, statement: str) -> int:
        if len(self._rests) >= KNOWN_STATEMENTS:
            self._rests.clear()
            self._next_rest.clear()
        tried_first = not statement.startswith(_AT_ONCE)
        rests = -1 if _NEVER.search(statement) else int(tried_first)
        self._rests[statement] = rests
        return rests

    def _spend(self, seconds: float) -> None:
        loop = asyncio.get_running_loop()
        if loop is not self._loop or not self._spent_seconds:
            self._loop, self._spent_seconds = loop, 0.0
            loop.call_soon(self._next_turn)
        self._spent_seconds += seconds

    def _next_turn(self) -> None:
        self._spent_seconds = 0.0


class Lane:
    """One connection's way past its thread. Callers take care that the thread does nothing with it meanwhile."""

    def __init__(self, connection: sqlite3.Connection, pace: Pace) -> None:
        self._connection = connection
        self._pace = pace
        self._bounded = self._writing = False
        self._asked = self._served = 0
        self._is_small = True
        """Whether what this transaction wrote so far was written on the loop: then its commit is quick, too."""

    @property
    def is_left_busy(self) -> bool:
        """Whether a visit of the thread goes on; at the end of a transaction nobody waits for it any more."""
        return self._asked != self._served

    def allows(self, statement: str) -> bool:
        """Whether `run` may be tried now. A visit of the thread may go on though nobody waits for it any more."""
        if self.is_left_busy:
            return False
        if statement in (BEGIN, ROLLBACK) and not self._writing:
            return True  # nothing to be done but to begin or let go
        if statement == COMMIT and not self._is_small:
            return False
        return self._pace.allows(statement)

    def knows(self, statement: str) -> bool:
        """As `allows`, for one that is known to be quick and is no BEGIN and no end."""
        return not self.is_left_busy and self._pace.knows(statement)

    def run(self, statement: str, visit: Visit[T]) -> T:
        """What the visit gives. Raises TooLong when the thread has to do it, and what SQLite says against it."""
        self._bound(statement.startswith("SELECT") or not (self._writing or statement.startswith(FRAME)))
        started = time.perf_counter()
        try:
            given = visit(self._connection)
        except sqlite3.OperationalError as error:
            self._pace.took(statement, time.perf_counter() - started)
            if error.sqlite_errorname in ("SQLITE_INTERRUPT", "SQLITE_BUSY"):
                self._pace.was_slow(statement)
                raise TooLong from error
            raise
        self._pace.took(statement, time.perf_counter() - started)
        self._did(statement)
        return given

    def for_thread(self, statement: str, visit: Visit[T]) -> Callable[[], T]:
        """The same for the thread, however long it takes. Ask for it only to have it run."""
        self._asked += 1

        def work() -> T:
            try:
                return self._run_there(statement, visit)
            finally:
                self._served += 1

        return work

    def _run_there(self, statement: str, visit: Visit[T]) -> T:
        self._bound(False)
        started = time.perf_counter()
        given = _patiently(self._connection, visit) if statement == BEGIN_WRITING else visit(self._connection)
        if time.perf_counter() - started > QUICK_SECONDS:
            self._pace.was_slow(statement)
        if self._writing and not statement.startswith("SELECT"):
            self._is_small = False
        self._did(statement)
        return given

    def _did(self, statement: str) -> None:
        if statement.startswith("BEGIN"):
            self._writing, self._is_small = statement == BEGIN_WRITING, True
        elif statement in (COMMIT, ROLLBACK):
            self._writing = False

    def _bound(self, bounded: bool) -> None:
        if bounded != self._bounded:
            self._connection.set_progress_handler(_stop if bounded else None, STEPS)
            self._bounded = bounded


def _stop() -> int:
    return 1


def _patiently(connection: sqlite3.Connection, visit: Visit[T]) -> T:
    """Waits for other writers."""
    connection.execute(f"PRAGMA busy_timeout={BUSY_MS}")
    try:
        return visit(connection)
    finally:
        connection.execute("PRAGMA busy_timeout=0")
