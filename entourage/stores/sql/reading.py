"""A transaction that reads, without a session around it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, TypeAlias, cast

from sqlalchemy.engine import Dialect, Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import PoolProxiedConnection

from entourage.stores.sql.owned import Owner

QueryTimer: TypeAlias = Callable[[str, float], None]
Ran: TypeAlias = tuple[list[Any], int]
"""The rows of a statement, and how many it changed."""


class Reading:
    """Begins with its first statement. `told`: what PostgreSQL is told of the owner."""

    def __init__(self, engine: Engine, owner: Owner, told: str | None, timer: QueryTimer | None) -> None:
        self.owner = owner
        self.dialect = engine.dialect
        self._engine = engine
        self._told = told
        self._timer = timer
        self._connection: PoolProxiedConnection | None = None

    @property
    def is_begun(self) -> bool:
        return self._connection is not None

    def run(self, statement: str, values: tuple[Any, ...]) -> Ran:
        """Carry it out, in a greenlet. Raises DBAPIError."""
        connection = self._connection or self._begin()
        return run_on(connection, self.dialect, statement, values, self._timer)

    def close(self) -> None:
        """Give the connection back, in a greenlet; that ends the transaction."""
        if self._connection:
            connection, self._connection = self._connection, None
            connection.close()

    def _begin(self) -> PoolProxiedConnection:
        self._connection = connection = self._engine.raw_connection()
        if self._told is not None:
            cast("Any", connection.dbapi_connection).owner = self._told
        self.dialect.do_begin(connection)
        return connection


def run_on(
    connection: PoolProxiedConnection,
    dialect: Dialect,
    statement: str,
    values: tuple[Any, ...],
    timer: QueryTimer | None,
) -> Ran:
    """Carry it out as the driver has it, and tell how long it took. Raises DBAPIError."""
    started = time.perf_counter()
    cursor = connection.cursor()
    try:
        cursor.execute(statement, values)
        rows = list(cursor.fetchall()) if cursor.description else []
    except dialect.loaded_dbapi.Error as error:
        is_lost = dialect.is_disconnect(cast("Any", error), connection, cursor)
        if is_lost:
            connection.invalidate(error)
        raise _told(error, statement, dialect, is_lost=is_lost) from error
    except BaseException as error:  # a cancellation: what state it is in nobody knows
        connection.invalidate(error)
        raise
    cursor.close()
    if timer:
        timer(statement, time.perf_counter() - started)
    return rows, cursor.rowcount


def _told(error: Any, statement: str, dialect: Dialect, *, is_lost: bool) -> BaseException:
    """As SQLAlchemy tells it, without the values."""
    base = dialect.loaded_dbapi.Error
    return cast("Any", DBAPIError).instance(
        statement, None, error, base, hide_parameters=True, connection_invalidated=is_lost, dialect=dialect
    )
