"""Streaming from the public web into a file, by the same rules of addresses as fetching for a model."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Iterable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import httpcore
import httpx
import msgspec

from entourage.kit.errors import Forbidden, NotFound, TimedOut, TooLarge, Upstream
from entourage.tools.fetch import REDIRECTS
from entourage.tools.web.network import CheckedBackend, resolve
from entourage.workspaces.importing.sources import Received

SECONDS = 900.0
SILENT_SECONDS = 60.0
MOST_REDIRECTS = 5
PORTS = frozenset({80, 443, 8080, 8443})
_OK, _FORBIDDEN, _NOT_FOUND, _UNAUTHORIZED = 200, 403, 404, 401


class Incoming(msgspec.Struct, frozen=True):
    """An answer that is being received."""

    url: str
    headers: httpx.Headers
    chunks: AsyncGenerator[bytes, None]

    @property
    def size(self) -> int | None:
        """How many bytes it says it has."""
        text = self.headers.get("content-length", "")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


class Streaming:
    """Asks servers on public networks (or those that an admin allows)."""

    def __init__(self, allow_networks: Iterable[str]) -> None:
        self._backend = CheckedBackend(allow_networks, resolve, PORTS)

    async def download(self, url: str, target: Path, most_bytes: int, received: Received) -> None:
        """What is at a URL, into a file. See `Download`."""
        async with self.asking("GET", url) as incoming:
            if (incoming.size or 0) > most_bytes:
                raise _too_large(most_bytes)
            count = 0
            with target.open("xb") as file:
                async for chunk in incoming.chunks:
                    count += len(chunk)
                    if count > most_bytes:
                        raise _too_large(most_bytes)
                    await asyncio.to_thread(file.write, chunk)
                    received(count, incoming.size)

    @asynccontextmanager
    async def asking(
        self, method: str, url: str, headers: Mapping[str, str] | None = None, body: bytes | None = None
    ) -> AsyncGenerator[Incoming]:
        """An answer of 200, its body still to come; a GET follows redirects."""
        asked = url
        for _ in range(MOST_REDIRECTS + 1):
            async with self._asking_once(method, asked, headers or {}, body) as (status, got, chunks):
                location = got.get("location")
                if method == "GET" and status in REDIRECTS and location:
                    asked = _joined(asked, location)
                    continue
                _check(status, asked)
                yield Incoming(asked, got, chunks)
                return
        raise Upstream(f"{url!r} redirects too often")

    @asynccontextmanager
    async def _asking_once(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None
    ) -> AsyncGenerator[tuple[int, httpx.Headers, AsyncGenerator[bytes, None]]]:
        parsed = httpx.URL(url)
        sent = {"Host": parsed.netloc.decode(), "User-Agent": "git/2.39 (Entourage)", "Accept": "*/*", **headers}
        sent |= {"Content-Length": str(len(body))} if body is not None else {}
        timeout = dict.fromkeys(("connect", "read", "write", "pool"), SILENT_SECONDS)
        pool = httpcore.AsyncConnectionPool(network_backend=self._backend, http2=False, retries=0)
        until = time.monotonic() + SECONDS
        try:
            async with (
                pool,
                pool.stream(
                    method, str(parsed), headers=list(sent.items()), content=body, extensions={"timeout": timeout}
                ) as response,
            ):
                yield response.status, httpx.Headers(response.headers), _until(response, until)
        except httpcore.TimeoutException:
            raise TimedOut(f"{parsed.host!r} said nothing for {SILENT_SECONDS:g} s") from None
        except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.UnsupportedProtocol, OSError) as error:
            said = str(error) or type(error).__name__
            raise Upstream(f"{parsed.host!r} could not be reached: {said}") from error


async def _until(response: httpcore.Response, until: float) -> AsyncGenerator[bytes, None]:
    async for chunk in response.aiter_stream():
        if time.monotonic() > until:
            raise TimedOut(f"It took over {SECONDS:g} s.")
        yield chunk


def _joined(url: str, location: str) -> str:
    try:
        joined = httpx.URL(url).join(location)
    except (httpx.InvalidURL, ValueError):
        raise Upstream(f"{url!r} redirects to nothing") from None
    if joined.scheme not in ("https", "http") or joined.userinfo:
        raise Forbidden(f"{url!r} redirects to {str(joined)[:200]!r}, which is not followed")
    if httpx.URL(url).scheme == "https" and joined.scheme == "http":
        raise Forbidden(f"{url!r} redirects away from https")
    return str(joined)


def _check(status: int, url: str) -> None:
    if status == _OK:
        return
    if status in (_NOT_FOUND, _UNAUTHORIZED, _FORBIDDEN):
        raise NotFound(f"{url!r} is not there, or not public ({status})", hint="Look at the address.")
    raise Upstream(f"{url!r} answered {status}")


def _too_large(most_bytes: int) -> TooLarge:
    return TooLarge(f"It is over {most_bytes:,} bytes, which is all the room there is.", hint="Make room first.")
