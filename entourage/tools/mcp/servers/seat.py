"""One replica of a server for one person: started when it is needed, again when it died, stopped when it is idle."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Literal, TypeAlias

from entourage.tools.mcp.links.errors import LinkFailed, McpError, NotConnected
from entourage.tools.mcp.servers.filling import Secrets
from entourage.tools.mcp.servers.logs import told
from entourage.tools.mcp.servers.pushing import Pushing, may_be_asked
from entourage.tools.mcp.servers.waiting import shared

if TYPE_CHECKING:
    from entourage.tools.mcp.links.link import Era, JsonObject, LinkListener, ListKind, OpenLink
    from entourage.tools.mcp.servers.definition import Replica
    from entourage.tools.mcp.servers.logs import Ring
    from entourage.tools.path.breaker import Breaker
    from entourage.tools.tool import Interactive

SeatState: TypeAlias = Literal["idle", "starting", "ready", "unavailable"]

_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.25, 30.0
_SETTLED_SECONDS = 10.0
"""A link that held so long is not the cause of the next failure."""

Open: TypeAlias = "Callable[[Replica, LinkListener, Era | None, Callable[[Secrets], None]], Awaitable[OpenLink]]"


class News:
    """Who is told what a seat hears: the backend it belongs to."""

    def list_changed(self, kind: ListKind) -> None:
        """A list is another one."""

    def resource_updated(self, uri: str) -> None:
        """A resource has changed."""

    async def opened(self, link: OpenLink) -> None:
        """A link was opened; nothing is called through it before this is done."""


class Seat:
    """Implements `LinkListener` for its links."""

    def __init__(self, index: int, replica: Replica, open_link: Open, news: News, ring: Ring, breaker: Breaker) -> None:
        self.index = index
        self.replica = replica
        self.weight = replica.weight
        self.breaker = breaker
        self.in_flight = 0
        self.last_error: str | None = None
        self.started_at: float | None = None
        self.secrets = Secrets()
        self._open = open_link
        self._news = news
        self._ring = ring
        self._link: OpenLink | None = None
        self._starting: asyncio.Task[OpenLink] | None = None
        self._era: Era | None = None
        self._failures = 0
        self._not_before = 0.0
        self._closing: asyncio.Task[None] | None = None
        self._pushing = Pushing(self._open_legacy)

    @property
    def state(self) -> SeatState:
        if self._link is not None:
            return "ready"
        if self._starting is not None:
            return "starting"
        return "unavailable" if self._failures else "idle"

    @property
    def current(self) -> OpenLink | None:
        """The link, if one is open."""
        return self._link

    @property
    def may_start(self) -> bool:
        """Whether a start would be tried now."""
        return self._link is not None or time.monotonic() >= self._not_before

    async def link(self) -> OpenLink:
        """The link, opened if need be. Raises LinkFailed, McpError."""
        if self._link is not None:
            return self._link
        if self._starting is None:
            wait = self._not_before - time.monotonic()
            if wait > 0:
                raise NotConnected(f"{self.last_error or 'it failed'}; it is tried again in {wait:.1f} s")
            self._starting = asyncio.create_task(self._start())
            self._starting.add_done_callback(_seen)
        return await shared(self._starting)

    async def link_for(self, ask: Interactive | None) -> OpenLink:
        """The link for a call: the one over which a server can ask this client, where there is a choice."""
        link = await self.link()
        if link.era == "modern" and self.replica.url and may_be_asked(ask):
            return await self._pushing.link() or link
        return link

    async def _open_legacy(self, listener: LinkListener) -> OpenLink:
        return await self._open(self.replica, listener, "legacy", self._keep)

    async def _start(self) -> OpenLink:
        try:
            link = await self._open(self.replica, self, self._era, self._keep)
            await self._greeted(link)
        except (LinkFailed, McpError) as error:
            self._failed(str(error))
            raise
        finally:
            self._starting = None
        return link

    async def _greeted(self, link: OpenLink) -> None:
        self._ring.add("gateway", f"connected: MCP {link.protocol_version}")
        try:
            await self._news.opened(link)
            if not link.is_open:
                raise NotConnected(self.last_error or "the server ended as soon as it was started")
        except BaseException:
            await link.close()
            raise
        self._link, self._era, self.started_at = link, link.era, time.time()

    def _keep(self, secrets: Secrets) -> None:
        self.secrets = secrets

    def _failed(self, why: str) -> None:
        self.last_error = self.secrets.out_of(why)[:500]
        self._ring.add("gateway", self.last_error, "error")
        self._failures += 1
        if self._failures > 1:
            pause = min(_FIRST_PAUSE_SECONDS * 2 ** (self._failures - 2), _LONGEST_PAUSE_SECONDS)
            self._not_before = time.monotonic() + pause

    def worked(self) -> None:
        """A request was answered: whatever happened before is over."""
        self._failures = 0

    async def stop(self) -> None:
        """End the link and what is behind it; the next request opens another."""
        starting, link = self._starting, self._link
        self._starting = self._link = self.started_at = None
        if starting is not None:
            starting.cancel()
            await asyncio.gather(starting, return_exceptions=True)
        if link is not None:
            await link.close()
        await self._pushing.close()
        if self._closing is not None:
            await asyncio.gather(self._closing, return_exceptions=True)

    def forgive(self) -> None:
        """Somebody says that it will work now: try at once."""
        self._failures, self._not_before, self._era = 0, 0.0, None

    # what its links tell

    def list_changed(self, kind: ListKind) -> None:
        self._news.list_changed(kind)

    def resource_updated(self, uri: str) -> None:
        self._news.resource_updated(uri)

    def logged(self, params: JsonObject) -> None:
        level, text = told(params)
        self._ring.add("log", self.secrets.out_of(text), level)

    def noise(self, line: str) -> None:
        self._ring.add("stderr", self.secrets.out_of(line))

    def lost(self, why: str) -> None:
        link, self._link = self._link, None
        if link is None:
            self.last_error = self.secrets.out_of(why)
            return
        if self.started_at is not None and time.time() - self.started_at > _SETTLED_SECONDS:
            self._failures = 0
        self.started_at = None
        self._failed(why)
        self._closing = asyncio.create_task(link.close())


def _seen(task: asyncio.Task[OpenLink]) -> None:
    """Whoever waited has the error; nobody may have."""
    if not task.cancelled():
        task.exception()
