"""The engines a server stands on, and how each answers."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

from entourage.kit.schema import Schema

PING_SECONDS = 5.0

Ping = Callable[[], Awaitable[object]]


class Engine(Schema):
    """How one engine answered."""

    ok: bool
    latency_ms: float
    error: str | None = None


class Engines:
    """Engines by name, each with a way to ask whether it is there."""

    def __init__(self, pings: dict[str, Ping]) -> None:
        self._pings = pings

    async def ask(self) -> dict[str, Engine]:
        """All of them at once; none is waited for longer than five seconds."""
        answers = await asyncio.gather(*map(_ask, self._pings.values()))
        return dict(zip(self._pings, answers, strict=True))


async def _ask(ping: Ping) -> Engine:
    started = time.monotonic()
    try:
        async with asyncio.timeout(PING_SECONDS):
            await ping()
    except Exception as error:  # whatever it was, the engine is not ready
        return Engine(ok=False, latency_ms=_ms(started), error=type(error).__name__)
    return Engine(ok=True, latency_ms=_ms(started))


def _ms(started: float) -> float:
    return round((time.monotonic() - started) * 1000, 2)
