"""Waiting for work that several wait for."""

from __future__ import annotations

import asyncio
from typing import TypeVar

from entourage.tools.mcp.links.errors import NotConnected

T = TypeVar("T")


async def shared(work: asyncio.Task[T]) -> T:
    """What it gives. Whoever gives up waiting does not end it for the others.

    Raises NotConnected when it was ended on purpose, and whatever it raises.
    """
    try:
        return await asyncio.shield(work)
    except asyncio.CancelledError:
        me = asyncio.current_task()
        if work.cancelled() and me is not None and not me.cancelling():
            raise NotConnected("the server was stopped meanwhile") from None
        raise
