"""How much of an answer is taken, and how long it is waited for."""

from __future__ import annotations

import msgspec


class Bounds(msgspec.Struct, frozen=True):
    """The limits of one client. The largest body counts after decompression; a stream's bytes count all together."""

    head_bytes: int = 64 * 1024
    reply_bytes: int = 64 * 1024 * 1024
    connect_seconds: float = 10.0
    first_byte_seconds: float = 180.0
    between_bytes_seconds: float = 90.0
    idle_seconds: float = 30.0
    idle_per_origin: int = 128
    connections: int = 4096

    @property
    def tick_seconds(self) -> float:
        """How often deadlines are looked at: so often that none is missed by more than a quarter."""
        shortest = min(self.first_byte_seconds, self.between_bytes_seconds, self.idle_seconds)
        return min(0.5, max(0.01, shortest / 4))
