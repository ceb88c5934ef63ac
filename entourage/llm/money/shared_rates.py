"""Requests and tokens a minute that several servers count together, in Redis."""

from __future__ import annotations

import asyncio

import structlog

from entourage.llm.money.call import Spender
from entourage.llm.money.rates import UNLIMITED, MemoryRates, RateState, limited, who
from entourage.stores.limits import MinuteCounts

logger = structlog.get_logger(__name__)


class SharedRates:
    """Counts in Redis; while it does not answer each server counts for itself."""

    def __init__(self, counts: MinuteCounts) -> None:
        self._counts = counts
        self._alone = MemoryRates()
        self._adding: set[asyncio.Task[None]] = set()

    def hit_now(self, spender: Spender) -> RateState | None:
        is_limited = spender.requests_per_minute is not None or spender.tokens_per_minute is not None
        return None if is_limited else UNLIMITED

    async def hit(self, spender: Spender) -> RateState:
        try:
            return await self._count(spender)
        except ConnectionError as error:
            logger.warning("gateway.rates_alone", error=str(error)[:200])
            return await self._alone.hit(spender)

    async def _count(self, spender: Spender) -> RateState:
        requests, tokens = spender.requests_per_minute, spender.tokens_per_minute
        state = UNLIMITED
        if tokens is not None:
            allowed, took = await self._counts.count(f"tokens:{who(spender)}", 0, tokens)
            if not allowed:
                raise limited("tokens", tokens, took.room_in(tokens))
            left = max(0, round(tokens - took.used))
            state = state._replace(tokens=tokens, tokens_left=left, tokens_reset=60 - took.elapsed_seconds)
        if requests is not None:
            allowed, asked = await self._counts.count(f"requests:{who(spender)}", 1, requests)
            if not allowed:
                raise limited("requests", requests, asked.room_in(requests))
            left = max(0, round(requests - asked.used))
            state = state._replace(requests=requests, requests_left=left, requests_reset=60 - asked.elapsed_seconds)
        return state

    def spend(self, spender: Spender, tokens: int) -> None:
        self._alone.spend(spender, tokens)
        if spender.tokens_per_minute is not None and tokens > 0:
            task = asyncio.create_task(self._add(spender, tokens))
            self._adding.add(task)
            task.add_done_callback(self._adding.discard)

    async def drain(self) -> None:
        """Wait until all tokens are counted."""
        if self._adding:
            await asyncio.wait(self._adding)

    async def close(self) -> None:
        """Count what waits and give connections back."""
        await self.drain()
        await self._counts.close()

    async def _add(self, spender: Spender, tokens: int) -> None:
        try:
            await self._counts.count(f"tokens:{who(spender)}", tokens)
        except ConnectionError as error:
            logger.warning("gateway.rates_alone", error=str(error)[:200])
