"""The one HTTP client all providers are called through: checked addresses, and a limit on every wait."""

from __future__ import annotations

import asyncio

import httpcore2
import httpx2

from entourage.llm.backend import CheckedBackend
from entourage.llm.timeouts import Timeouts

_MAX_CONNECTIONS = 1000
_MAX_IDLE_CONNECTIONS = 100
_IDLE_SECONDS = 30


class _ProviderTransport(httpx2.AsyncHTTPTransport):
    def __init__(self, timeouts: Timeouts, *, allow_private: bool) -> None:
        super().__init__()
        self._first_byte_seconds = timeouts.first_byte_seconds
        self._pool = httpcore2.AsyncConnectionPool(
            ssl_context=httpx2.create_ssl_context(),
            max_connections=_MAX_CONNECTIONS,
            max_keepalive_connections=_MAX_IDLE_CONNECTIONS,
            keepalive_expiry=_IDLE_SECONDS,
            network_backend=CheckedBackend(allow_private=allow_private),
        )

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        waits: dict[str, float | None] = dict(request.extensions.get("timeout", {}))
        between_bytes, waits["read"] = waits.get("read"), None
        request.extensions = {**request.extensions, "timeout": waits}
        try:
            async with asyncio.timeout(self._first_byte_seconds):
                response = await super().handle_async_request(request)
        except TimeoutError as error:
            raise httpx2.ReadTimeout("the first byte did not come in time", request=request) from error
        waits["read"] = between_bytes  # the body is read with this same mapping
        return response


def provider_client(timeouts: Timeouts, *, allow_private: bool) -> httpx2.AsyncClient:
    """A client for providers. It follows no redirects: they could lead keys elsewhere. Close it with `aclose()`."""
    return httpx2.AsyncClient(
        transport=_ProviderTransport(timeouts, allow_private=allow_private),
        timeout=timeouts.as_httpx(),
        follow_redirects=False,
    )
