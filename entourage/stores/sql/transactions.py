"""Transactions of prepared statements, without a session around them."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any, TypeAlias, cast

from sqlalchemy.engine import Dialect, Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import PoolProxiedConnection

from entourage.stores.sql.owned import Owner, committed

QueryTimer: TypeAlias = Callable[[str, float], None]
Ran: TypeAlias = tuple[list[Any], int]
"""The rows of a statement, and how many it changed."""


class Reading:
    """Begins with its first statement. `told`: what PostgreSQL is told of the owner. `info` is as a session's."""

    def __init__(self, engine: Engine, owner: Owner, told: str | None, timer: QueryTimer | None) -> None:
        self.info: dict[Any, Any] = {"owner": owner, "timer": timer}
        self.dialect = engine.dialect
        self._engine = engine
        self._told = told
        self._timer = timer
        self._connection: PoolProxiedConnection | None = None
        self._quick: Callable[[str, tuple[Any, ...]], Ran | None] | None = None

    @property
    def is_begun(self) -> bool:
        return self._connection is not None

    def run(self, statement: str, values: tuple[Any, ...]) -> Ran:
        """Carry it out, in a greenlet. Raises DBAPIError."""
        connection = self._connection or self._begin()
        return run_on(connection, self.dialect, statement, values, self._timer)

    def at_once(self, statement: str, values: tuple[Any, ...]) -> Ran | None:
        """As `run`, without a greenlet, where the driver knows that it is quick; None where it does not."""
        if self._connection is None or self._quick is None:
            return None
        started = time.perf_counter()
        with driver_errors(self._connection, self.dialect, statement):
            ran = self._quick(statement, values)
        if ran and self._timer:
            self._timer(statement, time.perf_counter() - started)
        return ran

    def run_many(self, statement: str, rows: list[tuple[Any, ...]]) -> None:
        """As `run`, for each of these values."""
        run_many_on(self._connection or self._begin(), self.dialect, statement, rows, self._timer)

    def close(self) -> None:
        """Give the connection back, in a greenlet; that ends the transaction."""
        if self._connection:
            connection, self._connection = self._connection, None
            connection.close()

    def _begin(self) -> PoolProxiedConnection:
        self._connection = connection = self._engine.raw_connection()
        self._quick = getattr(connection.dbapi_connection, "at_once", None)
        if self._told is not None:
            cast("Any", connection.dbapi_connection).owner = self._told
        with driver_errors(connection, self.dialect, "BEGIN"):
            self.dialect.do_begin(connection)
        return connection


class Writing(Reading):
    """Changes what its owner may, and keeps it with `commit`."""

    def commit(self) -> None:
        """Keep what was done, in a greenlet. Raises DBAPIError."""
        if self._connection:
            with driver_errors(self._connection, self.dialect, "COMMIT"):
                self.dialect.do_commit(self._connection)
        committed(self.info)


def run_on(
    connection: PoolProxiedConnection,
    dialect: Dialect,
    statement: str,
    values: tuple[Any, ...],
    timer: QueryTimer | None,
) -> Ran:
    """Carry it out as the driver has it, and tell how long it took. Raises DBAPIError."""
    with _timed_cursor(connection, dialect, statement, timer) as cursor:
        cursor.execute(statement, values)
        rows = list(cursor.fetchall()) if cursor.description else []
    return rows, cursor.rowcount


def run_many_on(
    connection: PoolProxiedConnection,
    dialect: Dialect,
    statement: str,
    rows: list[tuple[Any, ...]],
    timer: QueryTimer | None,
) -> None:
    """As `run_on`, for each of these values."""
    with _timed_cursor(connection, dialect, statement, timer) as cursor:
        cursor.executemany(statement, rows)


@contextmanager
def _timed_cursor(
    connection: PoolProxiedConnection, dialect: Dialect, statement: str, timer: QueryTimer | None
) -> Generator[Any]:
    started = time.perf_counter()
    cursor = connection.cursor()
    with driver_errors(connection, dialect, statement):
        yield cursor
    cursor.close()
    if timer:
        timer(statement, time.perf_counter() - started)


@contextmanager
def driver_errors(connection: PoolProxiedConnection, dialect: Dialect, statement: str) -> Generator[None]:
    """Raises them as DBAPIError. A connection that broke, or was left in the middle, is not used again."""
    try:
        yield
    except dialect.loaded_dbapi.Error as error:
        is_lost = dialect.is_disconnect(cast("Any", error), connection, None)
        if is_lost:
            connection.invalidate(error)
        raise _told(error, statement, dialect, is_lost=is_lost) from error
    except BaseException as error:
        connection.invalidate(error)
        raise


def _told(error: Any, statement: str, dialect: Dialect, *, is_lost: bool) -> BaseException:
    """As SQLAlchemy tells it, without the values."""
    base = dialect.loaded_dbapi.Error
    return cast("Any", DBAPIError).instance(
        statement, None, error, base, hide_parameters=True, connection_invalidated=is_lost, dialect=dialect
    )
