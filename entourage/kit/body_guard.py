"""Limits on what comes in: size, encoding, depth and time, before any route sees a byte."""

from __future__ import annotations

import asyncio
import time

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from entourage.kit import json
from entourage.kit.errors import BadRequest, Problem, TooLarge, UnsupportedMedia
from entourage.kit.problems import SlowBody, is_json, send_problem

BODY_SECONDS = 10.0
"""A JSON body must arrive within this; an upload may take longer as long as it keeps `UPLOAD_BYTES_PER_SECOND`."""

UPLOAD_BYTES_PER_SECOND = 16 * 1024


class BodyGuard:
    """ASGI middleware. JSON bodies are read and checked whole; uploads are counted while they stream."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        max_body_bytes: int,
        max_upload_bytes: int,
        max_json_depth: int,
        body_seconds: float = BODY_SECONDS,
    ) -> None:
        self._app = app
        self._max_body_bytes = max_body_bytes
        self._max_upload_bytes = max_upload_bytes
        self._max_json_depth = max_json_depth
        self._body_seconds = body_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        try:
            body = self._expected(headers)
            if body is None:
                await self._app(scope, receive, send)
            elif is_json(headers.get("content-type")):
                whole = await body.whole(receive)
                if whole:
                    json.check_body(whole, self._max_json_depth)
                await self._app(scope, _replay(whole, receive), send)
            else:
                await _Streamed(body, receive, send).run(self._app, scope)
        except Problem as problem:
            # only what was found before the application ran comes here: routes have their own handlers
            await send_problem(_closing(problem), scope, receive, send)

    def _expected(self, headers: Headers) -> _Body | None:
        """What the headers announce, None for no body. Raises TooLarge, BadRequest, UnsupportedMedia."""
        declared = headers.get("content-length")
        if declared is None and "transfer-encoding" not in headers:
            return None
        if declared is not None and not (declared.isascii() and declared.isdigit()):
            raise BadRequest(f"Content-Length must be a number, not {declared[:40]!r}.")
        length = int(declared) if declared is not None and "transfer-encoding" not in headers else None
        if length == 0:
            return None
        kind = headers.get("content-type", "").split(";")[0].strip().lower()
        if kind in {"", "application/x-www-form-urlencoded"}:
            raise UnsupportedMedia(
                f"A body of type {kind or 'unknown'!r} is not taken here.", hint="Send application/json."
            )
        if headers.get("content-encoding", "identity").lower() != "identity":
            raise UnsupportedMedia("Compressed bodies are not taken.", hint="Send it without Content-Encoding.")
        as_json = is_json(kind)
        limit = self._max_body_bytes if as_json else self._max_upload_bytes
        if length is not None and length > limit:
            raise too_large(limit)
        return _Body(length, limit, self._body_seconds, 0 if as_json else UPLOAD_BYTES_PER_SECOND)


class _Body:
    """Counts one body. `pull` gives the next message or raises TooLarge, BadRequest, SlowBody."""

    def __init__(self, length: int | None, limit: int, seconds: float, bytes_per_second: int) -> None:
        self._length = length
        self._limit = limit
        self._seconds = seconds
        self._bytes_per_second = bytes_per_second
        self._started = time.monotonic()
        self._received = 0
        self.complete = False

    async def pull(self, receive: Receive) -> Message:
        earned = self._received / self._bytes_per_second if self._bytes_per_second else 0
        left = self._started + self._seconds + earned - time.monotonic()
        try:
            message = await asyncio.wait_for(receive(), max(left, 0.001))
        except TimeoutError:
            raise SlowBody(f"The body did not arrive within {self._seconds:g} s.") from None
        if message["type"] == "http.request":
            self._count(len(message.get("body", b"")), more=message.get("more_body", False))
        return message

    def _count(self, size: int, *, more: bool) -> None:
        self._received += size
        self.complete = not more
        if self._received > self._limit:
            raise too_large(self._limit)
        if self._length is not None and (self._received > self._length or (not more and self._received < self._length)):
            raise BadRequest(f"Content-Length says {self._length} bytes, but the body has another length.")

    async def whole(self, receive: Receive) -> bytes:
        """All of it; what came so far when the client hangs up."""
        chunks: list[bytes] = []
        while not self.complete:
            message = await self.pull(receive)
            if message["type"] != "http.request":
                break
            chunks.append(message.get("body", b""))
        return b"".join(chunks)


class _Streamed:
    """Runs the application on a counted stream. A body that breaks the rules wins over what the route makes of it."""

    def __init__(self, body: _Body, receive: Receive, send: Send) -> None:
        self._body = body
        self._receive = receive
        self._send = send
        self._broken: Problem | None = None
        self._answering = False

    async def run(self, app: ASGIApp, scope: Scope) -> None:
        try:
            await app(scope, self._pull, self._push)
        except Problem as problem:
            if problem is not self._broken:
                raise
        if self._broken is not None and not self._answering:
            await send_problem(_closing(self._broken), scope, self._receive, self._send)

    async def _pull(self) -> Message:
        if self._broken is not None:
            raise self._broken
        if self._body.complete:
            return await self._receive()
        try:
            return await self._body.pull(self._receive)
        except Problem as problem:
            self._broken = problem
            raise

    async def _push(self, message: Message) -> None:
        if self._broken is None or self._answering:
            self._answering = True
            await self._send(message)


def too_large(limit_bytes: int) -> TooLarge:
    """The problem of a body over `limit_bytes`."""
    return TooLarge(f"The body is larger than {limit_bytes} bytes.", hint="Send less at once.")


def _closing(problem: Problem) -> Problem:
    """Unread bytes may follow on the connection, so it must not be used again."""
    problem.headers = {**problem.headers, "Connection": "close"}
    return problem


def _replay(body: bytes, receive: Receive) -> Receive:
    sent = False

    async def replayed() -> Message:
        nonlocal sent
        if sent:
            return await receive()
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replayed
