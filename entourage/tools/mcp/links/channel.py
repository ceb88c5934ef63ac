"""A link whose messages all share one channel: the pipes of a process, or a stream of events with posts beside it."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import msgspec

from entourage.tools.mcp.links import jsonrpc
from entourage.tools.mcp.links.base import BaseLink
from entourage.tools.mcp.links.call import Call
from entourage.tools.mcp.links.errors import LinkFailed, McpError, NotConnected

if TYPE_CHECKING:
    from entourage.tools.mcp.links.link import JsonObject, LinkListener


class ChannelLink(BaseLink):
    """Answers find their calls by id, in whatever order they come."""

    def __init__(self, listener: LinkListener) -> None:
        super().__init__(listener)
        self._listening: asyncio.Task[None] | None = None

    @abstractmethod
    def _write(self, body: bytes) -> None:
        """Send one message, now or in order soon. Raises LinkFailed."""

    def _received(self, data: bytes) -> None:
        """One message has come, or what should be one."""
        try:
            messages = jsonrpc.decode(data)
        except (msgspec.DecodeError, msgspec.ValidationError):
            self._listener.noise(data[:2000].decode(errors="replace"))
            return
        for message in messages:
            self._conversation.take(message)

    async def _exchange(self, call: Call, params: Mapping[str, Any] | None) -> JsonObject:
        if not self._is_open:
            raise NotConnected(self._closed_because)
        waiter = call.waiter = asyncio.get_running_loop().create_future()
        self._conversation.begin(call)
        try:
            self._write(jsonrpc.request(call.id, call.method, params))
            return await waiter
        finally:
            self._conversation.end(call)

    async def _say(self, method: str, params: Mapping[str, Any] | None) -> None:
        self._write(jsonrpc.notification(method, params))

    def _answer(self, body: bytes) -> None:
        with suppress(LinkFailed):
            self._write(body)

    def _stop(self, call: Call) -> None:
        if call.method == "initialize" or not self._is_open:
            return
        with suppress(LinkFailed):
            self._write(jsonrpc.notification("notifications/cancelled", {"requestId": call.id, "reason": "not needed"}))

    async def _listen(self) -> None:
        if self.era == "legacy":
            return
        if self._listening is not None:
            self._listening.cancel()
            self._listening = None
        if (wanted := self._wanted) is not None:
            self._listening = asyncio.create_task(self._hear(wanted))

    async def _hear(self, wanted: JsonObject) -> None:
        """A request that is answered only when the server has no more to tell."""
        with suppress(LinkFailed, McpError):
            await self.request("subscriptions/listen", {"notifications": wanted}, timeout_seconds=None)

    async def close(self) -> None:
        if self._listening is not None:
            self._listening.cancel()
        await super().close()
