"""The SDKs' way to the gateway: an HTTP client whose requests never leave the process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

import httpx2

from entourage.llm.inside.calling import call_inside
from entourage.llm.inside.exchange import InsideExchange
from entourage.llm.inside.spending import Spending, present_spending
from entourage.llm.money.call import AGENT, Spender

if TYPE_CHECKING:
    from entourage.llm.doors.core import Core

_OWNER, _MODEL = "x-entourage-owner", "x-entourage-model"


def route_headers(owner_id: str, model: str) -> dict[str, str]:
    """What a client of ours sends besides: for whom it asks, and by which name the model is routed."""
    return {_OWNER: owner_id, _MODEL: quote(model)}


class GatewayTransport(httpx2.AsyncBaseTransport):
    """Hands requests to the core, for the run that is going on."""

    def __init__(self, core: Core) -> None:
        self._core = core

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Raises Problem."""
        body = await request.aread()
        headers = [(name.lower(), value) for name, value in request.headers.raw]
        exchange = InsideExchange(request.url.path, headers, body)
        spending = _spending(request.headers[_OWNER])
        task = call_inside(self._core, exchange, spending, unquote(request.headers[_MODEL]))
        try:
            status, told = await exchange.head()
        except BaseException:
            exchange.leave()
            raise
        return httpx2.Response(status, headers=told, stream=_Pieces(exchange, task), request=request)


def _spending(owner_id: str) -> Spending:
    present = present_spending()
    if present and present.spender.owner_id == owner_id:
        return present
    return Spending(Spender(owner_id, source=AGENT))


class _Pieces(httpx2.AsyncByteStream):
    def __init__(self, exchange: InsideExchange, task: asyncio.Task[None]) -> None:
        self._exchange = exchange
        self._task = task
        self._pieces: AsyncGenerator[bytes] = exchange.pieces()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for piece in self._pieces:
            yield piece
        await asyncio.wait([self._task])  # it is priced by then

    async def aclose(self) -> None:
        await self._pieces.aclose()
        self._exchange.leave()
        await asyncio.wait([self._task])


def inside_client(core: Core) -> httpx2.AsyncClient:
    """A client for SDKs whose `base_url` begins with `BASE_URL`."""
    return httpx2.AsyncClient(transport=GatewayTransport(core), follow_redirects=False)
