"""The front before servers that the test plays itself: what a link would bring, without the link."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

from entourage.assembly import Stores
from entourage.kit.errors import NotFound, Unavailable
from entourage.tools.caller import Caller
from entourage.tools.mcp.front.core import Front
from entourage.tools.mcp.front.install import open_front
from entourage.tools.mcp.links.errors import McpError
from entourage.tools.tool import Tool, ToolResult
from tests.world import Person, World

Handler = Callable[["Call"], Awaitable[dict[str, Any]]]
META = "io.modelcontextprotocol/"
MODERN, LEGACY = "2026-07-28", "2025-11-25"


@dataclass
class Call:
    """A request that reached a server."""

    method: str
    params: dict[str, Any]
    meta: Mapping[str, Any]
    progress: Callable[..., None] | None
    log: Callable[[dict[str, Any]], None] | None
    ask: Any
    raw_rounds: bool


@dataclass
class PlayedServer:
    """A server by its handlers; also the link to it."""

    name: str
    era: str = "legacy"
    tools: dict[str, Handler] = field(default_factory=dict)
    handlers: dict[str, Handler] = field(default_factory=dict)
    capabilities: dict[str, Any] = field(default_factory=lambda: {"tools": {}, "resources": {}, "prompts": {}})
    definitions: dict[str, dict[str, Any]] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    instructions: str | None = None
    is_dead: bool = False
    cancelled: asyncio.Event = field(default_factory=asyncio.Event)
    protocol_version = LEGACY
    is_open = True
    pid = None

    @property
    def server_info(self) -> dict[str, Any]:
        return {"name": self.name, "version": "1"}

    def tool(self, name: str, **definition: Any) -> Callable[[Handler], Handler]:
        """A tool of the server."""

        def added(handler: Handler) -> Handler:
            self.tools[name] = handler
            self.definitions[name] = {"name": name, "inputSchema": {"type": "object"}, **definition}
            return handler

        return added

    def answers(self, method: str) -> Callable[[Handler], Handler]:
        """Any other method."""
        return lambda handler: self.handlers.setdefault(method, handler)

    async def request(
        self, method, params=None, *, meta=None, progress=None, log=None, ask=None, raw_rounds=False, **_
    ):
        call = Call(method, dict(params or {}), meta or {}, progress, log, ask, raw_rounds)
        self.calls.append(call)
        handler = self.tools.get(call.params.get("name", "")) if method == "tools/call" else self.handlers.get(method)
        if handler is None:
            raise McpError(-32601, "Method not found")
        try:
            return await handler(call)
        except asyncio.CancelledError:
            self.cancelled.set()
            raise


class PlayedBackends:
    """Implements `Backends` and `ToolPath`: the pipeline is left out, for it has tests of its own."""

    def __init__(self, *servers: PlayedServer) -> None:
        self.servers = {server.name: server for server in servers}
        self.catalogues: dict[str, list[Tool]] = {}
        self.extra: list[Tool] = []
        self.callers: list[Caller] = []
        self.tell: Callable[..., None] = lambda *_: None
        self.subscribed: dict[tuple[str, str], Callable[..., None]] = {}

    async def visible(self, owner_id: str) -> list[PlayedServer]:
        return list(self.servers.values())

    async def link(self, owner_id: str, server: str, **_: Any) -> PlayedServer:
        if server not in self.servers:
            raise NotFound(f"There is no server {server!r}.")
        if self.servers[server].is_dead:
            raise Unavailable(f"{server} is not there.")
        return self.servers[server]

    async def listed(self, owner_id: str, server: str, what: str) -> list[dict[str, Any]]:
        link = await self.link(owner_id, server)
        key = "resourceTemplates" if what.endswith("templates") else what
        return (await link.request(f"{what}/list", {}))[key]

    def on_change(self, callback: Callable[..., None]) -> None:
        self.tell = callback

    async def subscribe_resource(self, owner_id, server, uri, callback):
        self.subscribed[server, uri] = callback

        async def end() -> None:
            del self.subscribed[server, uri]

        return end

    def changed(self, server: str, kind: str = "tools", owner_id: str | None = None) -> None:
        """A server's list is another one now."""
        self.catalogues.clear()
        self.tell(owner_id, server, kind)

    async def catalogue(self, caller: Caller) -> list[Tool]:
        made = self.catalogues.get(caller.owner_id)
        if made is None:
            made = self.catalogues[caller.owner_id] = [
                *self.extra,
                *(
                    tool_of(server.name, definition)
                    for server in self.servers.values()
                    for definition in server.definitions.values()
                ),
            ]
        return made

    async def call(self, caller, name, args, *, progress=None, session=None) -> ToolResult:
        self.callers.append(caller)
        server, _, own = name.partition(".")
        link = self.servers[server]
        params = {"name": own, "arguments": args, **session.inputs}
        try:
            result = await link.request(
                "tools/call",
                params,
                meta=session.meta,
                progress=progress,
                log=session.log,
                ask=session,
                raw_rounds=session.raw_rounds,
            )
        except McpError as error:
            session.failed(error.code, error.message, error.data)
            return ToolResult.failure(error.message)
        if result.get("resultType", "complete") != "complete":
            session.unfinished(result)
            return ToolResult("", "waiting")
        status = "failed" if result.get("isError") else "ok"
        return ToolResult("", status, content=tuple(result["content"]), structured=result.get("structuredContent"))


def tool_of(server: str, definition: dict[str, Any]) -> Tool:
    """A tool as the registry has it."""

    async def never(*_: Any) -> ToolResult:
        raise AssertionError

    name = f"{server}.{definition['name']}"
    told = definition.get("description", "")
    schema = definition["inputSchema"]
    return Tool(name, told, schema, dict, never, origin=f"mcp:{server}", server=server, definition=definition)


def text(said: str) -> dict[str, Any]:
    """The result of a tool."""
    return {"content": [{"type": "text", "text": said}]}


@asynccontextmanager
async def fronted(world: World, *servers: PlayedServer) -> AsyncIterator[tuple[PlayedBackends, Front]]:
    """The world with a front before these servers; others find it afterwards as it was."""
    backends = PlayedBackends(*servers)
    database = world.services.get(Stores).database
    before = dict(world.services._by_type)
    front = open_front(world.services, world.settings, database, backends, backends).front
    try:
        yield backends, front
    finally:
        await front.close()
        world.services._by_type.clear()
        world.services._by_type.update(before)


class Raw:
    """A client by hand: what it sends is what the test says."""

    def __init__(self, world: World, person: Person | None, path: str = "/mcp", token: str | None = None) -> None:
        self.url = world.url + path
        given = token if token is not None else person.token if person else ""
        self.http = httpx.AsyncClient(
            headers={
                "accept": "application/json, text/event-stream",
                "content-type": "application/json",
                **({"authorization": f"Bearer {given}"} if given else {}),
            },
            timeout=20,
        )
        self.session: dict[str, str] = {}
        self.number = 0

    async def post(self, body: Any, **headers: str) -> httpx.Response:
        """Send this, as it is."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return await self.http.post(self.url, content=data, headers={**self.session, **named(headers)})

    def request(self, method: str, params: dict[str, Any] | None = None) -> dict[str, Any]:
        """A request with an id of its own."""
        self.number += 1
        return {"jsonrpc": "2.0", "id": self.number, "method": method, **({} if params is None else {"params": params})}

    async def initialize(self, version: str = LEGACY, **capabilities: Any) -> httpx.Response:
        """Begin a session."""
        params = {"protocolVersion": version, "capabilities": capabilities, "clientInfo": {"name": "t", "version": "1"}}
        answer = await self.post(self.request("initialize", params))
        if "mcp-session-id" in answer.headers:
            self.session = {"mcp-session-id": answer.headers["mcp-session-id"], "mcp-protocol-version": version}
        return answer

    async def ask(self, method: str, params: dict[str, Any] | None = None) -> dict[str, Any]:
        """A request of a session, and its whole answer."""
        return last_of(await self.post(self.request(method, params)))

    async def notify(self, method: str, params: dict[str, Any]) -> int:
        """A notification; the status it is answered with."""
        return (await self.post({"jsonrpc": "2.0", "method": method, "params": params})).status_code

    def modern(self, method: str, params: dict[str, Any], able: dict[str, Any], **meta: Any) -> tuple[dict, dict]:
        """A modern request: body and headers."""
        told = {f"{META}protocolVersion": MODERN, f"{META}clientCapabilities": able, **meta}
        body = self.request(method, {**params, "_meta": told})
        headers = {"mcp-protocol-version": MODERN, "mcp-method": method}
        if name := params.get("name") or params.get("uri"):
            headers["mcp-name"] = name
        return body, headers

    async def send(self, method: str, params: dict[str, Any] | None = None, able: dict | None = None, **meta: Any):
        """A modern request and its HTTP answer."""
        body, headers = self.modern(method, params or {}, able or {}, **meta)
        return await self.post(body, **headers)

    async def result(self, method: str, params: dict | None = None, able: dict | None = None, **meta: Any) -> Any:
        """A modern request and its result."""
        return last_of(await self.send(method, params, able, **meta))["result"]

    @asynccontextmanager
    async def stream(self, body: Any = None, **headers: str) -> AsyncIterator[AsyncIterator[dict[str, Any]]]:
        """The events of a POST, or without a body of a GET."""
        method = "GET" if body is None else "POST"
        content = None if body is None else json.dumps(body)
        sent = {**self.session, **named(headers)}
        if body is None:
            sent["accept"] = "text/event-stream"
        async with self.http.stream(method, self.url, content=content, headers=sent) as answer:
            assert answer.status_code == 200, await answer.aread()
            yield events(answer)

    async def close(self) -> None:
        await self.http.aclose()


async def events(answer: httpx.Response) -> AsyncIterator[dict[str, Any]]:
    """Events as they come: `id`, and the message in `data`; without the empty ones."""
    event: dict[str, Any] = {}
    async for line in answer.aiter_lines():
        name, _, value = line.partition(": ")
        if name == "id":
            event["id"] = value
        elif name == "data" and value:
            event["data"] = json.loads(value)
        elif not line and event:
            if "data" in event:
                yield event
            event = {}


async def next_of(stream: AsyncIterator[dict[str, Any]]) -> dict[str, Any]:
    """The next event's message."""
    async with asyncio.timeout(10):
        return (await anext(stream))["data"]


def last_of(answer: httpx.Response) -> dict[str, Any]:
    """The answer, whether it came as JSON or as the last event of a stream."""
    if answer.headers["content-type"].startswith("text/event-stream"):
        lines = [line[6:] for line in answer.text.splitlines() if line.startswith("data: {")]
        return json.loads(lines[-1])
    return answer.json()


def told_of(answer: httpx.Response) -> list[dict[str, Any]]:
    """Every message of a stream."""
    return [json.loads(line[6:]) for line in answer.text.splitlines() if line.startswith("data: {")]


def named(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}
