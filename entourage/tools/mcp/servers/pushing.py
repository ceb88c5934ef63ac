"""A second link to a server elsewhere that speaks both eras: in the older one it can ask a client in mid-call.

A server that pushes elicitation and sampling tells clients behind a modern link that it cannot.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeAlias

from entourage.tools.mcp.links.errors import LinkFailed, McpError

if TYPE_CHECKING:
    from entourage.tools.mcp.links.link import JsonObject, LinkListener, ListKind, OpenLink
    from entourage.tools.tool import Interactive

OpenLegacy: TypeAlias = "Callable[[LinkListener], Awaitable[OpenLink]]"
_ASKED = frozenset({"elicitation", "sampling", "roots"})


class Pushing:
    """Implements `LinkListener`: what the first link tells as well is not told again."""

    def __init__(self, open_link: OpenLegacy) -> None:
        self._open = open_link
        self._link: OpenLink | None = None
        self._starting = asyncio.Lock()
        self._is_refused = False
        self._closing: asyncio.Task[None] | None = None

    async def link(self) -> OpenLink | None:
        """The link, opened if need be; None when the server has no older era."""
        if self._link is not None or self._is_refused:
            return self._link
        async with self._starting:
            if self._link is None and not self._is_refused:
                try:
                    self._link = await self._open(self)
                except (LinkFailed, McpError):
                    self._is_refused = True
            return self._link

    async def close(self) -> None:
        """End it; whether the server refuses is found out anew."""
        link, self._link, self._is_refused = self._link, None, False
        if link is not None:
            await link.close()
        if self._closing is not None:
            await asyncio.gather(self._closing, return_exceptions=True)

    def list_changed(self, kind: ListKind) -> None:
        """The first link hears that, too."""

    def resource_updated(self, uri: str) -> None:
        """Only the first link watches resources."""

    def logged(self, params: JsonObject) -> None:
        """What belongs to no call is logged on the first link."""

    def noise(self, line: str) -> None:
        """A server elsewhere prints nothing."""

    def lost(self, why: str) -> None:
        link, self._link = self._link, None
        if link is not None:
            self._closing = asyncio.create_task(link.close())


def may_be_asked(ask: Interactive | None) -> bool:
    """Whether a client of the older era is behind a call, and can answer questions."""
    return ask is not None and not ask.raw_rounds and not _ASKED.isdisjoint(ask.capabilities)
