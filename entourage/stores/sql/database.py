"""One interface over SQLite (WAL, one writer, many readers) and PostgreSQL.

    async with database.read(owner) as session: ...     # never blocks, never writes
    async with database.write(owner) as session: ...    # commits at the end, rolls back on an error
    async with database.reading(owner) as reading: ...  # the same for prepared statements: see `prepared`
    async with database.writing(owner) as writing: ...

`owner` is a user's id, or `EVERYONE` for the server's own work (sign-in, recovery, migrations).
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager, nullcontext
from functools import partial
from pathlib import Path
from typing import Any, Final, Literal, cast

from pydantic_core import from_json
from sqlalchemy import Connection, Executable, event, text
from sqlalchemy.dialects import registry
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool
from sqlalchemy.util import LRUCache
from sqlalchemy.util.concurrency import greenlet_spawn

from entourage.kit.eager import to_the_end
from entourage.kit.errors import QuotaExceeded
from entourage.stores.sql.driver import DRIVER
from entourage.stores.sql.gate import JOURNAL_BYTES, Gate
from entourage.stores.sql.lane import BEGIN, BEGIN_WRITING
from entourage.stores.sql.owned import Everyone, OwnedSession, Owner
from entourage.stores.sql.rls import EVERYONE_SETTING
from entourage.stores.sql.transactions import QueryTimer, Reading, Writing

Dialect = Literal["sqlite", "postgresql"]
POSTGRES_DRIVER: Final = "postgresql+entourage"
registry.register("postgresql.entourage", "entourage.stores.sql.postgres_driver", "Dialect")

SQLITE_PRAGMAS: Final = (
    "journal_mode=WAL",
    "busy_timeout=5000",
    "foreign_keys=ON",
    "cache_size=-16384",
    "mmap_size=134217728",
    "temp_store=MEMORY",
    f"journal_size_limit={JOURNAL_BYTES}",
)
WRITER_PRAGMAS: Final = ("busy_timeout=0", "wal_autocheckpoint=0")
"""Neither is waited for where the event loop might be: see `lane`."""


def _decoded(text: str | bytes) -> Any:
    """As `json.loads`, which takes eight times as long."""
    try:
        return from_json(text)
    except ValueError:  # lone surrogates
        return json.loads(text)


_engine: Final = partial(
    create_async_engine,
    hide_parameters=True,
    json_deserializer=_decoded,
    execution_options={"compiled_cache": LRUCache[Any, Any](2_000)},
)
"""Statements are compiled once for all engines: to compile one takes longer than most take to run."""


class _Session(AsyncSession):
    async def __aexit__(self, *error: object) -> None:
        await to_the_end(self.close())


class Database:
    """Engines and sessions. `gate` serialises the writers of this process on SQLite (the log takes it too).

    `on_query` is told each statement, without its values, and its seconds.
    """

    def __init__(
        self,
        url: str | None,
        data_dir: Path,
        *,
        synchronous: str = "NORMAL",
        pool_size: int = 10,
        on_query: QueryTimer | None = None,
    ) -> None:
        self.url = database_url(url, data_dir)
        self.dialect: Dialect = "sqlite" if self.url.get_backend_name() == "sqlite" else "postgresql"
        self.synchronous = synchronous
        self.gate = Gate(self.path)
        self._timer = on_query
        if self.dialect == "sqlite":
            self._reader = _engine(self.url, pool_size=pool_size, max_overflow=0)
            self._writer = _engine(self.url, poolclass=StaticPool)
            _configure_sqlite(self._reader, BEGIN, (*SQLITE_PRAGMAS, "query_only=ON"))
            writing = (*SQLITE_PRAGMAS, f"synchronous={synchronous}", *WRITER_PRAGMAS)
            _configure_sqlite(self._writer, BEGIN_WRITING, writing)
        else:
            self._reader = self._writer = _engine(self.url, pool_size=pool_size, max_overflow=0, pool_use_lifo=True)
            _configure_postgres(self._writer)
        if on_query:
            for engine in {self._reader, self._writer}:
                _time_queries(engine, on_query)

    @property
    def path(self) -> Path:
        """The file of an embedded database."""
        return Path(self.url.database or "")

    @asynccontextmanager
    async def read(self, owner: Owner) -> AsyncGenerator[AsyncSession]:
        """A session that reads as `owner`; what it flushes is never committed."""
        async with self._session(self._reader, owner) as session:
            await self._begin(session, owner)
            yield session

    @asynccontextmanager
    async def reading(self, owner: Owner) -> AsyncGenerator[Reading]:
        """A transaction that reads as `owner`, in a quarter of the time of a session."""
        reading = Reading(self._reader.sync_engine, owner, self._told(owner), self._timer)
        try:
            yield reading
        finally:
            await _closed(reading)

    @asynccontextmanager
    async def write(self, owner: Owner) -> AsyncGenerator[AsyncSession]:
        """A transaction as `owner`, committed at the end. Raises QuotaExceeded when the disk is full."""
        async with self._turn(), self._session(self._writer, owner) as session:
            await self._begin(session, owner)
            yield session
            await session.commit()

    @asynccontextmanager
    async def writing(self, owner: Owner) -> AsyncGenerator[Writing]:
        """As `write`, for prepared statements alone."""
        async with self._turn():
            writing = Writing(self._writer.sync_engine, owner, self._told(owner), self._timer)
            try:
                yield writing
                await greenlet_spawn(writing.commit)
            finally:
                await _closed(writing)

    @asynccontextmanager
    async def _turn(self) -> AsyncGenerator[None]:
        """Alone, where there can be but one writer. Raises QuotaExceeded when the disk is full."""
        try:
            async with self.gate if self.dialect == "sqlite" else nullcontext():
                yield
        except DBAPIError as error:
            if is_disk_full(error.orig):
                raise disk_full() from error
            raise

    def _told(self, owner: Owner) -> str | None:
        return _name_of(owner) if self.dialect == "postgresql" else None

    async def _begin(self, session: AsyncSession, owner: Owner) -> None:
        if self.dialect == "postgresql":
            await session.run_sync(_begin_as, _name_of(owner))

    def _session(self, engine: AsyncEngine, owner: Owner) -> AsyncSession:
        info = {"owner": owner, "timer": self._timer}
        return _Session(engine, expire_on_commit=False, sync_session_class=OwnedSession, info=info)

    async def ping(self) -> None:
        """One round trip. Raises whatever the driver raises."""
        async with self._reader.connect() as connection:
            await connection.run_sync(lambda direct: direct.execute(text("SELECT 1")))

    async def close(self) -> None:
        """Give every connection back."""
        await self._reader.dispose()
        if self._writer is not self._reader:
            await self._writer.dispose()
        await self.gate.close()


async def execute_many(session: AsyncSession, statement: Executable, rows: Sequence[Mapping[str, Any]]) -> None:
    """The statement for each of `rows`, past the ORM: it must name the owner itself."""
    connection = await session.connection()
    await connection.run_sync(lambda direct: direct.execute(statement, rows))


def database_url(url: str | None, data_dir: Path) -> URL:
    """The SQLAlchemy URL with our async driver: the file in `data_dir` unless `url` names another engine."""
    if url is None:
        return URL.create(DRIVER, database=str(data_dir / "entourage.db"))
    parsed = make_url(url)
    driver = {"sqlite": DRIVER, "postgresql": POSTGRES_DRIVER, "postgres": POSTGRES_DRIVER}
    backend = parsed.drivername.split("+")[0]
    if backend not in driver:
        raise ValueError(f"database_url must start with sqlite: or postgresql:, not {backend!r}")
    return parsed.set(drivername=driver[backend])


def is_disk_full(error: BaseException | None) -> bool:
    """Whether a driver's error says that there is no room left."""
    if isinstance(error, sqlite3.Error):
        return error.sqlite_errorname.startswith(("SQLITE_FULL", "SQLITE_IOERR_WRITE"))
    return getattr(error, "sqlstate", None) == "53100"


def disk_full() -> QuotaExceeded:
    """The problem a person sees when the disk is full."""
    return QuotaExceeded("The server's disk is full; nothing was changed.", hint="Free space in the data folder.")


def _configure_sqlite(engine: AsyncEngine, begin: str, pragmas: tuple[str, ...]) -> None:
    @event.listens_for(engine.sync_engine, "connect")
    def _connect(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # the driver must not begin transactions of its own
        cursor = connection.cursor()
        for pragma in pragmas:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()
        connection.begins_with = begin


def _configure_postgres(engine: AsyncEngine) -> None:
    @event.listens_for(engine.sync_engine, "checkout")
    def _checkout(connection: Any, _record: object, _proxy: object) -> None:
        connection.check()

    @event.listens_for(engine.sync_engine, "checkin")
    def _checkin(connection: Any, _record: object) -> None:
        if connection is not None:
            connection.leave()


async def _closed(transaction: Reading) -> None:
    if transaction.is_begun:
        await to_the_end(greenlet_spawn(transaction.close))


def _name_of(owner: Owner) -> str:
    return EVERYONE_SETTING if isinstance(owner, Everyone) else owner


def _begin_as(session: Session, name: str) -> None:
    """Whom the transaction is for is told to PostgreSQL when it begins, with its first statement."""
    cast("Any", session.connection().connection.dbapi_connection).owner = name


def _time_queries(engine: AsyncEngine, on_query: QueryTimer) -> None:
    @event.listens_for(engine.sync_engine, "before_cursor_execute")
    def _before(_connection: Connection, _cursor: Any, _text: str, _values: Any, context: Any, _many: bool) -> None:
        context.entourage_started = time.perf_counter()

    @event.listens_for(engine.sync_engine, "after_cursor_execute")
    def _after(_connection: Connection, _cursor: Any, statement: str, _values: Any, context: Any, _many: bool) -> None:
        on_query(statement, time.perf_counter() - context.entourage_started)
