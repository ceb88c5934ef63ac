"""SQLAlchemy's asyncpg dialect with fewer ways to the server and back.

As it comes, a transaction takes five of them before and after its own statements: three to see whether the connection
lives, one to begin, one to say whom it is for. Here it takes one: it begins and says so in the same message.
"""

from __future__ import annotations

import time
from typing import Any, Final, cast

from sqlalchemy.dialects.postgresql.asyncpg import (
    AsyncAdapt_asyncpg_connection,
    AsyncAdapt_asyncpg_dbapi,
    PGDialect_asyncpg,
)
from sqlalchemy.exc import DisconnectionError, InvalidatePoolError
from sqlalchemy.util.concurrency import await_

PREPARED_STATEMENTS: Final = 1_000
"""Of each connection. SQLAlchemy keeps 100; we have more, and each that was dropped is prepared again."""
TRUSTED_IDLE_SECONDS: Final = 5.0
"""A connection that rested longer is asked whether it lives; one that broke is known without that."""


class _Transaction:
    """What the adapter ends a transaction with."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    async def commit(self) -> None:
        await self._connection.execute("COMMIT")

    async def rollback(self) -> None:
        await self._connection.execute("ROLLBACK")


class Connection(AsyncAdapt_asyncpg_connection):
    """`owner` is whom the next transaction is for; it is forgotten with its end."""

    __slots__ = ("_rests_since", "owner")

    def __init__(self, dbapi: Any, connection: Any, **options: Any) -> None:
        cast("Any", super()).__init__(dbapi, connection, **options)
        self.owner: str | None = None
        self._rests_since = time.monotonic()

    @property
    def _raw(self) -> Any:
        return self._connection

    def leave(self) -> None:
        """It goes back to the pool."""
        self.owner, self._rests_since = None, time.monotonic()

    def check(self) -> None:
        """It comes from the pool. Raises DisconnectionError when it is of no use any more."""
        if self._raw.is_closed():
            raise DisconnectionError
        if time.monotonic() - self._rests_since > TRUSTED_IDLE_SECONDS:
            try:
                self.ping()
            except self.dbapi.Error as error:
                raise InvalidatePoolError from error

    async def _start_transaction(self) -> None:
        if cast("Any", self).isolation_level is not None:
            await super()._start_transaction()
            return
        owner = "" if self.owner is None else f"; SET LOCAL entourage.owner = {_quoted(self.owner)}"
        try:
            await self._raw.execute(f"BEGIN{owner}")
        except Exception as error:
            self._handle_exception(error)
        self._transaction = cast("Any", _Transaction(self._raw))

    async def _call_and_discard(self, fn: Any) -> None:
        self.owner = None
        await super()._call_and_discard(fn)


class _Module(AsyncAdapt_asyncpg_dbapi):
    def connect(self, *arg: Any, **kw: Any) -> Connection:
        kept = kw.pop("prepared_statement_cache_size", PREPARED_STATEMENTS)
        opened = cast("Any", self).asyncpg.connect(*arg, **kw)
        return await_(Connection.create(self, opened, prepared_statement_cache_size=kept))


class Dialect(PGDialect_asyncpg):
    """`postgresql+entourage`."""

    driver = "entourage"
    supports_statement_cache = True

    def __hash__(self) -> int:
        return hash(Dialect)  # what is compiled for one engine is right for all: see `database`

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Dialect)

    @classmethod
    def import_dbapi(cls) -> AsyncAdapt_asyncpg_dbapi:
        import asyncpg

        return _Module(asyncpg)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
