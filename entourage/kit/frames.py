"""WebSocket frames (RFC 6455, section 5.2) built by hand: one text message, whole, unmasked, as a server sends it."""

from __future__ import annotations

import zlib

_FIN_TEXT = 0x81
_COMPRESSED = 0x40  # RSV1 of permessage-deflate (RFC 7692)
_TAIL = b"\x00\x00\xff\xff"

WINDOW_BITS = 12
"""Window of the shared compression; agreed with every client that asks for compression."""

WORTH_BYTES = 256
"""Shorter messages are sent as they are."""


def text_frame(payload: bytes) -> bytes:
    """A message in one frame. `payload` is UTF-8."""
    return _head(_FIN_TEXT, len(payload)) + payload


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
