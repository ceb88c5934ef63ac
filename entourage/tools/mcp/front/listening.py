"""`subscriptions/listen`: a modern client's standing stream of changes, in place of the GET stream."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, cast

from entourage.tools.mcp.front import writing
from entourage.tools.mcp.front.changes import KINDS, Kind
from entourage.tools.mcp.front.methods.reaching import server_of_uri
from entourage.tools.mcp.front.running import refusal_of
from entourage.tools.mcp.front.writing import EVENT_STREAM, JSON, PING, UNBUFFERED
from entourage.tools.mcp.links.eras import SUBSCRIPTION_KEY
from entourage.tools.mcp.links.errors import INTERNAL_ERROR, INVALID_PARAMS, McpError

if TYPE_CHECKING:
    from entourage.kit.exchange import Exchange
    from entourage.tools.mcp.front.asking import Asking
    from entourage.tools.mcp.front.backends import Unsubscribe
    from entourage.tools.mcp.front.callers import Client
    from entourage.tools.mcp.front.core import Front
    from entourage.tools.mcp.front.messages import JsonObject

MOST_OF_A_PERSON = 1000
MOST_URIS = 500
MOST_WAITING_BYTES = 1024 * 1024


class Listening:
    """One stream: implements `Listener`. It tells nothing that was not asked for."""

    def __init__(self, front: Front, asking: Asking, exchange: Exchange) -> None:
        self._front = front
        self._asking = asking
        self._exchange = exchange
        self._kinds: set[Kind] = set()
        self._ends: list[Unsubscribe] = []
        self._meta: JsonObject = {SUBSCRIPTION_KEY: asking.id}
        self._is_over = False

    async def begin(self) -> None:
        """Say what will be told, and tell it from now on. Raises McpError before anything is said."""
        wanted = self._asking.object("notifications")
        self._kinds = {kind for kind in KINDS if wanted.get(f"{kind}ListChanged") is True}
        honoured: dict[str, Any] = {f"{kind}ListChanged": True for kind in KINDS if kind in self._kinds}
        uris = await self._subscribe(wanted.get("resourceSubscriptions") or [])
        if uris:
            honoured["resourceSubscriptions"] = uris
        if self._exchange.is_gone:
            await self._unsubscribe()
            return
        self._front.listening.add(self)
        self._front.changes.add(self._asking.owner_id, self)
        self._front.heart.watch(self)
        self._exchange.begin(200, (EVENT_STREAM, UNBUFFERED))
        self._exchange.on_gone(self.end)
        self._tell("notifications/subscriptions/acknowledged", {"notifications": honoured})

    def changed(self, server: str | None, kind: Kind) -> None:
        """A list changed."""
        if kind in self._kinds and (server is None or self._asking.place.has_server(server)):
            self._tell(f"notifications/{kind}/list_changed", {})

    def beat(self) -> None:
        """Show that somebody is still there; it ends with the token it was opened with."""
        if self._asking.client.is_over:
            self.end()
        else:
            self._exchange.write(PING)

    @property
    def client(self) -> Client:
        return self._asking.client

    @property
    def key(self) -> tuple[str, str | None]:
        """Whose it is, and with which token it was opened."""
        return self._asking.client.key

    @property
    def is_of_bundle(self) -> bool:
        return self._asking.place.bundle_id is not None

    def end(self) -> None:
        """Tell no more."""
        if self._is_over:
            return
        self._is_over = True
        self._front.listening.discard(self)
        self._front.changes.remove(self._asking.owner_id, self)
        self._front.heart.leave(self)
        if not self._exchange.is_gone:
            over: JsonObject = {"resultType": "complete", "_meta": self._meta}
            self._exchange.write(writing.event(writing.result(self._asking.id, over)))
            self._exchange.end()
        if self._ends:
            self._front.background(self._unsubscribe())

    async def _subscribe(self, uris: object) -> list[str]:
        if not isinstance(uris, list) or len(cast("list[object]", uris)) > MOST_URIS:
            raise McpError(INVALID_PARAMS, f"resourceSubscriptions must be a list of at most {MOST_URIS} URIs.")
        honoured: list[str] = []
        for uri in dict.fromkeys(map(str, cast("list[object]", uris))):
            server = await server_of_uri(self._front, self._asking, uri)
            backends, owner_id = self._front.backends, self._asking.owner_id
            self._ends.append(await backends.subscribe_resource(owner_id, server, uri, self._updated))
            honoured.append(uri)
        return honoured

    def _updated(self, uri: str, params: JsonObject) -> None:
        self._tell("notifications/resources/updated", {**params, "uri": uri})

    def _tell(self, method: str, params: JsonObject) -> None:
        meta: JsonObject = {**(params.get("_meta") or {}), **self._meta}
        self._exchange.write(writing.event(writing.notification(method, {**params, "_meta": meta})))
        if self._exchange.waiting_bytes > MOST_WAITING_BYTES:
            self._exchange.cut()
            self.end()

    async def _unsubscribe(self) -> None:
        ends, self._ends = self._ends, []
        await asyncio.gather(*(end() for end in ends), return_exceptions=True)


async def listen(front: Front, asking: Asking, exchange: Exchange) -> None:
    """Open a stream; it lives on after this, without a task of its own."""
    try:
        if sum(one.key == asking.client.key for one in front.listening) >= MOST_OF_A_PERSON:
            raise McpError(INTERNAL_ERROR, f"There are {MOST_OF_A_PERSON} streams already.")
        await Listening(front, asking, exchange).begin()
    except Exception as raised:
        error = raised if isinstance(raised, McpError) else refusal_of(raised, asking.method)
        exchange.answer(writing.status_of(error), (JSON,), writing.failure(asking.id, error))
