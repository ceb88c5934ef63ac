"""Fetching an OpenAPI document: by the same wire as calls, so from checked addresses, bounded, without redirects."""

from __future__ import annotations

import asyncio
from urllib.parse import quote, urlsplit

from entourage.kit.errors import FieldError, Invalid, Upstream
from entourage.tools.services.openapi.document import MAX_DOCUMENT_BYTES
from entourage.wire.addresses import check_base_url
from entourage.wire.client import Wire
from entourage.wire.failures import WireFailed
from entourage.wire.origin import Origin, split_url

FETCH_SECONDS = 30.0
_OK = 200


class OpenApiFetcher:
    """Fetches documents without any secret."""

    def __init__(self, wire: Wire, *, allow_private: bool) -> None:
        self._wire = wire
        self._allow_private = allow_private

    async def fetch(self, url: str, base_url: str) -> bytes:
        """The text behind `url`; one that begins with a slash is of the service's host. Raises Invalid, Upstream."""
        if url.startswith("/"):
            parts = urlsplit(base_url)
            url = f"{parts.scheme}://{parts.netloc}{url}"
        request, origin = self._request(url)
        try:
            async with asyncio.timeout(FETCH_SECONDS):
                reply = await self._wire.ask(origin, request)
        except (WireFailed, TimeoutError) as error:
            raise Upstream(f"The OpenAPI document cannot be fetched: {error or 'it took too long'}.") from None
        if reply.status != _OK:
            raise Upstream(f"The OpenAPI document cannot be fetched: the answer was {reply.status}.")
        if len(reply.body or b"") > MAX_DOCUMENT_BYTES:
            raise _unusable(f"the document is larger than {MAX_DOCUMENT_BYTES} bytes")
        return reply.body or b""

    def _request(self, url: str) -> tuple[bytes, Origin]:
        """The request for it and where it goes. Raises Invalid."""
        if len(url) > 2000 or not url.isprintable():
            raise _unusable("it is no usable address")
        parts = urlsplit(url)
        try:
            check_base_url(parts._replace(query="", fragment="").geturl(), allow_private=self._allow_private)
            origin, _ = split_url(url)
        except (Invalid, ValueError):
            raise _unusable("it is no address that may be asked") from None
        target = quote(parts.path or "/", safe="/%:@!$&'()*+,;=-._~").encode()
        if parts.query:
            target += b"?" + quote(parts.query, safe="/%:@!$&'()*+,;=-._~?").encode()
        head = b"GET %b HTTP/1.1\r\nhost: %b\r\naccept: application/json, application/yaml;q=0.9\r\n"
        return head % (target, origin.authority) + b"accept-encoding: identity\r\n\r\n", origin


def _unusable(why: str) -> Invalid:
    return Invalid(f"Not valid: openapi; {why}.", errors=[FieldError(field="openapi", message=why)])
