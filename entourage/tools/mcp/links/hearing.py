"""Hearing what a server tells unasked over HTTP: a stream that is opened again whenever it ends."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from entourage.tools.mcp.links import jsonrpc
from entourage.tools.mcp.links.answers import decoded
from entourage.tools.mcp.links.call import Call
from entourage.tools.mcp.links.eras import stamped
from entourage.tools.mcp.links.errors import LinkFailed
from entourage.tools.mcp.links.events import EventReader
from entourage.tools.mcp.links.sending import sent
from entourage.wire.failures import WireFailed

if TYPE_CHECKING:
    from entourage.tools.mcp.links.conversation import Conversation
    from entourage.tools.mcp.links.http import HttpLink
    from entourage.tools.mcp.links.link import JsonObject, LinkListener, ListKind
    from entourage.wire.reply import Flow

_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.25, 30.0
_KINDS: tuple[ListKind, ...] = ("tools", "resources", "prompts")


async def hear_legacy(link: HttpLink, listener: LinkListener, conversation: Conversation) -> None:
    """The GET stream. A server that has none says so once and is not asked again."""
    reader = EventReader()

    def request() -> bytes:
        headers = link.headers()
        if reader.last_id is not None:
            headers.append(("Last-Event-ID", reader.last_id))
        return link.endpoint.bodiless("GET", headers)

    await _Hearing(link, listener, conversation, reader).go_on(request)


async def hear_modern(link: HttpLink, listener: LinkListener, conversation: Conversation, wanted: JsonObject) -> None:
    """`subscriptions/listen`: a request whose answer comes only when the server has no more to tell."""

    def request() -> bytes:
        call = Call(conversation.next_id(), "subscriptions/listen")
        params = stamped(link.era, link.protocol_version, {"notifications": wanted}, None, call)
        return link.endpoint.post(jsonrpc.request(call.id, call.method, params), link.headers(call.method, params))

    await _Hearing(link, listener, conversation, EventReader()).go_on(request)


class _Hearing:
    def __init__(self, link: HttpLink, listener: LinkListener, conversation: Conversation, reader: EventReader) -> None:
        self._link = link
        self._listener = listener
        self._conversation = conversation
        self._reader = reader
        self._flow: Flow | None = None

    async def go_on(self, request: Callable[[], bytes]) -> None:
        """Listen until the link is closed, or the server says that it has nothing to tell."""
        pause, is_first = _FIRST_PAUSE_SECONDS, True
        while self._link.is_open:
            try:
                if not await self._once(request(), is_first):
                    return
                pause = _FIRST_PAUSE_SECONDS
            except (LinkFailed, WireFailed):
                pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)
            is_first = False
            told = self._reader.retry_ms
            await asyncio.sleep(pause if told is None else min(told / 1000, _LONGEST_PAUSE_SECONDS))

    async def _once(self, request: bytes, is_first: bool) -> bool:
        reply = await sent(self._link.streams, self._link.endpoint, request)
        if reply.stream is None:
            return reply.status in {429, 500, 502, 503, 504}
        if not is_first and self._reader.last_id is None:
            self._missed()
        self._flow = reply.stream
        await reply.stream.flow(self._take)
        return True

    def _missed(self) -> None:
        """Nobody listened for a while: whatever may have changed is looked at again."""
        for kind in _KINDS:
            if self._link.hello.tells_of(kind):
                self._listener.list_changed(kind)

    def _take(self, data: bytes) -> None:
        for event in self._reader.feed(data):
            for message in decoded(event.data):
                self._conversation.take(message)
