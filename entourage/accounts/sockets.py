"""What all sockets share: their protocol's name, their codes, and that a token must stay good while they are open."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import TypeAlias

SUBPROTOCOL = "entourage.v1"
REFUSED, UNAUTHORIZED, RESTARTING = 4400, 4401, 1012

TokenCheck: TypeAlias = Callable[[], Awaitable[bool]]

RECHECK_SECONDS = 30.0


class Recheck:
    """Whether the token that opened a stream is still good: asked again every half minute."""

    def __init__(self, valid: TokenCheck) -> None:
        self._valid = valid
        self._next = time.monotonic() + RECHECK_SECONDS

    async def holds(self) -> bool:
        """True until an expired or revoked token is found."""
        if time.monotonic() < self._next:
            return True
        self._next = time.monotonic() + RECHECK_SECONDS
        return await self._valid()
