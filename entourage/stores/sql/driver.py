"""SQLAlchemy's aiosqlite dialect, with one visit of the connection's thread for a statement instead of four.

It opens a cursor, executes, fetches and closes in four visits, each of which waits for the thread and for the
interpreter's lock. Our statements give few rows, so all of it is done in one.
"""

from __future__ import annotations

import sqlite3
from collections import deque
from collections.abc import Sequence
from typing import Any, NamedTuple, cast

from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.aiosqlite import (
    AsyncAdapt_aiosqlite_connection,
    AsyncAdapt_aiosqlite_cursor,
    AsyncAdapt_aiosqlite_dbapi,
    SQLiteDialect_aiosqlite,
)
from sqlalchemy.util import EMPTY_DICT

DRIVER = "sqlite+entourage"


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


def _visit_many(connection: sqlite3.Connection, statement: str, values: Sequence[Any]) -> _Told:
    cursor = connection.executemany(statement, values)
    told = _Told(cursor.description, cursor.rowcount, cursor.lastrowid)
    cursor.close()
    return told


class Cursor(AsyncAdapt_aiosqlite_cursor):
    """Opens nothing before a statement is there, and holds nothing open after it."""

    __slots__ = ()

    def __init__(self, adapt_connection: AsyncAdapt_aiosqlite_connection) -> None:
        self._adapt_connection = adapt_connection
        self._connection = cast("Any", adapt_connection)._connection
        self._cursor = cast("Any", _Told())
        self._soft_closed_memoized = EMPTY_DICT
        self._rows = deque()

    def close(self) -> None:
        """There is nothing open but what was fetched."""
        self._rows.clear()

    async def _async_soft_close(self) -> None:
        return

    async def _execute_async(self, operation: Any, parameters: Any) -> Any:
        raw = cast("Any", self._connection)
        async with cast("Any", self._adapt_connection)._execute_mutex:
            self._cursor, rows = await raw._execute(_visit, raw._conn, operation, parameters or ())
            self._rows = deque(rows)
            return self

    async def _executemany_async(self, operation: Any, seq_of_parameters: Any) -> Any:
        raw = cast("Any", self._connection)
        async with cast("Any", self._adapt_connection)._execute_mutex:
            self._cursor = await raw._execute(_visit_many, raw._conn, operation, seq_of_parameters)
            return self


class _Connection(AsyncAdapt_aiosqlite_connection):
    __slots__ = ()

    _cursor_cls = Cursor


class _Module(AsyncAdapt_aiosqlite_dbapi):
    def connect(self, *arg: Any, **kw: Any) -> AsyncAdapt_aiosqlite_connection:
        made = cast("Any", super().connect(*arg, **kw))
        return _Connection(self, made._connection)


class Dialect(SQLiteDialect_aiosqlite):
    """`sqlite+entourage`."""

    driver = "entourage"
    supports_statement_cache = True

    @classmethod
    def import_dbapi(cls) -> AsyncAdapt_aiosqlite_dbapi:
        import aiosqlite

        return _Module(aiosqlite, sqlite3)


registry.register("sqlite.entourage", __name__, "Dialect")
