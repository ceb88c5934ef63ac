"""One request and its answer over plain ASGI, with the ways a connection breaks."""

import asyncio
import gzip
import json
from collections.abc import Awaitable, Callable
from types import ModuleType
from typing import Any

from tests.fakes.conversation import Json
from tests.fakes.replies import Fault

_STALL_SECONDS = 3600
_FAR_AWAY = "http://169.254.169.254/latest/meta-data/"
_HUGE = 200_000


class Connection:
    def __init__(
        self, scope: Any, receive: Callable[[], Awaitable[Any]], send: Callable[[Any], Awaitable[None]]
    ) -> None:
        self._receive, self._send = receive, send
        self.method: str = scope["method"]
        self.path: str = scope["path"]
        self.query: str = scope["query_string"].decode()
        self.sent = bytearray()
        self.headers: dict[str, str] = {k.decode().lower(): v.decode("latin-1") for k, v in scope["headers"]}

    @property
    def key(self) -> str:
        return self.headers.get("x-api-key") or self.headers.get("authorization", "").removeprefix("Bearer ").strip()

    @property
    def is_anthropic(self) -> bool:
        return self.path.startswith("/v1/messages") or "anthropic-version" in self.headers

    async def body(self) -> bytes:
        chunks: list[bytes] = []
        while True:
            message = await self._receive()
            chunks.append(message.get("body", b""))
            if not message.get("more_body"):
                return b"".join(chunks)

    async def reply_bytes(self, data: bytes, content_type: str) -> None:
        await self._start(200, {"content-type": content_type, "content-length": str(len(data))})
        await self._send_body(data)

    async def reply(self, status: int, value: Json, headers: dict[str, str] | None = None) -> None:
        raw = json.dumps(value).encode()
        sent = {"content-type": "application/json", "content-length": str(len(raw)), "x-request-id": "req_fake"}
        await self._start(status, sent | (headers or {}))
        await self._send_body(raw)

    async def whole(self, fault: Fault | None, value: Json, dialect: ModuleType) -> None:
        """An unstreamed answer, or what the fault makes of it."""
        if fault is None:
            return await self.reply(200, value)
        raw = json.dumps(value).encode()
        match fault.kind:
            case "stall":
                return await self._wait_for_hangup()
            case "malformed":
                raw = raw[: len(raw) // 2]
                await self._start(200, {"content-type": "application/json", "content-length": str(len(raw))})
                return await self._send_body(raw)
            case "bad_utf8" | "endless" | "compressed" | "huge_header":
                return await self._oddly(fault.kind, raw)
            case "ends_early":
                return await self.reply(200, value)
            case "error_event":
                return await self.reply(529, dialect.error_body(fault))
            case _:
                await self._start(200, {"content-type": "application/json", "content-length": str(len(raw))})
                if fault.kind == "cut_mid":
                    await self._send_body(raw[: len(raw) // 2], more=True)
                return await self._hang_up()

    async def start_stream(self, fault: Fault | None = None) -> None:
        headers = {"content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache"}
        await self._start(200, headers | _odd_headers(fault.kind if fault else ""))

    async def _oddly(self, kind: str, raw: bytes) -> None:
        """An answer no client should have to take."""
        headers = {"content-type": "application/json"} | _odd_headers(kind)
        if kind == "bad_utf8":
            raw = raw.replace(b'"', b'"\xff', 2)
        if kind == "compressed":
            raw = gzip.compress(raw)
        if kind == "endless":
            await self._start(200, headers)
            await self._forever(raw[:-1] + b" ")
            return
        await self._start(200, headers | {"content-length": str(len(raw))})
        await self._send_body(raw)

    async def redirect(self, status: int) -> None:
        """To where no request of a server may go."""
        await self._start(status, {"location": _FAR_AWAY, "content-length": "0"})
        await self._send_body(b"")

    async def send_event(self, event: bytes) -> None:
        await self._send_body(event, more=True)

    async def end_stream(self) -> None:
        await self._send_body(b"")

    async def break_stream(self, fault: Fault, dialect: ModuleType) -> None:
        match fault.kind:
            case "stall":
                await self._wait_for_hangup()
            case "malformed":
                await self.send_event(dialect.MALFORMED_EVENT)
                await self.end_stream()
            case "bad_utf8":
                await self.send_event(dialect.MALFORMED_EVENT.replace(b": \n", b': "\xff\xfe"}\n'))
                await self.end_stream()
            case "endless":
                await self._forever(b": more\n\n" * 512)
            case "compressed":
                await self.send_event(gzip.compress(b"data: {}\n\n"))
                await self.end_stream()
            case "huge_header" | "ends_early":
                await self.end_stream()
            case "error_event":
                await self.send_event(dialect.error_event(fault))
                await self.end_stream()
            case _:
                await self._hang_up()

    def abort(self) -> None:
        """Resets the connection before a byte was answered."""
        self._transport.abort()

    async def _forever(self, data: bytes) -> None:
        """The same again until the client has had enough."""
        while not self._transport.is_closing():
            await self._send_body(data, more=True)
            await asyncio.sleep(0)

    async def _send_body(self, data: bytes, *, more: bool = False) -> None:
        self.sent += data[: _HUGE * 10]
        await self._send({"type": "http.response.body", "body": data, "more_body": more})

    async def _hang_up(self) -> None:
        """Closes after what was written has left, so that the client sees an incomplete body."""
        self._transport.close()

    async def _wait_for_hangup(self) -> None:
        """Says nothing until the client has gone."""
        async with asyncio.timeout(_STALL_SECONDS):
            while (await self._receive())["type"] != "http.disconnect":
                pass

    async def _start(self, status: int, headers: dict[str, str]) -> None:
        raw = [(k.encode(), v.encode()) for k, v in headers.items()]
        await self._send({"type": "http.response.start", "status": status, "headers": raw})

    @property
    def _transport(self) -> asyncio.Transport:
        """uvicorn's `receive` is a method of the object that holds the socket; ASGI itself has no way to hang up."""
        return self._receive.__self__.transport  # type: ignore[attr-defined]


def _odd_headers(kind: str) -> dict[str, str]:
    return {"compressed": {"content-encoding": "gzip"}, "huge_header": {"x-huge": "x" * _HUGE}}.get(kind, {})
