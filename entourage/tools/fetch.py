"""Fetching a page for a model without lending it the server's place in the network.

The name is resolved here, every address is checked, and the connection goes to the very address that was checked, so
a name that resolves differently the second time gains nothing. Each redirect starts over.
"""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import Iterable, Mapping
from typing import Literal

import httpcore
import httpx
import msgspec

from entourage.kit.errors import Invalid, Problem, TimedOut, TooLarge, Upstream
from entourage.tools.web.answer import Answer, Fetched, refuse_binary, told, unpacker
from entourage.tools.web.network import CheckedBackend, Resolver, resolve

Method = Literal["GET", "POST"]

MAX_URL_CHARACTERS = 4_096
MAX_HEADER_BYTES = 65_536
HOST = re.compile(r"[A-Za-z0-9._-]{1,253}|\[?[0-9A-Fa-f:.]+\]?")
REDIRECTS = {301, 302, 303, 307, 308}
KEPT_ACROSS_ORIGINS = {"accept", "accept-language", "content-type", "user-agent"}
OURS = re.compile(
    r"host|content-length|transfer-encoding|connection|upgrade|te|trailer|expect|accept-encoding|proxy-.*"
)


class FetchLimits(msgspec.Struct, frozen=True):
    """`response_bytes` bounds what is read off the network, `text_bytes` what it unpacks to."""

    response_bytes: int = 2 * 1024 * 1024
    text_bytes: int = 4 * 1024 * 1024
    request_bytes: int = 1024 * 1024
    seconds: float = 30.0
    redirects: int = 5
    ports: frozenset[int] = frozenset({80, 443, 8080, 8443})


class SafeFetcher:
    """Fetches public http and https pages as text.

    `allow_networks` are CIDR networks that may be reached though they are not public, on any port. Proxies of the
    environment are not used.
    """

    def __init__(
        self,
        *,
        allow_networks: Iterable[str] = (),
        limits: FetchLimits | None = None,
        resolver: Resolver = resolve,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        self._limits = limits or FetchLimits()
        self._backend = CheckedBackend(allow_networks, resolver, self._limits.ports)
        self._ssl_context = ssl_context

    async def fetch(
        self,
        url: str,
        method: Method = "GET",
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        *,
        raw: bool = False,
    ) -> Fetched:
        """The page at `url`; HTML as readable text unless `raw`.

        Raises Invalid (not such a URL or header), Forbidden (an address that is not public, a port), TimedOut, TooLarge
        (headers, request body), UnsupportedMedia (not text), Upstream (no such host, broken answers, too many
        redirects). An error status is no error: see `Fetched.status`.
        """
        if body is not None and len(body) > self._limits.request_bytes:
            raise TooLarge(f"the body has {len(body):,} bytes; at most {self._limits.request_bytes:,} are sent")
        request = _Request(method, _parsed(url), _checked_headers(headers or {}), body)
        answer, passed = await self._in_time(request)
        return await asyncio.to_thread(told, answer, passed, raw=raw)

    async def download(self, url: str) -> Answer:
        """What is at `url`, of whatever type, as it is. Raises as `fetch`, but for UnsupportedMedia."""
        answer, _ = await self._in_time(_Request("GET", _parsed(url), httpx.Headers(), None, takes_binary=True))
        return answer

    async def _in_time(self, request: _Request) -> tuple[Answer, tuple[str, ...]]:
        try:
            async with asyncio.timeout(self._limits.seconds):
                return await self._follow(request)
        except TimeoutError:
            raise TimedOut(f"{str(request.url)!r} did not answer in full within {self._limits.seconds:g} s") from None

    async def _follow(self, request: _Request) -> tuple[Answer, tuple[str, ...]]:
        passed: list[str] = []
        while True:
            answer = await self._send(request)
            location = answer.headers.get("location")
            if answer.status not in REDIRECTS or location is None:
                return answer, tuple(passed)
            if len(passed) >= self._limits.redirects:
                first = [*passed, str(request.url)][0]
                raise Upstream(f"{first!r} redirects more than {self._limits.redirects} times")
            passed.append(str(request.url))
            request = request.redirected(answer.status, location)

    async def _send(self, request: _Request) -> Answer:
        pool = httpcore.AsyncConnectionPool(
            network_backend=self._backend, ssl_context=self._ssl_context, http2=False, retries=0
        )
        try:
            async with (
                pool,
                pool.stream(
                    request.method,
                    str(request.url),
                    headers=request.sent_headers(),
                    content=request.body,
                    extensions={"timeout": dict.fromkeys(("connect", "read", "write", "pool"), self._limits.seconds)},
                ) as response,
            ):
                return await self._receive(request, response)
        except (
            httpcore.NetworkError,
            httpcore.ProtocolError,
            httpcore.UnsupportedProtocol,
            OSError,
            ValueError,
        ) as error:
            raise _unreachable(request.url, error) from error
        except httpcore.TimeoutException:
            raise TimeoutError from None

    async def _receive(self, request: _Request, response: httpcore.Response) -> Answer:
        if sum(len(name) + len(value) for name, value in response.headers) > MAX_HEADER_BYTES:
            raise TooLarge(f"{str(request.url)!r} answered with over {MAX_HEADER_BYTES:,} bytes of headers")
        headers = httpx.Headers(response.headers)
        if response.status in REDIRECTS and "location" in headers:
            return Answer(str(request.url), response.status, headers, b"", truncated=False)
        if not request.takes_binary:
            refuse_binary(str(request.url), headers)
        unpack = unpacker(headers.get("content-encoding", ""))
        data, received, truncated = bytearray(), 0, False
        async for chunk in response.aiter_stream():
            received += len(chunk)
            data += unpack(chunk, self._limits.text_bytes + 1 - len(data))
            truncated = received > self._limits.response_bytes or len(data) > self._limits.text_bytes
            if truncated:
                break
        return Answer(str(request.url), response.status, headers, bytes(data[: self._limits.text_bytes]), truncated)


class _Request(msgspec.Struct, frozen=True):
    method: str
    url: httpx.URL
    headers: httpx.Headers
    body: bytes | None
    takes_binary: bool = False

    def sent_headers(self) -> list[tuple[bytes, bytes]]:
        defaults = httpx.Headers({"host": self.url.netloc.decode(), "user-agent": "Entourage", "accept": "*/*"})
        defaults.update(self.headers)
        defaults["accept-encoding"] = "gzip, deflate"
        if self.body is not None:
            defaults["content-length"] = str(len(self.body))
        return defaults.raw

    def redirected(self, status: int, location: str) -> _Request:
        """The request a redirect asks for; another origin learns nothing that was meant for this one."""
        try:
            url = _parsed(str(self.url.join(location)))
        except (httpx.InvalidURL, Invalid) as error:
            raise Upstream(f"{str(self.url)!r} redirects to {location[:200]!r}, which is no page: {error}") from error
        same_origin = (url.scheme, url.host, url.port) == (self.url.scheme, self.url.host, self.url.port)
        kept = {k: v for k, v in self.headers.items() if same_origin or k.lower() in KEPT_ACROSS_ORIGINS}
        keeps_method = status in (307, 308) or self.method == "GET"
        return _Request(
            self.method if keeps_method else "GET",
            url,
            httpx.Headers(kept),
            self.body if keeps_method else None,
            self.takes_binary,
        )


def _parsed(text: str) -> httpx.URL:
    hint = "Give a whole address such as https://example.com/page."
    if len(text) > MAX_URL_CHARACTERS:
        raise Invalid(f"the URL has {len(text):,} characters; at most {MAX_URL_CHARACTERS:,} are taken")
    try:
        url = httpx.URL(text)
    except (httpx.InvalidURL, UnicodeError, ValueError) as error:
        raise Invalid(f"{text[:200]!r} is not a URL: {error}", hint=hint) from error
    if url.scheme not in ("http", "https") or not HOST.fullmatch(url.raw_host.decode()):
        raise Invalid(f"{text[:200]!r} is not an http or https URL", hint=hint)
    if url.userinfo:
        raise Invalid("the URL has a user name or password in it", hint="Send an Authorization header instead.")
    return url.copy_with(fragment=None)


def _checked_headers(headers: Mapping[str, str]) -> httpx.Headers:
    for name, value in headers.items():
        if OURS.fullmatch(name.strip().lower()):
            raise Invalid(f"the header {name!r} is set by the server itself", hint="Leave it out.")
        if not re.fullmatch(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", name) or not re.fullmatch(r"[\t\x20-\x7e]*", value):
            raise Invalid(f"{name!r} is not a header that can be sent", hint="Use plain ASCII without line ends.")
    return httpx.Headers(dict(headers))


def _unreachable(url: httpx.URL, error: Exception) -> Problem:
    return Upstream(f"{url.host!r} could not be reached: {str(error) or type(error).__name__}")


__all__ = ["FetchLimits", "Fetched", "Method", "Resolver", "SafeFetcher", "resolve"]
