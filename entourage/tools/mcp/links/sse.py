"""A link over the old HTTP+SSE transport: one stream of events brings all that comes, posts take all that goes."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from entourage.tools.mcp.links.channel import ChannelLink
from entourage.tools.mcp.links.endpoint import Endpoint
from entourage.tools.mcp.links.errors import LinkFailed, LinkLost, NotConnected
from entourage.tools.mcp.links.events import EventReader
from entourage.tools.mcp.links.sending import sent
from entourage.wire.failures import WireFailed
from entourage.wire.origin import split_url

if TYPE_CHECKING:
    from collections.abc import Mapping

    from entourage.tools.mcp.links.link import LinkListener
    from entourage.wire.client import Wire
    from entourage.wire.reply import Flow


class SseLink(ChannelLink):
    """Messages are posted one after the other, so that they arrive in the order they were sent."""

    def __init__(
        self, listener: LinkListener, url: str, headers: Mapping[str, str], calls: Wire, streams: Wire
    ) -> None:
        super().__init__(listener)
        self._url = url
        self._endpoint = Endpoint(url, headers)
        self._calls = calls
        self._streams = streams
        self._target: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self._outbox: asyncio.Queue[bytes] = asyncio.Queue(1024)
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self, *, seconds: float) -> None:
        """Open the stream and greet the server. Raises LinkFailed, McpError."""
        try:
            reply = await sent(self._streams, self._endpoint, self._endpoint.bodiless("GET", ()))
            if reply.stream is None:
                raise NotConnected(f"the server gave no stream of events (it answered {reply.status})")
            self._tasks = [asyncio.create_task(self._read(reply.stream)), asyncio.create_task(self._post())]
            # the transport is older than the modern era: nobody speaks that over it
            await self.open(known_era="legacy", seconds=seconds)
        except BaseException:
            await self.close()
            raise

    def _write(self, body: bytes) -> None:
        if not self._is_open:
            raise NotConnected(self._closed_because)
        try:
            self._outbox.put_nowait(body)
        except asyncio.QueueFull:
            raise NotConnected("the server takes no messages any more") from None

    async def _read(self, stream: Flow) -> None:
        reader = EventReader()

        def take(data: bytes) -> None:
            for event in reader.feed(data):
                if event.name == "endpoint":
                    self._found(event.data.decode(errors="replace"))
                elif event.name == "message":
                    self._received(event.data)

        why = "the server ended the stream"
        try:
            await stream.flow(take)
        except (WireFailed, LinkFailed) as error:
            why = str(error)
        if not self._target.done():
            self._target.set_exception(NotConnected(why))
        self._lose(why)

    def _found(self, where: str) -> None:
        """The server says where to post. It must be itself: the posts carry the secrets meant for it."""
        whole = urljoin(self._url, where.strip())
        parts = urlsplit(whole)
        if split_url(whole)[0] != self._endpoint.origin:
            raise LinkLost("the server wants messages to be posted to another server")
        if not self._target.done():
            self._target.set_result(Endpoint.target_of(parts.path or "/", parts.query))

    async def _post(self) -> None:
        with suppress(LinkFailed):
            target = await self._target
            while True:
                request = self._endpoint.post(await self._outbox.get(), (), target)
                try:
                    reply = await sent(self._calls, self._endpoint, request)
                except LinkFailed as error:
                    self._lose(str(error))
                    return
                if reply.status >= 400:
                    self._lose(f"the server refused a message ({reply.status})")
                    return

    async def close(self) -> None:
        await super().close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._target.done() and not self._target.cancelled():
            self._target.exception()
