"""Waiting for a supervisor's first word."""

from __future__ import annotations

import asyncio

from entourage.sandboxes.live.channel import Channel

READY_SECONDS = 20.0


async def is_ready(channel: Channel) -> bool:
    """Whether the supervisor has spoken; False when it ended first, or is silent for too long."""
    waiting = [asyncio.ensure_future(event.wait()) for event in (channel.ready, channel.closed)]
    try:
        await asyncio.wait(waiting, timeout=READY_SECONDS, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for each in waiting:
            each.cancel()
    return channel.ready.is_set()
