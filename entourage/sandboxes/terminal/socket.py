"""`WS /my/terminals/{id}/socket`: bytes both ways, and small JSON messages beside them."""

from __future__ import annotations

import asyncio

import msgspec
from fastapi import WebSocket, WebSocketDisconnect

from entourage.accounts.identity import Identities
from entourage.accounts.sockets import REFUSED, SUBPROTOCOL, UNAUTHORIZED, Recheck
from entourage.kit.errors import Forbidden, Problem, Unauthorized
from entourage.kit.frames import EXTENSION, Frames
from entourage.sandboxes.live.base import PtySize
from entourage.sandboxes.terminal.schemas import MOST_COLS, MOST_ROWS, Ack, Ping, Resize, Said
from entourage.sandboxes.terminal.service import Seat, Terminals
from entourage.sandboxes.terminal.viewer import Viewer

HEARTBEAT_SECONDS = 15.0
MAX_TEXT_BYTES = 4_096

_said: msgspec.json.Decoder[Said] = msgspec.json.Decoder(Said)


class TerminalSocket:
    """One client of one terminal."""

    def __init__(self, websocket: WebSocket, identities: Identities, terminals: Terminals) -> None:
        self._socket = websocket
        self._identities = identities
        self._terminals = terminals

    async def serve(self, terminal_id: str) -> None:
        """Until the client leaves, its token is refused or the terminal is closed."""
        offered = self._socket.scope.get("subprotocols", [])
        await self._socket.accept(subprotocol=SUBPROTOCOL if SUBPROTOCOL in offered else None)
        try:
            identity = await self._identities.of_socket(self._socket)
            seat, writable = await self._terminals.find(identity.user_id, terminal_id)
        except (Unauthorized, Forbidden) as refusal:
            await self._socket.close(UNAUTHORIZED, refusal.detail[:120])
        except Problem as problem:
            await self._socket.close(REFUSED, problem.detail[:120])
        else:
            await self._look(seat, self._socket.scope["extensions"][EXTENSION], writable=writable)

    async def _look(self, seat: Seat, frames: Frames, *, writable: bool) -> None:
        viewer = seat.session.attach(frames, self._after(), writable=writable)
        keeper = asyncio.create_task(self._keep(viewer))
        try:
            await self._listen(seat, viewer, writable=writable)
        except WebSocketDisconnect:
            pass
        finally:
            keeper.cancel()
            seat.session.detach(viewer)
            await asyncio.gather(keeper, return_exceptions=True)

    async def _listen(self, seat: Seat, viewer: Viewer, *, writable: bool) -> None:
        while True:
            message = await self._socket.receive()
            if message["type"] == "websocket.disconnect":
                return
            if typed := message.get("bytes"):
                if writable:
                    await seat.session.type(typed)
            elif text := message.get("text"):
                try:
                    self._obey(seat, viewer, text, writable=writable)
                except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
                    viewer.tell({"type": "error", "title": "The message is not valid", "detail": str(error)})

    def _obey(self, seat: Seat, viewer: Viewer, text: str, *, writable: bool) -> None:
        if len(text) > MAX_TEXT_BYTES:
            raise msgspec.ValidationError("the message is too long")
        match _said.decode(text):
            case Ack(offset):
                seat.session.drew(viewer, offset)
            case Resize(rows, cols):
                if not (1 <= rows <= MOST_ROWS and 1 <= cols <= MOST_COLS):
                    raise msgspec.ValidationError("no terminal has that size")
                if writable:
                    seat.session.resize(PtySize(rows, cols))
            case Ping():
                viewer.tell({"type": "pong"})

    async def _keep(self, viewer: Viewer) -> None:
        """Ends the socket when its token does."""
        token = Recheck(lambda: self._identities.still(self._socket))
        while await token.holds():  # noqa: ASYNC110  tokens end by the clock
            await asyncio.sleep(HEARTBEAT_SECONDS)
        viewer.end(UNAUTHORIZED, "the token is not valid any more")

    def _after(self) -> int | None:
        after = self._socket.query_params.get("after", "")
        return int(after) if after.isascii() and after.isdigit() and len(after) < 19 else None
