"""A WebSocket that the hub may write prebuilt frames to, past ASGI: one write for a window of events.

The application finds it as `scope["extensions"]["entourage.frames"]`; see `kit/frames.py` for what it promises.
"""

from __future__ import annotations

import logging
from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.extensions.permessage_deflate import PerMessageDeflate, ServerPerMessageDeflateFactory
from websockets.http11 import Request
from websockets.server import ServerProtocol

from entourage.kit.frames import EXTENSION, WINDOW_BITS


class FrameSocket(WebSocketsSansIOProtocol):
    """uvicorn's protocol, with the transport handed to the application and compression that can be shared."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        deflate = ServerPerMessageDeflateFactory(
            server_no_context_takeover=True,
            server_max_window_bits=WINDOW_BITS,
            client_max_window_bits=WINDOW_BITS,
            compress_settings={"memLevel": 5},
        )
        self.conn = ServerProtocol(
            extensions=[deflate], max_size=self.config.ws_max_size, logger=logging.getLogger("uvicorn.error")
        )

    def handle_connect(self, event: Request) -> None:
        super().handle_connect(event)
        if self.response.status_code == 101:
            self.scope["extensions"][EXTENSION] = _Frames(self)  # type: ignore[typeddict-item]


class _Frames:
    """Implements `Frames` on one connection."""

    def __init__(self, socket: FrameSocket) -> None:
        self._socket = socket
        self._transport = socket.transport

    @property
    def deflates(self) -> bool:
        agreed = self._socket.conn.extensions
        return (
            bool(agreed)
            and isinstance(agreed[0], PerMessageDeflate)
            and (agreed[0].local_max_window_bits >= WINDOW_BITS)
        )

    @property
    def waiting_bytes(self) -> int:
        return self._transport.get_write_buffer_size()

    def write(self, frames: bytes) -> None:
        if not self._socket.close_sent and not self._transport.is_closing():
            self._transport.write(frames)

    async def drained(self) -> None:
        await self._socket.writable.wait()

    def end(self, code: int, reason: str) -> None:
        if not self._socket.close_sent and not self._transport.is_closing():
            self._socket.conn.send_close(code, reason)
            self._transport.write(b"".join(self._socket.conn.data_to_send()))
            self._socket.close_sent = True
            self._transport.close()
