"""Answers that come as a stream of events, and answers that are refusals."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

import msgspec

from entourage.tools.mcp.links import jsonrpc
from entourage.tools.mcp.links.errors import LinkFailed, LinkLost, McpError, NotConnected
from entourage.tools.mcp.links.events import EventReader
from entourage.tools.mcp.links.sending import sent
from entourage.wire.failures import WireFailed

if TYPE_CHECKING:
    from entourage.tools.mcp.links.call import Call
    from entourage.tools.mcp.links.conversation import Conversation
    from entourage.tools.mcp.links.http import HttpLink
    from entourage.tools.mcp.links.link import JsonObject
    from entourage.wire.reply import Flow

_MOST_RESUMPTIONS = 20
_PAUSE_MS = 1000
_LONGEST_PAUSE_MS = 10_000
_DRAIN_SECONDS = 2.0


class Answer:
    """Reads the stream of one call until its answer. A stream that ends early is taken up again where it can be."""

    def __init__(self, link: HttpLink, conversation: Conversation, call: Call) -> None:
        self._link = link
        self._conversation = conversation
        self._call = call
        self._reader = EventReader()
        self._flow: Flow
        self._waiter: asyncio.Future[JsonObject] = asyncio.get_running_loop().create_future()
        call.waiter = self._waiter

    async def of(self, flow: Flow) -> JsonObject:
        """The result. Raises McpError, LinkLost."""
        try:
            await self._read(flow)
            for _ in range(_MOST_RESUMPTIONS):
                if self._waiter.done():
                    break
                await self._resumed()
            if self._waiter.done():
                return self._waiter.result()
            raise LinkLost(f"the stream ended without the answer to {self._call.method}")
        finally:
            self._waiter.cancel()

    async def _read(self, flow: Flow) -> None:
        self._flow = flow
        try:
            is_whole = await flow.flow(self._take)
        except WireFailed as error:
            if not self._waiter.done() and self._reader.last_id is None:
                raise LinkLost(str(error)) from error
            return
        if not is_whole:
            self._link.background(_drained(flow))

    def _take(self, data: bytes) -> None:
        for event in self._reader.feed(data):
            for message in decoded(event.data):
                if message.method is None and message.id == self._call.id:
                    self._call.told(message)
                    self._flow.pause()
                else:
                    self._conversation.take(message, self._call)

    async def _resumed(self) -> None:
        """Servers may end a stream on purpose and be asked for the rest of it a little later."""
        if self._reader.last_id is None:
            raise LinkLost(f"the stream ended without the answer to {self._call.method}")
        if self._call.ask is not None:
            self._call.ask.parted()
        await asyncio.sleep(min(self._reader.retry_ms or _PAUSE_MS, _LONGEST_PAUSE_MS) / 1000)
        headers = [*self._link.headers(), ("Last-Event-ID", self._reader.last_id)]
        request = self._link.endpoint.bodiless("GET", headers)
        with suppress(NotConnected):
            reply = await sent(self._link.streams, self._link.endpoint, request)
            if reply.stream is None:
                raise LinkLost(f"the stream of {self._call.method} cannot be taken up again ({reply.status})")
            await self._read(reply.stream)


async def _drained(flow: Flow) -> None:
    """See the stream to its end, so that its connection can be used again."""
    try:
        async with asyncio.timeout(_DRAIN_SECONDS):
            while not await flow.flow(_ignore):
                pass
    except (WireFailed, TimeoutError):
        flow.abort()


def _ignore(_: bytes) -> None:
    pass


def decoded(data: bytes) -> list[jsonrpc.Message]:
    """The messages of an event; none when it is rubbish."""
    try:
        return jsonrpc.decode(data)
    except msgspec.DecodeError:
        return []


def refused(status: int, body: bytes) -> LinkFailed | McpError:
    """What a status of 400 and more means."""
    for message in decoded(body):
        if message.error is not None:
            return message.error.raised()
    if status in {401, 403}:
        return NotConnected(f"the server refuses whoever calls ({status}); check its key")
    if status in {500, 502, 504}:
        return LinkLost(f"the server failed ({status})")
    return NotConnected(f"the server answered {status}")
