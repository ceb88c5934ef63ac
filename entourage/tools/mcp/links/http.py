"""A link over streamable HTTP: each request is a POST of its own, answered by JSON or by a stream of events."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import msgspec

from entourage.tools.mcp.links import eras, jsonrpc
from entourage.tools.mcp.links.answers import Answer, refused
from entourage.tools.mcp.links.base import BaseLink
from entourage.tools.mcp.links.errors import LinkFailed, LinkLost, McpError, NotConnected
from entourage.tools.mcp.links.headers import MARK, ParamHeaders, declared_headers, modern_headers
from entourage.tools.mcp.links.hearing import hear_legacy, hear_modern
from entourage.tools.mcp.links.sending import sent

if TYPE_CHECKING:
    from entourage.tools.mcp.links.call import Call
    from entourage.tools.mcp.links.endpoint import Endpoint
    from entourage.tools.mcp.links.link import Era, JsonObject, LinkListener
    from entourage.wire.client import Wire
    from entourage.wire.reply import Reply

SESSION = b"mcp-session-id"
_CLOSING_SECONDS = 2.0


class HttpLink(BaseLink):
    """`calls` carries requests; `streams` waits without end for what the server tells unasked."""

    def __init__(self, listener: LinkListener, endpoint: Endpoint, calls: Wire, streams: Wire) -> None:
        super().__init__(listener)
        self.endpoint = endpoint
        self.streams = streams
        self._calls = calls
        self._session: str | None = None
        self._declared: dict[str, ParamHeaders] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._hearing: asyncio.Task[None] | None = None
        self._greeting = asyncio.Lock()

    async def start(self, *, known_era: Era | None = None, seconds: float) -> None:
        """Greet the server. Raises LinkFailed, McpError."""
        try:
            await self.open(known_era=known_era, seconds=seconds)
        except BaseException:
            await self.close()
            raise

    # sending

    def headers(self, method: str = "", params: Mapping[str, Any] | None = None) -> list[tuple[str, str]]:
        """What goes with a request beside the endpoint's own headers."""
        if self._hello is None:
            version = eras.NEWEST_MODERN if method == "server/discover" else None
        else:
            version = None if method == "initialize" else self._hello.version
        found = [("MCP-Protocol-Version", version)] if version else []
        if self._session is not None:
            found.append(("Mcp-Session-Id", self._session))
        if version in eras.MODERN and method:
            found.extend(modern_headers(method, params, self._declared))
        return found

    async def _exchange(self, call: Call, params: Mapping[str, Any] | None) -> JsonObject:
        body = jsonrpc.request(call.id, call.method, params)
        session = self._session
        reply = await self._post(body, self.headers(call.method, params), may_repeat=call.method != "tools/call")
        if session is not None and _has_forgotten(reply):
            await self._greet_again(session)
            reply = await self._post(body, self.headers(call.method, params))
        if call.method == "initialize" and (session_id := reply.header(SESSION)):
            self._session = session_id.decode("latin-1")
        if reply.stream is None:
            return self._whole(call, reply)
        self._conversation.begin(call)
        try:
            return await Answer(self, self._conversation, call).of(reply.stream)
        finally:
            self._conversation.end(call)

    def _whole(self, call: Call, reply: Reply) -> JsonObject:
        body = reply.body or b""
        if reply.status >= 400:
            raise refused(reply.status, body)
        try:
            messages = jsonrpc.decode(body)
        except msgspec.DecodeError:
            raise LinkLost(f"the server answered {call.method} with something that is no JSON-RPC") from None
        for message in messages:
            if message.method is None and message.id == call.id:
                if message.error is not None:
                    raise message.error.raised()
                if call.method == "tools/list" and MARK in body:
                    self._declared.update(declared_headers((message.result or {}).get("tools")))
                return message.result if message.result is not None else {}
            self._conversation.take(message, call)
        raise LinkLost(f"the server's answer to {call.method} is not in what it sent")

    async def _post(self, body: bytes, headers: list[tuple[str, str]], *, may_repeat: bool = True) -> Reply:
        if not self._is_open:
            raise NotConnected(self._closed_because)
        return await sent(self._calls, self.endpoint, self.endpoint.post(body, headers), may_repeat=may_repeat)

    async def _greet_again(self, session: str) -> None:
        """The server has forgotten the session, as one does that was started anew."""
        async with self._greeting:
            if self._session != session:
                return
            self._session = self._hello = None
            await self._handshake()
            await self._listen()

    async def _say(self, method: str, params: Mapping[str, Any] | None) -> None:
        reply = await self._post(jsonrpc.notification(method, params), self.headers(method, params))
        if reply.status >= 400:
            raise NotConnected(f"the server answered {method} with {reply.status}")

    def _answer(self, body: bytes) -> None:
        self.background(self._quietly(self._post(body, self.headers())))

    def _stop(self, call: Call) -> None:
        """A modern server knows by the connection, which is dropped with the awaiting task."""
        if self._hello is not None and self.era == "legacy" and self._is_open:
            params = {"requestId": call.id, "reason": "not needed"}
            self.background(self._quietly(self._say("notifications/cancelled", params)))

    # hearing

    async def _listen(self) -> None:
        if self._hearing is not None:
            self._hearing.cancel()
            self._hearing = None
        if self.era == "legacy":
            self._hearing = self.background(hear_legacy(self, self._listener, self._conversation))
        elif (wanted := self._wanted) is not None:
            self._hearing = self.background(hear_modern(self, self._listener, self._conversation, wanted))

    def background(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Do it meanwhile; it ends with the link at the latest."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _quietly(self, work: Coroutine[Any, Any, object]) -> None:
        with suppress(LinkFailed, McpError):
            await work

    async def close(self) -> None:
        if not self._is_open:
            return
        if self._session is not None and self._hello is not None:
            with suppress(LinkFailed, TimeoutError):
                async with asyncio.timeout(_CLOSING_SECONDS):
                    await sent(self._calls, self.endpoint, self.endpoint.bodiless("DELETE", self.headers()))
        await super().close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


def _has_forgotten(reply: Reply) -> bool:
    if reply.status == 400:
        return b"session" in (reply.body or b"")[:2000].lower()
    return reply.status == 404
