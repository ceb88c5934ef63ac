"""The doors `/mcp`, `/mcp/{server}` and `/mcp/b/{bundle}`, answered in the protocol."""

from __future__ import annotations

import re
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

from entourage.kit.errors import Problem, TooLarge, Unauthorized, UnsupportedMedia
from entourage.tools.mcp.front import legacy, modern, writing
from entourage.tools.mcp.front.heads import Head
from entourage.tools.mcp.front.messages import Unreadable, is_batch, read, read_batch, safe
from entourage.tools.mcp.front.writing import JSON

if TYPE_CHECKING:
    from entourage.kit.exchange import Door, Exchange
    from entourage.tools.mcp.front.callers import Client
    from entourage.tools.mcp.front.core import Front

MAX_BODY_BYTES = 8 * 1024 * 1024
_PATH = re.compile(r"/mcp(?:/(?:b/(?P<bundle>[a-z0-9_-]{1,64})|(?P<server>[A-Za-z0-9_-]{1,64})))?/?").fullmatch
_METHODS = frozenset({"POST", "GET", "DELETE"})


class McpDoor:
    """Implements `Door` for one endpoint."""

    max_body_bytes = MAX_BODY_BYTES

    def __init__(self, front: Front, template: str, server: str | None, bundle: str | None) -> None:
        self.template = template
        self._front = front
        self._server = server
        self._bundle = bundle

    def serve(self, exchange: Exchange) -> Coroutine[Any, Any, None]:
        """One coroutine for the whole request; nothing else is started for it."""
        return self._served(exchange)

    def refuse(self, exchange: Exchange, problem: Problem) -> None:
        """A JSON-RPC error, with the problem's own status."""
        told = TooLarge(f"A message has at most {MAX_BODY_BYTES} bytes.") if isinstance(problem, TooLarge) else problem
        headers = [JSON, *((name.lower().encode(), value.encode()) for name, value in told.headers.items())]
        if isinstance(told, Unauthorized):
            headers.append((b"www-authenticate", b'Bearer realm="entourage"'))
        exchange.answer(told.status, headers, writing.failure(None, writing.error_of(told)))

    async def _served(self, exchange: Exchange) -> None:
        try:
            await self._answered(exchange)
        except Problem as problem:
            self.refuse(exchange, problem)
        except Unreadable as error:
            exchange.answer(400, (JSON,), writing.failure(error.id, error))

    async def _answered(self, exchange: Exchange) -> None:
        front, head = self._front, Head(exchange.headers)
        front.guard.check(head)
        client = front.clients.known(head.token) or await self._introduced(head.token, exchange.client)
        if exchange.method == "POST":
            await self._post(exchange, head, client)
        elif modern.is_modern(head):
            exchange.answer(405, ((b"allow", b"POST"),), b"")
        elif exchange.method == "GET":
            legacy.get(front, exchange, head, client)
        else:
            legacy.delete(front, exchange, head, client)

    async def _post(self, exchange: Exchange, head: Head, client: Client) -> None:
        if head.get(b"content-encoding") not in {None, "identity"}:
            raise UnsupportedMedia("Compressed bodies are not taken.", hint="Send it without Content-Encoding.")
        if not (head.get(b"content-type") or "").lower().startswith("application/json"):
            raise UnsupportedMedia("Messages are application/json.", hint="Send Content-Type: application/json.")
        front, body = self._front, safe(exchange.body)
        if is_batch(body):
            if modern.is_modern(head):
                raise Unreadable(writing.INVALID_REQUEST, "The body must be one request or notification.")
            await legacy.post_batch(front, exchange, head, client, read_batch(body))
            return
        message = read(body)
        place = await front.place(client, self._server, self._bundle)
        await front.sampler.learn(client.owner_id)
        answer = modern.post if modern.is_modern(head, message) else legacy.post
        await answer(front, exchange, head, client, place, message)

    async def _introduced(self, token: str, address: str) -> Client:
        """A client that was not seen lately. Raises Unauthorized, Forbidden, TooMany."""
        strangers = self._front.strangers
        strangers.check(address)
        try:
            client = await self._front.clients.of_token(token)
        except Unauthorized:
            strangers.note(address)
            raise
        return client


class McpDoors:
    """The doors by path; `find` is asked for every request."""

    def __init__(self, front: Front) -> None:
        self.front = front
        self._doors: dict[str, McpDoor] = {}

    def find(self, method: str, path: str) -> Door | None:
        """None when it is no path of MCP."""
        if not path.startswith("/mcp") or method not in _METHODS:
            return None
        door = self._doors.get(path)
        if door is None and (match := _PATH(path)):
            door = self._door(match["server"], match["bundle"])
            if len(self._doors) < 1000:  # anybody can ask for any name
                self._doors[path] = door
        return door

    def _door(self, server: str | None, bundle: str | None) -> McpDoor:
        template = "/mcp/b/{bundle}" if bundle else "/mcp/{server}" if server else "/mcp"
        return McpDoor(self.front, template, server, bundle)
