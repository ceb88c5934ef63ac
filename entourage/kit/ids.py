"""Identifiers: UUIDv7 (RFC 9562), which sort by time of making."""

from __future__ import annotations

import hashlib
import os
import re
import threading
import time
from typing import Annotated
from uuid import UUID

from pydantic import StringConstraints

UUID_PATTERN = r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"

Id = Annotated[str, StringConstraints(pattern=UUID_PATTERN, to_lower=True)]
"""An id as it comes over the wire: a lower-case UUID."""

_is_uuid = re.compile(UUID_PATTERN).fullmatch
_lock = threading.Lock()
_last = 0


def new_id() -> str:
    """A new UUIDv7; ids made by one process are strictly increasing."""
    global _last  # the one counter that keeps ids of one millisecond in order
    with _lock:
        # 48 bits of milliseconds, then 12 bits that count within the millisecond
        stamp = max((time.time_ns() // 1_000_000) << 12, _last + 1)
        _last = stamp
    value = (stamp >> 12 << 80) | (7 << 76) | ((stamp & 0xFFF) << 64)
    value |= (0b10 << 62) | (int.from_bytes(os.urandom(8)) & ((1 << 62) - 1))
    return str(UUID(int=value))


def derived_id(*parts: str | int) -> str:
    """The same UUIDv8 for the same parts: what makes a repeated append idempotent."""
    digest = bytearray(hashlib.blake2b("\x1f".join(map(str, parts)).encode(), digest_size=16).digest())
    digest[6] = (digest[6] & 0x0F) | 0x80
    digest[8] = (digest[8] & 0x3F) | 0x80
    return str(UUID(bytes=bytes(digest)))


def is_id(text: str) -> bool:
    """Whether `text` is a lower-case UUID."""
    return _is_uuid(text) is not None
