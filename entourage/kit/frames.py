"""WebSocket frames (RFC 6455, section 5.2) built by hand: one message, whole, unmasked, as a server sends it; and what
the server lends a handler so that they go to the wire without a message of ASGI each."""

from __future__ import annotations

import zlib
from typing import Protocol

_FIN_TEXT, _FIN_BINARY = 0x81, 0x82
_COMPRESSED = 0x40  # RSV1 of permessage-deflate (RFC 7692)
_TAIL = b"\x00\x00\xff\xff"

WINDOW_BITS = 12
"""Window of the shared compression; agreed with every client that asks for compression."""

WORTH_BYTES = 256
"""Shorter messages are sent as they are."""

EXTENSION = "entourage.frames"
"""Its name in the extensions of the ASGI scope."""


def text_frame(payload: bytes) -> bytes:
    """A message in one frame. `payload` is UTF-8."""
    return _head(_FIN_TEXT, len(payload)) + payload


def binary_frame(payload: bytes) -> bytes:
    """A message of bytes in one frame."""
    return _head(_FIN_BINARY, len(payload)) + payload


def deflated_frame(payload: bytes) -> bytes:
    """The same, compressed with nothing remembered from other messages, so that many clients share it."""
    if len(payload) < WORTH_BYTES:
        return text_frame(payload)
    press = zlib.compressobj(level=1, wbits=-WINDOW_BITS, memLevel=5)
    packed = (press.compress(payload) + press.flush(zlib.Z_SYNC_FLUSH)).removesuffix(_TAIL)
    return _head(_FIN_TEXT | _COMPRESSED, len(packed)) + packed


def _head(first: int, length: int) -> bytes:
    if length < 126:
        return bytes((first, length))
    if length < 1 << 16:
        return bytes((first, 126)) + length.to_bytes(2)
    return bytes((first, 127)) + length.to_bytes(8)


class Frames(Protocol):
    """One client's connection, for whole frames."""

    @property
    def deflates(self) -> bool:
        """Whether this client reads frames of `kit.frames.deflated_frame`."""
        ...

    @property
    def waiting_bytes(self) -> int:
        """What was written and the client has not taken yet; bytes shared with other clients count, too."""
        ...

    def write(self, frames: bytes) -> None:
        """Send whole frames. Never waits; does nothing once the connection is closing."""
        ...

    async def drained(self) -> None:
        """Wait until the client has taken nearly everything."""
        ...

    def end(self, code: int, reason: str) -> None:
        """Close the connection."""
        ...
