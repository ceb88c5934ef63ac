"""Time: epoch milliseconds inside, RFC 3339 in UTC on the wire."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Annotated

from pydantic import PlainSerializer, WithJsonSchema


def now_ms() -> int:
    """The server's clock in epoch milliseconds."""
    return time.time_ns() // 1_000_000


def rfc3339(epoch_ms: int) -> str:
    """`1700000000000` -> `2023-11-14T22:13:20.000Z`."""
    return datetime.fromtimestamp(epoch_ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


Time = Annotated[
    int,
    PlainSerializer(rfc3339, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2026-11-14T22:13:20.000Z"]}),
]
"""Epoch milliseconds that serialise as an RFC 3339 string in a pydantic model."""
