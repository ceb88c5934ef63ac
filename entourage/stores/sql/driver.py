"""SQLAlchemy's aiosqlite dialect, with no visit of the connection's thread for a quick statement, and one for others.

It opens a cursor, executes, fetches and closes in four visits, each of which waits for the thread and for the
interpreter's lock. Our statements give few rows, so all of it is done in one; `lane` says which need none.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections import deque
from collections.abc import Sequence
from typing import Any, Final, NamedTuple, TypeVar, cast

from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.aiosqlite import (
    AsyncAdapt_aiosqlite_connection,
    AsyncAdapt_aiosqlite_cursor,
    AsyncAdapt_aiosqlite_dbapi,
    SQLiteDialect_aiosqlite,
)
from sqlalchemy.util import EMPTY_DICT
from sqlalchemy.util.concurrency import await_

from entourage.stores.sql.lane import BEGIN, COMMIT, FRAME, ROLLBACK, Lane, Pace, TooLong, Visit

T = TypeVar("T")

DRIVER = "sqlite+entourage"
CACHED_STATEMENTS: Final = 512
"""Of each connection; to prepare one takes longer than to run it."""


class _Told(NamedTuple):
    """What is left of a cursor that was read to its end; it stands for one in the adapter."""

    description: Any = None
    rowcount: int = -1
    lastrowid: int | None = None
    arraysize: int = 1


def _visit(connection: sqlite3.Connection, statement: str, values: Any) -> tuple[_Told, list[Any]]:
    cursor = connection.execute(statement, values)
    rows = cursor.fetchall() if cursor.description else []
    told = _Told(cursor.description, cursor.rowcount, cursor.lastrowid)
    cursor.close()
    return told, rows


def _visit_many(connection: sqlite3.Connection, statement: str, values: Sequence[Any]) -> tuple[_Told, list[Any]]:
    cursor = connection.executemany(statement, values)
    told = _Told(cursor.description, cursor.rowcount, cursor.lastrowid)
    cursor.close()
    return told, []


class Cursor(AsyncAdapt_aiosqlite_cursor):
    """Opens nothing before a statement is there, and holds nothing open after it."""

    __slots__ = ()

    def __init__(self, adapt_connection: AsyncAdapt_aiosqlite_connection) -> None:
        self._adapt_connection = adapt_connection
        self._connection = cast("Any", adapt_connection)._connection
        self._cursor = cast("Any", _Told())
        self._soft_closed_memoized = EMPTY_DICT
        self._rows = deque()

    def execute(self, operation: Any, parameters: Any = None) -> Any:
        """On the loop where it is quick, else in the thread."""
        self._keep(self._own.do(operation, lambda raw: _visit(raw, operation, parameters or ())))
        return self

    def executemany(self, operation: Any, seq_of_parameters: Any) -> Any:
        """In the thread: how long it takes depends on how many they are."""
        self._keep(self._own.do_there(operation, lambda raw: _visit_many(raw, operation, seq_of_parameters)))
        return self

    def close(self) -> None:
        """There is nothing open but what was fetched."""
        self._rows.clear()

    async def _async_soft_close(self) -> None:
        return

    @property
    def _own(self) -> _Connection:
        return cast("_Connection", self._adapt_connection)

    def _keep(self, told: tuple[_Told, list[Any]]) -> None:
        self._cursor, rows = cast("Any", told)
        self._rows = deque(rows)


class _Connection(AsyncAdapt_aiosqlite_connection):
    __slots__ = ("_lane", "begins_with")

    _cursor_cls = Cursor

    def __init__(self, dbapi: _Module, connection: Any) -> None:
        super().__init__(dbapi, connection)
        self._lane = Lane(connection._conn, dbapi.pace)
        self.begins_with = BEGIN

    def begin(self) -> None:
        """What SQLAlchemy begins its transactions with."""
        self.do(self.begins_with, lambda connection: connection.execute(self.begins_with))

    def commit(self) -> None:
        """What SQLAlchemy ends its transactions with."""
        self._end(COMMIT)

    def rollback(self) -> None:
        """The same."""
        self._end(ROLLBACK)

    def at_once(self, statement: str, values: Any) -> tuple[list[Any], int] | None:
        """Rows of a quick statement and how many it changed, without a greenlet; None where the thread may have to."""
        if cast("Any", self)._execute_mutex.locked() or not self._lane.knows(statement):
            return None
        try:
            told, rows = self._lane.run(statement, lambda raw: _visit(raw, statement, values))
        except TooLong:
            return None
        return rows, told.rowcount

    def do(self, statement: str, visit: Visit[T]) -> T:
        """Visit the connection, here or in its thread."""
        if not cast("Any", self)._execute_mutex.locked() and self._lane.allows(statement):
            try:
                return self._lane.run(statement, visit)
            except TooLong:
                pass
            except Exception as error:
                self._handle_exception(error)
        return self.do_there(statement, visit)

    def do_there(self, statement: str, visit: Visit[T]) -> T:
        """Visit the connection in its thread."""
        try:
            return await_(self._visited(statement, visit))
        except Exception as error:
            self._handle_exception(error)

    async def _visited(self, statement: str, visit: Visit[T]) -> T:
        threaded, is_wanted = cast("Any", self._connection), True

        def wanted(raw: sqlite3.Connection) -> T:
            if not is_wanted:
                raise sqlite3.OperationalError("nobody waits for it any more")
            return visit(raw)

        async with cast("Any", self)._execute_mutex:
            try:
                return await threaded._execute(self._lane.for_thread(statement, wanted))
            except asyncio.CancelledError:
                if not statement.startswith(FRAME):  # a transaction ends however it is to end
                    is_wanted = False
                    threaded._connection.interrupt()
                raise

    def _end(self, statement: str) -> None:
        raw = cast("Any", self._connection)._connection
        if raw is None:
            return
        if self._lane.is_left_busy:  # by somebody who was cancelled: a transaction may only begin there
            self.do_there(
                statement, lambda connection: connection.execute(statement) if connection.in_transaction else None
            )
        elif raw.in_transaction:
            self.do(statement, lambda connection: connection.execute(statement))


class _Module(AsyncAdapt_aiosqlite_dbapi):
    def __init__(self, aiosqlite: Any, sqlite: Any) -> None:
        super().__init__(aiosqlite, sqlite)
        self.pace = Pace()

    def connect(self, *arg: Any, **kw: Any) -> AsyncAdapt_aiosqlite_connection:
        kw |= {"check_same_thread": False, "cached_statements": CACHED_STATEMENTS}
        made = cast("Any", super().connect(*arg, **kw))
        return _Connection(self, made._connection)


class Dialect(SQLiteDialect_aiosqlite):
    """`sqlite+entourage`."""

    driver = "entourage"
    supports_statement_cache = True

    def __hash__(self) -> int:
        return hash(Dialect)  # what is compiled for one engine is right for all: see `database`

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Dialect)

    def do_begin(self, dbapi_connection: Any) -> None:
        """The driver begins nothing by itself."""
        dbapi_connection.begin()

    @classmethod
    def import_dbapi(cls) -> AsyncAdapt_aiosqlite_dbapi:
        import aiosqlite

        return _Module(aiosqlite, sqlite3)


registry.register("sqlite.entourage", __name__, "Dialect")
