"""`WS /stream`: several subscriptions over one socket, each with its own filter and place."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, Literal

import msgspec
import structlog
from fastapi import WebSocket, WebSocketDisconnect

from entourage.accounts.identity import Identities
from entourage.accounts.sockets import RESTARTING, SUBPROTOCOL, UNAUTHORIZED, Recheck
from entourage.events.streams import Streams
from entourage.events.subscription import WrittenSubscription
from entourage.kit.clock import now_ms
from entourage.kit.errors import Forbidden, Problem, Unauthorized
from entourage.kit.frames import EXTENSION, Frames
from entourage.kit.json import encode
from entourage.stores.log import Filter

logger = structlog.get_logger(__name__)

MAX_SUBSCRIPTIONS = 32
MAX_MESSAGE_BYTES = 65_536

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=128)]
Names = Annotated[list[Name], msgspec.Meta(max_length=100)]


class Filters(msgspec.Struct):
    """What a client wants; an empty list means any, `hook.*` every type that begins so.

    Without `after` it is what happens from now on.
    """

    session_ids: Names = []
    event_types: Names = []
    agents: Names = []
    run_ids: Names = []
    source_apps: Names = []
    after: Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)] | None = None

    def where(self, head: int) -> Filter:
        return Filter(
            after=head if self.after is None else self.after,
            session_ids=tuple(self.session_ids),
            types=tuple(name for name in self.event_types if not name.endswith("*")),
            type_prefixes=tuple(name[:-1] for name in self.event_types if name.endswith("*")),
            agents=tuple(self.agents),
            run_ids=tuple(self.run_ids),
            sources=tuple(self.source_apps),
        )


class Command(msgspec.Struct):
    """A client's message."""

    action: Literal["subscribe", "unsubscribe", "ping"]
    id: Name = "main"
    filters: Filters = msgspec.field(default_factory=Filters)
    kinds: Annotated[list[Literal["event", "aggregation", "metric"]], msgspec.Meta(max_length=3)] = []
    """What to hear beside events, which always come."""


class StreamSocket:
    """One connected client."""

    def __init__(self, websocket: WebSocket, identities: Identities, streams: Streams) -> None:
        self._socket = websocket
        self._identities = identities
        self._streams = streams
        self._owner_id = ""
        self._subscriptions: dict[str, WrittenSubscription] = {}
        frames: Frames | None = websocket.scope.get("extensions", {}).get(EXTENSION)
        if frames is None:
            raise RuntimeError("WS /stream needs the server of `entourage serve`: this one lends no frames.")
        self._frames = frames

    async def serve(self) -> None:
        """Until the client leaves, its token is refused or the server stops."""
        offered = self._socket.scope.get("subprotocols", [])
        protocol = SUBPROTOCOL if SUBPROTOCOL in offered else None
        try:
            identity = await self._identities.of_socket(self._socket)
        except (Unauthorized, Forbidden) as error:
            await self._socket.accept(subprotocol=protocol)
            await self._socket.close(UNAUTHORIZED, error.detail[:120])
            return
        self._owner_id = identity.user_id
        await self._socket.accept(subprotocol=protocol)
        keeper = asyncio.create_task(self._keep())
        try:
            await self._listen()
        except WebSocketDisconnect:
            pass
        finally:
            keeper.cancel()
            for name in list(self._subscriptions):
                await self._stop(name)
            await asyncio.gather(keeper, return_exceptions=True)

    async def _listen(self) -> None:
        while True:
            message = await self._socket.receive()
            if message["type"] == "websocket.disconnect":
                return
            raw: str | bytes = message.get("text") or message.get("bytes") or b""
            try:
                if len(raw) > MAX_MESSAGE_BYTES:
                    raise msgspec.ValidationError("the message is too long")
                await self._obey(msgspec.json.decode(raw, type=Command))
            except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
                await self._say("error", {"title": "The message is not valid", "detail": str(error)})
            except Problem as problem:
                await self._say("error", problem.document())

    async def _obey(self, command: Command) -> None:
        match command.action:
            case "ping":
                await self._say("pong", {})
            case "unsubscribe":
                await self._stop(command.id)
                await self._say("unsubscribed", {"id": command.id})
            case "subscribe":
                await self._subscribe(command)

    async def _subscribe(self, command: Command) -> None:
        where = command.filters.where(await self._streams.head(self._owner_id))
        await self._streams.check(self._owner_id, where)
        await self._stop(command.id)
        if len(self._subscriptions) >= MAX_SUBSCRIPTIONS:
            raise msgspec.ValidationError(f"at most {MAX_SUBSCRIPTIONS} subscriptions a socket")
        await self._socket.send_text(encode({"type": "subscribed", "id": command.id, "seq": where.after}).decode())
        self._subscriptions[command.id] = self._streams.write_to(
            self._frames, self._owner_id, where, name=command.id, kinds=frozenset(command.kinds)
        )

    async def _stop(self, name: str) -> None:
        subscription = self._subscriptions.pop(name, None)
        if subscription:
            await self._streams.leave(subscription)

    async def _keep(self) -> None:
        """Heartbeats; ends the socket when its token does, or a subscription (the server stops)."""
        token = Recheck(lambda: self._identities.still(self._socket))
        while not await self._ended(self._streams.heartbeat_seconds):
            if not await token.holds():
                await self._socket.close(UNAUTHORIZED, "the token is not valid any more")
                return
            await self._say("heartbeat", {})
        await self._socket.close(RESTARTING, "the server is restarting")

    async def _ended(self, seconds: float) -> bool:
        try:
            async with asyncio.timeout(seconds):
                await self._streams.closing()
        except TimeoutError:
            return False
        return True

    async def _say(self, kind: str, payload: dict[str, Any]) -> None:
        await self._socket.send_text(encode({"type": kind, "payload": payload, "timestamp": now_ms()}).decode())
