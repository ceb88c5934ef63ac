"""The driver of a Neo4j: opened when it is first needed, its failures told as ours."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import unquote, urlsplit, urlunsplit

from entourage.kit.errors import Invalid, TimedOut, Unavailable
from entourage.stores.graph.neo4j.schema import migrate

if TYPE_CHECKING:
    from neo4j import AsyncDriver, AsyncManagedTransaction

CONNECT_SECONDS = 5.0
RETRY_SECONDS = 15.0
POOL_SIZE = 20

T = TypeVar("T")


class Connection:
    """One driver. `url` may hold a user, a password, and a database as its path."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        host = parts.netloc.rpartition("@")[2]
        self._url = urlunsplit((parts.scheme, host, "", parts.query, ""))
        self._auth = (unquote(parts.username), unquote(parts.password or "")) if parts.username else None
        self._database = parts.path.strip("/") or None
        self._driver: AsyncDriver | None = None
        self._opening = asyncio.Lock()

    async def read(self, work: Callable[[AsyncManagedTransaction], Awaitable[T]], timeout_seconds: float = 30.0) -> T:
        """Do the work in a reading transaction. Raises Unavailable, Invalid, TimedOut."""
        return await self._work(work, "READ", timeout_seconds)

    async def write(self, work: Callable[[AsyncManagedTransaction], Awaitable[T]]) -> T:
        """Do the work in a writing transaction, again when another was in the way."""
        return await self._work(work, "WRITE", 60.0)

    async def migrate(self) -> int:
        """Bring constraints and indexes up; the version of the schema."""
        async with _told():
            return await migrate(await self._open())

    async def close(self) -> None:
        if self._driver:
            await self._driver.close()

    async def _work(
        self, work: Callable[[AsyncManagedTransaction], Awaitable[T]], mode: str, timeout_seconds: float
    ) -> T:
        from neo4j import unit_of_work

        timed = unit_of_work(timeout=timeout_seconds)(work)
        async with _told():
            driver: Any = await self._opened()
            async with driver.session(database=self._database, default_access_mode=mode) as session:
                execute: Any = session.execute_read if mode == "READ" else session.execute_write
                return await execute(timed)

    async def _opened(self) -> AsyncDriver:
        """The driver, of a database whose schema is up."""
        async with self._opening:
            if self._driver is None:
                driver = await self._open()
                try:
                    await migrate(driver)
                except BaseException:
                    await driver.close()
                    raise
                self._driver = driver
            return self._driver

    async def _open(self) -> AsyncDriver:
        if self._driver:
            return self._driver
        try:
            from neo4j import AsyncGraphDatabase
        except ImportError:
            raise Unavailable("The Neo4j driver is not installed.", hint="Install entourage[neo4j].") from None
        opened: Any = AsyncGraphDatabase
        return opened.driver(
            self._url,
            auth=self._auth,
            max_connection_pool_size=POOL_SIZE,
            connection_timeout=CONNECT_SECONDS,
            connection_acquisition_timeout=CONNECT_SECONDS,
            max_transaction_retry_time=RETRY_SECONDS,
            notifications_min_severity="OFF",
        )


@asynccontextmanager
async def _told() -> AsyncGenerator[None]:
    """Failures of the driver as problems."""
    from neo4j.exceptions import AuthError, ClientError, DriverError, Neo4jError

    try:
        yield
    except AuthError:
        raise Unavailable("Neo4j does not take the user and password of ENTOURAGE_GRAPH_URL.") from None
    except Neo4jError as error:
        code, said = error.code or "", error.message or ""
        if "TransactionTimedOut" in code or "Terminated" in code:
            raise TimedOut("The graph took too long.", hint="Ask for less, or give it more time.") from None
        if isinstance(error, ClientError) and code.startswith("Neo.ClientError.Statement"):
            raise Invalid(f"Neo4j refuses the query: {said.splitlines()[0][:300] if said else code}") from None
        raise Unavailable(f"Neo4j failed: {code}.") from error
    except (DriverError, OSError) as error:
        raise Unavailable("The graph's Neo4j cannot be reached.", hint="Is ENTOURAGE_GRAPH_URL right?") from error
