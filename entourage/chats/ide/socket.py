"""`WS /api/v1/ws/agents`: what a person's agents do, one flat message an event."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
from fastapi import WebSocket, WebSocketDisconnect

from entourage.accounts.identity import Identities
from entourage.accounts.sockets import REFUSED, RESTARTING, SUBPROTOCOL, UNAUTHORIZED, Recheck
from entourage.events.streams import Streams
from entourage.kit.clock import now_ms, rfc3339
from entourage.kit.errors import Forbidden, Problem, Unauthorized
from entourage.kit.ids import is_id
from entourage.kit.json import encode
from entourage.stores.log import Filter

TYPES = (
    "message", "text_delta", "reasoning_delta", "tool_started", "tool_finished", "tool_failed", "approval_requested",
    "approval_resolved", "direct_agent_call", "usage", "note_added",
)  # fmt: skip
PREFIXES = ("task_", "plan_", "run_")


class AgentSocket:
    """One connected IDE. `?session_id=`, `?agent=` and `?after=` narrow what it hears; `ping` is answered."""

    def __init__(self, websocket: WebSocket, identities: Identities, streams: Streams) -> None:
        self._socket = websocket
        self._identities = identities
        self._streams = streams

    async def serve(self) -> None:
        """Until the client leaves, its token is refused or the server stops."""
        offered = self._socket.scope.get("subprotocols", [])
        await self._socket.accept(subprotocol=SUBPROTOCOL if SUBPROTOCOL in offered else None)
        try:
            identity = await self._identities.of_socket(self._socket)
            where = await self._where(identity.user_id)
        except (Unauthorized, Forbidden) as refusal:
            await self._socket.close(UNAUTHORIZED, refusal.detail[:120])
        except Problem as problem:
            await self._socket.close(REFUSED, problem.detail[:120])
        else:
            await self._both(identity.user_id, where)

    async def _both(self, owner_id: str, where: Filter) -> None:
        """Tell and listen at once; whichever ends first ends the other."""
        tasks = [asyncio.create_task(self._tell(owner_id, where)), asyncio.create_task(self._listen())]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _where(self, owner_id: str) -> Filter:
        given = self._socket.query_params
        after = given.get("after", "")
        session, agent = given.get("session_id", ""), given.get("agent", "")
        where = Filter(
            after=int(after) if after.isascii() and after.isdigit() and len(after) < 19 else await self._head(owner_id),
            session_ids=(session.lower() if is_id(session.lower()) else session,) if session else (),
            agents=(agent,) if agent else (),
            types=TYPES,
            type_prefixes=PREFIXES,
        )
        await self._streams.check(owner_id, where)
        return where

    async def _head(self, owner_id: str) -> int:
        return await self._streams.head(owner_id)

    async def _tell(self, owner_id: str, where: Filter) -> None:
        token = Recheck(lambda: self._identities.still(self._socket))
        await self._say({"type": "connected", "after": where.after})
        async with self._streams.open(owner_id, where, "ndjson") as subscription:
            while await token.holds():
                blobs, gap = await subscription.take(self._streams.heartbeat_seconds)
                for line in b"".join(blobs).splitlines():
                    await self._socket.send_text(encode(told(msgspec.json.decode(line))).decode())
                if gap:
                    await self._say({"type": "gap", "from": gap[0], "to": gap[1]})
                if not blobs and subscription.closed:
                    await self._socket.close(RESTARTING, "the server is restarting")
                    return
                if not blobs and not gap:
                    await self._say({"type": "heartbeat"})
        await self._socket.close(UNAUTHORIZED, "the token is not valid any more")

    async def _listen(self) -> None:
        try:
            while True:
                text = await self._socket.receive_text()
                if text.strip() in ("ping", '{"type":"ping"}', '{"type": "ping"}', '{"action":"ping"}'):
                    await self._say({"type": "pong"})
        except (WebSocketDisconnect, KeyError):  # a client that sends bytes has nothing to say here
            return

    async def _say(self, message: dict[str, Any]) -> None:
        await self._socket.send_text(encode({**message, "timestamp": rfc3339(now_ms())}).decode())


def told(event: dict[str, Any]) -> dict[str, Any]:
    """An event in the IDE's form: what it is, whose, and its data."""
    return {
        "type": event["type"],
        "agent": event.get("agent"),
        "run_id": event.get("run_id"),
        "session_id": event.get("session_id"),
        "seq": event.get("seq"),
        "timestamp": event.get("ts"),
        "payload": event.get("data", {}),
    }
