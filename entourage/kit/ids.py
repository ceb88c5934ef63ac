"""Identifiers: UUIDv7 (RFC 9562), which sort by time of making."""

from __future__ import annotations

import hashlib
import os
import re
import threading
import time
from typing import Annotated

from pydantic import StringConstraints

UUID_PATTERN = r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"

Id = Annotated[str, StringConstraints(pattern=UUID_PATTERN, to_lower=True)]
"""An id as it comes over the wire: a lower-case UUID."""

_is_uuid = re.compile(UUID_PATTERN).fullmatch
_lock = threading.Lock()
_last = 0
_random = b""

_TAIL_BYTES = 8


def new_id() -> str:
    """A new UUIDv7; ids made by one process are strictly increasing."""
    global _last, _random  # the one counter that keeps ids of one millisecond in order, and bytes fetched in advance
    with _lock:
        # 48 bits of milliseconds, then 12 bits that count within the millisecond
        stamp = max((time.time_ns() // 1_000_000) << 12, _last + 1)
        _last = stamp
        if len(_random) < _TAIL_BYTES:
            _random = os.urandom(_TAIL_BYTES * 256)
        tail, _random = _random[:_TAIL_BYTES], _random[_TAIL_BYTES:]
    when = f"{stamp:015x}"
    rest = tail.hex()
    variant = "89ab"[tail[0] & 3]
    return f"{when[:8]}-{when[8:12]}-7{when[12:]}-{variant}{rest[1:4]}-{rest[4:]}"


def derived_id(*parts: str | int) -> str:
    """The same UUIDv8 for the same parts: what makes a repeated append idempotent."""
    digest = hashlib.blake2b("\x1f".join(map(str, parts)).encode(), digest_size=16).hexdigest()
    variant = "89ab"[int(digest[16], 16) & 3]
    return f"{digest[:8]}-{digest[8:12]}-8{digest[13:16]}-{variant}{digest[17:20]}-{digest[20:]}"


def is_id(text: str) -> bool:
    """Whether `text` is a lower-case UUID."""
    return _is_uuid(text) is not None
