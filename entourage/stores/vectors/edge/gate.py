"""A gate that changes go through, and that can be shut while none is under way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager


class Gate:
    """Many pass at once; who shuts it first waits until they are through."""

    def __init__(self) -> None:
        self._passing = 0
        self._open = asyncio.Event()
        self._open.set()
        self._empty = asyncio.Event()
        self._empty.set()

    @asynccontextmanager
    async def passing(self) -> AsyncGenerator[None]:
        """Wait until the gate is open, and keep it from being shut."""
        while not self._open.is_set():  # it may have been shut again before this one's turn came
            await self._open.wait()
        self._passing += 1
        self._empty.clear()
        try:
            yield
        finally:
            self._passing -= 1
            if not self._passing:
                self._empty.set()

    @asynccontextmanager
    async def shut(self) -> AsyncGenerator[None]:
        """Keep everybody out."""
        self._open.clear()
        try:
            await self._empty.wait()
            yield
        finally:
            self._open.set()
