"""Short words between the processes of one database, sent once the transaction that says them has committed.

PostgreSQL carries them by LISTEN/NOTIFY. An embedded database has one process: they are function calls. Words to others
go a crowd at a time, in a transaction of their own: commits that notify wait for each other, and a word costs a way to
the server. A word may be lost with a connection, or with a process that dies between the two commits; listeners hear
`AGAIN` once there is a new connection, and look for themselves from time to time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any, Final, cast

import structlog
from sqlalchemy import text

from entourage.kit.ids import new_id
from entourage.stores.sql.database import Database
from entourage.stores.sql.owned import EVERYONE, when_committed
from entourage.stores.sql.prepared import Prepared, Within, dialect_of

logger = structlog.get_logger(__name__)

CHANNEL = "entourage_bus"
AGAIN: Final = ""
RECONNECT_SECONDS = 0.3
CHECK_SECONDS = 5.0

Hears = Callable[[str], None]


class Notices:
    """Says and hears words. Without `start` only words of this process are heard."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._origin = new_id()[-12:]
        self._listeners: list[Hears] = []
        self._listening: asyncio.Task[None] | None = None
        self._outgoing: dict[str, None] = {}
        self._sending: asyncio.Task[None] | None = None
        self.heard_by_others = database.dialect == "postgresql"
        """Whether other processes may hear what is said."""

    def listen(self, hears: Hears) -> None:
        """Call `hears` with each word, `AGAIN` when some may be lost; it must return at once."""
        self._listeners.append(hears)

    def say(self, within: Within, word: str, *, here: bool = True) -> None:
        """Say it once the session's transaction has committed; with `here` to this process, too."""
        when_committed(within, partial(self._said, word, here))

    def say_now(self, word: str) -> None:
        """Say it to the other processes."""
        self._said(word, here=False)

    async def start(self) -> None:
        """Begin to hear the other processes."""
        if self.heard_by_others:
            self._listening = asyncio.create_task(self._listen(), name="notices")

    async def close(self) -> None:
        """Say what is still to be said, and hear nothing any more."""
        if self._sending:
            await self._sending
        if self._listening:
            self._listening.cancel()
            await asyncio.gather(self._listening, return_exceptions=True)

    def _said(self, word: str, here: bool) -> None:
        if here:
            self._tell(word)
        if self.heard_by_others:
            self._outgoing[word] = None
            if self._sending is None or self._sending.done():
                self._sending = asyncio.create_task(self._send(), name="notices-send")

    async def _send(self) -> None:
        while self._outgoing:
            words, self._outgoing = [f"{self._origin} {word}" for word in self._outgoing], {}
            try:
                async with self._database.writing(EVERYONE) as writing:
                    await _NOTIFY_ALL.all(writing, channel=CHANNEL, words=words)
            except Exception as error:  # the engine is away; whoever listens looks for itself
                logger.warning("notices.unsaid", words=len(words), error=type(error).__name__)

    def _tell(self, word: str) -> None:
        for hears in self._listeners:
            hears(word)

    def _heard(self, _connection: object, _pid: int, _channel: str, payload: object) -> None:
        origin, _, word = str(payload).partition(" ")
        if origin != self._origin:
            self._tell(word)

    async def _listen(self) -> None:
        while True:
            try:
                await self._listen_once()
            except Exception as error:  # the engine is away; whoever listens looks for itself meanwhile
                logger.warning("notices.lost", error=type(error).__name__)
            await asyncio.sleep(RECONNECT_SECONDS)

    async def _listen_once(self) -> None:
        import asyncpg

        dsn = self._database.url.set(drivername="postgresql").render_as_string(hide_password=False)
        connection: Any = await cast("Any", asyncpg).connect(dsn, timeout=CHECK_SECONDS)
        lost = asyncio.Event()

        def ended(_connection: object) -> None:
            lost.set()

        connection.add_termination_listener(ended)
        try:
            await connection.add_listener(CHANNEL, self._heard)
            self._tell(AGAIN)
            while not lost.is_set():
                with suppress(TimeoutError):
                    async with asyncio.timeout(CHECK_SECONDS):
                        await lost.wait()
                    break
                await connection.execute("SELECT 1", timeout=CHECK_SECONDS)
        finally:
            with suppress(Exception):
                await connection.close(timeout=1)


_NOTIFY_ALL = Prepared(text("SELECT pg_notify(:channel, word) FROM unnest(CAST(:words AS text[])) AS word"))
_NOTIFY = Prepared(text("SELECT pg_notify(:channel, :word)"))


async def notify(within: Within, word: str) -> None:
    """Say it to every process, this one too, with the commit of the transaction: for whoever has no `Notices`."""
    if dialect_of(within).name == "postgresql":
        await _NOTIFY.first(within, channel=CHANNEL, word=f" {word}")
