"""Answers that come compressed although `identity` was asked for: decoded within bounds, or refused."""

from __future__ import annotations

import zlib
from collections.abc import Callable

from entourage.wire.failures import TooBig, Unreadable

Decode = Callable[[bytes], bytes]

_EITHER_HEADER = 32 + zlib.MAX_WBITS
_IDENTITY = frozenset({b"", b"identity"})
_DEFLATED = frozenset({b"gzip", b"x-gzip", b"deflate"})


def decoder_of(encoding: bytes, limit_bytes: int) -> Decode | None:
    """What turns pieces of such a body into plain bytes; None when they are plain already. Raises Unreadable.

    The decoder raises TooBig when more than `limit_bytes` come out, however little went in, and Unreadable for rubbish.
    """
    name = encoding.strip().lower()
    if name in _IDENTITY:
        return None
    if name not in _DEFLATED:
        raise Unreadable(f"the answer is compressed with {name[:20].decode('latin-1')!r}, which was not asked for")
    return _Inflate(limit_bytes)


class _Inflate:
    def __init__(self, limit_bytes: int) -> None:
        self._left = limit_bytes
        self._inner = zlib.decompressobj(_EITHER_HEADER)

    def __call__(self, data: bytes) -> bytes:
        try:
            plain = self._inner.decompress(data, self._left + 1)
        except zlib.error as error:
            raise Unreadable("the compressed answer cannot be decoded") from error
        self._left -= len(plain)
        if self._left < 0:
            raise TooBig("the decompressed answer is too large")
        return plain
