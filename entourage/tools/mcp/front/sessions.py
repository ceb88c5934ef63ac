"""The sessions of all clients: bounded, and gone when nobody uses them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import structlog

from entourage.kit.errors import TooMany
from entourage.tools.mcp.front.heart import BEAT_SECONDS

if TYPE_CHECKING:
    from entourage.tools.mcp.front.callers import Client
    from entourage.tools.mcp.front.changes import Changes
    from entourage.tools.mcp.front.session import Session

logger = structlog.get_logger(__name__)

IDLE_SECONDS = 1800.0
MOST_OF_A_PERSON = 1000
MOST = 20_000


class Sessions:
    """Sessions by id. A timer runs only while there are any."""

    def __init__(self, changes: Changes, idle_seconds: float = IDLE_SECONDS) -> None:
        self._changes = changes
        self._idle_seconds = idle_seconds
        self._sessions: dict[str, Session] = {}
        self._by_owner: dict[str, dict[str, Session]] = {}
        self._closing: set[asyncio.Task[None]] = set()
        self._timer: asyncio.TimerHandle | None = None

    def __len__(self) -> int:
        return len(self._sessions)

    def add(self, session: Session) -> None:
        """Keep a new session; the one its owner left alone longest gives way. Raises TooMany."""
        owner = session.client.owner_id
        mine = self._by_owner.setdefault(owner, {})
        if len(mine) >= MOST_OF_A_PERSON or len(self._sessions) >= MOST:
            idle = min((one for one in mine.values() if not one.is_busy), key=lambda one: one.used_at, default=None)
            if idle is None:
                raise TooMany(f"There are {len(mine)} sessions already.", retry_after_seconds=60)
            self.end(idle)
            mine = self._by_owner.setdefault(owner, {})
        mine[session.id] = self._sessions[session.id] = session
        self._changes.add(owner, session)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(BEAT_SECONDS, self._beat)

    def of(self, client: Client, session_id: str, path: str) -> Session | None:
        """The client's own session at this endpoint; None when it is over, or another's."""
        session = self._sessions.get(session_id)
        if session is None or session.client.key != client.key or session.path != path:
            return None
        session.used_at = time.monotonic()
        session.client = client  # a token that is newer than the one it began with
        return session

    def end(self, session: Session) -> None:
        """Forget it at once; what goes on in it is ended behind."""
        if self._sessions.pop(session.id, None) is None:
            return
        owner = session.client.owner_id
        mine = self._by_owner[owner]
        del mine[session.id]
        if not mine:
            del self._by_owner[owner]
        self._changes.remove(owner, session)
        task = asyncio.create_task(session.close(), name="mcp session ends")
        self._closing.add(task)
        task.add_done_callback(self._closed)

    def __iter__(self) -> Iterator[Session]:
        return iter(list(self._sessions.values()))

    def end_where(self, is_over: Callable[[Session], bool]) -> None:
        """End all of a kind."""
        for session in list(self._sessions.values()):
            if is_over(session):
                self.end(session)

    def expire(self, now: float | None = None) -> None:
        """End those that nobody used for long."""
        since = (time.monotonic() if now is None else now) - self._idle_seconds
        self.end_where(lambda session: session.used_at < since and not session.is_busy)

    async def close(self) -> None:
        """End all, and wait for it."""
        if self._timer is not None:
            self._timer.cancel()
        self.end_where(lambda _: True)
        await asyncio.gather(*self._closing, return_exceptions=True)

    def _beat(self) -> None:
        self._timer = None
        for session in self._sessions.values():
            session.ping()
        self.expire()
        if self._sessions:
            self._timer = asyncio.get_running_loop().call_later(BEAT_SECONDS, self._beat)

    def _closed(self, task: asyncio.Task[None]) -> None:
        self._closing.discard(task)
        if not task.cancelled() and (error := task.exception()):
            logger.warning("mcp.session_close_failed", error=type(error).__name__)
