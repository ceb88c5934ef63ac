"""Speaking E2B's protocol as a client: the control API, Connect calls and streams, files, the interpreter."""

from __future__ import annotations

import struct
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, cast

import msgspec

from entourage.kit.errors import (
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    Problem,
    QuotaExceeded,
    TimedOut,
    TooMany,
    Unavailable,
    Upstream,
)

if TYPE_CHECKING:
    import httpx

ENVD_PORT, CODE_PORT = 49983, 49999
CONNECT_SECONDS = 10.0
CALL_SECONDS = 60.0
MAX_ANSWER_BYTES = 16 * 1024 * 1024
_LAST = 2
_FIRST_ERROR = 400

_BY_CODE: Mapping[str, type[Problem]] = {
    "not_found": NotFound,
    "invalid_argument": Invalid,
    "permission_denied": Forbidden,
    "already_exists": Conflict,
    "failed_precondition": Conflict,
    "resource_exhausted": QuotaExceeded,
    "deadline_exceeded": TimedOut,
    "unavailable": Unavailable,
}
_BY_STATUS: Mapping[int, type[Problem]] = {
    400: Invalid,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    502: Unavailable,
    503: Unavailable,
    504: TimedOut,
    507: QuotaExceeded,
}


class Account(msgspec.Struct, frozen=True):
    """Where the cloud is and whose account is used. `sandbox_url` None: each sandbox has a host name of its own."""

    api_key: str
    api_url: str = "https://api.e2b.app"
    domain: str = "e2b.app"
    sandbox_url: str | None = None
    template: str = "code-interpreter-v1"


class Opened(msgspec.Struct, frozen=True):
    """A sandbox of the cloud, and what opens its data doors."""

    id: str
    token: str
    traffic_token: str
    domain: str


class Cloud:
    """One account's connection. Raises Problem for whatever goes wrong, Upstream for what makes no sense."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self._kept: httpx.AsyncClient | None = None

    @property
    def _client(self) -> httpx.AsyncClient:
        if self._kept is None:
            import httpx

            self._kept = httpx.AsyncClient(timeout=httpx.Timeout(CALL_SECONDS, connect=CONNECT_SECONDS))
        return self._kept

    async def close(self) -> None:
        """Give the connections back."""
        if self._kept is not None:
            await self._kept.aclose()

    async def api(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """A call of the control API; its answer, None for none."""
        headers = {"x-api-key": self.account.api_key}
        async with self._asked(method, f"{self.account.api_url}{path}", headers, body) as answer:
            return _decoded(await _whole(answer))

    async def call(self, opened: Opened, name: str, message: Mapping[str, Any]) -> dict[str, Any]:
        """A single call of envd, such as `filesystem.Filesystem/Stat`."""
        async with self._asked("POST", self._url(opened, ENVD_PORT, name), self._headers(opened), message) as answer:
            return cast("dict[str, Any]", _decoded(await _whole(answer)) or {})

    async def stream(self, opened: Opened, name: str, message: Mapping[str, Any]) -> AsyncGenerator[dict[str, Any]]:
        """The messages of a streaming call of envd. Raises what the last one says."""
        import httpx

        body = msgspec.json.encode(message)
        headers = {
            **self._headers(opened),
            "content-type": "application/connect+json",
            "connect-protocol-version": "1",
            "keepalive-ping-interval": "50",
        }
        content = struct.pack(">BI", 0, len(body)) + body
        wait = httpx.Timeout(CALL_SECONDS * 2, connect=CONNECT_SECONDS)
        async with self._sent("POST", self._url(opened, ENVD_PORT, name), headers, content, wait) as answer:
            async for flag, raw in _envelopes(answer.aiter_bytes()):
                told = cast("dict[str, Any]", _decoded(raw) or {})
                if flag & _LAST:
                    if error := told.get("error"):
                        raise _problem(_BY_CODE.get(error.get("code"), Upstream), error.get("message", ""))
                    return
                yield told

    async def lines(self, opened: Opened, path: str, body: Mapping[str, Any]) -> AsyncGenerator[dict[str, Any]]:
        """The JSON objects that the interpreter answers with, one a line."""
        import httpx

        headers = {**self._headers(opened, CODE_PORT), "content-type": "application/json"}
        wait = httpx.Timeout(None, connect=CONNECT_SECONDS)
        async with self._sent(
            "POST", self._url(opened, CODE_PORT, path), headers, msgspec.json.encode(body), wait
        ) as answer:
            async for line in answer.aiter_lines():
                if line.strip():
                    yield cast("dict[str, Any]", _decoded(line.encode()))

    async def code(self, opened: Opened, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """Another call of the interpreter."""
        url = self._url(opened, CODE_PORT, path)
        async with self._asked(method, url, self._headers(opened, CODE_PORT), body) as answer:
            return _decoded(await _whole(answer))

    async def download(self, opened: Opened, path: str) -> AsyncGenerator[bytes]:
        """The bytes of a file."""
        url = self._url(opened, ENVD_PORT, "files")
        async with self._sent("GET", url, self._headers(opened), None, None, params={"path": path}) as answer:
            async for chunk in answer.aiter_bytes():
                yield chunk

    async def upload(self, opened: Opened, path: str, chunks: AsyncIterable[bytes]) -> None:
        """Write a file."""
        headers = {**self._headers(opened), "content-type": "application/octet-stream"}
        url = self._url(opened, ENVD_PORT, "files")
        async with self._sent("POST", url, headers, chunks, None, params={"path": path}) as answer:
            await _whole(answer)

    def _url(self, opened: Opened, port: int, path: str) -> str:
        base = self.account.sandbox_url or f"https://{port}-{opened.id}.{opened.domain}"
        return f"{base}/{path}"

    def _headers(self, opened: Opened, port: int = ENVD_PORT) -> dict[str, str]:
        return {
            "x-access-token": opened.token,
            "e2b-traffic-access-token": opened.traffic_token,
            "e2b-sandbox-id": opened.id,
            "e2b-sandbox-port": str(port),
        }

    def _asked(self, method: str, url: str, headers: Mapping[str, str], body: Mapping[str, Any] | None) -> Any:
        if body is None:
            return self._sent(method, url, headers, None, None)
        return self._sent(method, url, {**headers, "content-type": "application/json"}, msgspec.json.encode(body), None)

    @asynccontextmanager
    async def _sent(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        content: bytes | AsyncIterable[bytes] | None,
        wait: httpx.Timeout | None,
        *,
        params: Mapping[str, str] | None = None,
    ) -> AsyncGenerator[httpx.Response]:
        """An answer that is no refusal. Raises the problem it would be."""
        import httpx

        more: dict[str, Any] = {"timeout": wait} if wait is not None else {}
        try:
            sent = self._client.stream(method, url, headers=dict(headers), content=content, params=params, **more)
            async with sent as answer:
                if answer.status_code >= _FIRST_ERROR:
                    raise _refused(answer.status_code, await _whole(answer))
                yield answer
        except httpx.TimeoutException:
            raise TimedOut("E2B's cloud did not answer in time.") from None
        except httpx.HTTPError as error:
            raise Unavailable(f"E2B's cloud could not be reached: {error or type(error).__name__}") from None


async def _envelopes(chunks: AsyncIterator[bytes]) -> AsyncGenerator[tuple[int, bytes]]:
    buffer = b""
    async for chunk in chunks:
        buffer += chunk
        while len(buffer) >= 5:
            flag, size = struct.unpack(">BI", buffer[:5])
            if size > MAX_ANSWER_BYTES:
                raise Upstream(f"E2B's cloud sent a message of {size} bytes.")
            if len(buffer) < 5 + size:
                break
            yield flag, buffer[5 : 5 + size]
            buffer = buffer[5 + size :]
    raise Unavailable("E2B's cloud broke off a stream.")


async def _whole(answer: httpx.Response) -> bytes:
    read = bytearray()
    async for chunk in answer.aiter_bytes():
        read += chunk
        if len(read) > MAX_ANSWER_BYTES:
            raise Upstream(f"E2B's cloud answered with more than {MAX_ANSWER_BYTES} bytes.")
    return bytes(read)


def _decoded(raw: bytes) -> Any:
    try:
        return msgspec.json.decode(raw) if raw.strip() else None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Upstream(f"E2B's cloud sent what is no JSON: {raw[:100]!r}") from None


def _refused(status: int, raw: bytes) -> Problem:
    """What an error answer means here; a refused key is no fault of the person's."""
    try:
        told = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError):
        told = None
    told = cast("dict[str, Any]", told) if isinstance(told, dict) else {}
    message = str(told.get("message") or raw[:300].decode(errors="replace"))
    if status == 401 or told.get("code") == "unauthenticated":
        return Unavailable(f"E2B's cloud refused the key: {message}", hint="Set ENTOURAGE_E2B_API_KEY.")
    if status == 429:
        return TooMany(f"E2B's cloud: {message}", retry_after_seconds=5)
    by_code = _BY_CODE.get(str(told.get("code")))
    return _problem(by_code or _BY_STATUS.get(status, Upstream), message or f"status {status}")


def _problem(kind: type[Problem], message: str) -> Problem:
    return kind(message or "E2B's cloud refused.")
