"""One request to an ingest door: its headers, its body within limits and in time, and its answer.

These doors stand outside FastAPI and its middlewares, so what those do for every other route is done here: problem
documents, security headers, request id, time taken.
"""

from __future__ import annotations

import itertools
import os
import re
import time
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from starlette.types import Message, Receive, Scope, Send

from entourage.kit.errors import BadRequest, Problem, Unauthorized
from entourage.kit.http import DATA_CSP
from entourage.kit.json import encode
from entourage.kit.problems import MEDIA_TYPE
from entourage.observe.refusals import Refused, foreign_origin, too_large, with_code

REPLY = "entourage.reply"
"""An extension of our own server: `reply(answer, close=...)` sends a whole HTTP/1.1 answer in one write."""

DRAINED_BYTES = 16 * 1024 * 1024
"""How much of a body that is not taken is read all the same, so that its sender hears the answer."""

_STANDING: tuple[tuple[bytes, bytes], ...] = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(self), payment=(), usb=()"),
    (b"content-security-policy", DATA_CSP.encode()),
    (b"cache-control", b"no-store"),
)


def _lines(headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    return b"".join([b"%b: %b\r\n" % header for header in headers])


_STANDING_LINES = _lines(_STANDING)
_REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{8,64}").fullmatch
_prefix = os.urandom(6).hex()
_counter = itertools.count(1)


class Gone(Exception):
    """The client hung up before its body was complete."""


class IngestRequest:
    """What a door sees of a request."""

    __slots__ = ("_read", "_receive", "_reply", "_send", "_started", "headers", "path", "request_id", "status")

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._receive = receive
        self._send = send
        self._reply = scope.get("extensions", {}).get(REPLY)
        self._started = time.perf_counter()
        self._read = False
        self.status = 0
        self.path: str = scope["path"]
        self.headers: dict[bytes, bytes] = dict(scope["headers"])
        given = self.headers.get(b"x-request-id")
        self.request_id = given if given and _REQUEST_ID(given) else f"{_prefix}-{next(_counter):08x}".encode()

    @property
    def seconds(self) -> float:
        """Since the request came."""
        return time.perf_counter() - self._started

    def header(self, name: bytes) -> str:
        """A header's value, empty when it is absent."""
        return self.headers.get(name, b"").decode("latin-1")

    @property
    def kind(self) -> str:
        """The bare media type."""
        return self.header(b"content-type").partition(";")[0].strip().lower()

    @property
    def token(self) -> str:
        """The key: `Authorization: Bearer ...` or `x-api-key`. Raises Unauthorized for another scheme."""
        given = self.headers.get(b"authorization")
        if given is None:
            return self.header(b"x-api-key").strip()
        scheme, _, token = given.decode("latin-1").partition(" ")
        if scheme.lower() != "bearer":
            raise Unauthorized("Authorization must be `Bearer <key>`.")
        return token.strip()

    def check_origin(self, allowed: frozenset[str]) -> None:
        """A page may send only when it is ours or one of `allowed`. Raises Refused."""
        origin = self.header(b"origin")
        if not origin or origin in allowed:
            return
        if urlsplit(origin).netloc.lower() != self.header(b"host").lower():
            raise foreign_origin(origin)

    async def body(self, limit_bytes: int) -> bytes:
        """All of it. Raises Refused past the limit, BadRequest, Gone. The server sends slow senders away."""
        declared = self.headers.get(b"content-length")
        if declared is not None:
            if not declared.isdigit():
                raise BadRequest("Content-Length must be a number.")
            if int(declared) > limit_bytes:
                raise too_large(limit_bytes)
        message = await self._message()
        body: bytes = message.get("body", b"")
        if not message.get("more_body"):
            self._read = True
            if len(body) > limit_bytes:
                raise too_large(limit_bytes)
            return body
        chunks, size = [body], len(body)
        while message.get("more_body"):
            message = await self._message()
            chunks.append(message.get("body", b""))
            size += len(chunks[-1])
            if size > limit_bytes:
                raise too_large(limit_bytes)
        self._read = True
        return b"".join(chunks)

    async def _message(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.disconnect":
            raise Gone
        return message

    async def _drain(self) -> None:
        """Throw away what is still being sent: who is cut off while sending never sees why. Raises Gone."""
        declared = self.headers.get(b"content-length", b"0")
        if self._read or not declared.isdigit() or int(declared) > DRAINED_BYTES:
            return
        size, more = 0, True
        while more and size <= DRAINED_BYTES:
            message = await self._message()
            size, more = size + len(message.get("body", b"")), bool(message.get("more_body"))
        self._read = not more

    async def answer(self, status: int, body: bytes, kind: bytes, *more: tuple[bytes, bytes]) -> None:
        """The answer."""
        self.status = status
        taken = f"{self.seconds:.6f}".encode()
        headers = [
            (b"content-type", kind),
            (b"content-length", str(len(body)).encode()),
            (b"x-request-id", self.request_id),
            (b"x-process-time", taken),
            *more,
        ]
        if not self._read:  # unread bytes may follow, so the connection must not be used again
            headers.append((b"connection", b"close"))
        if self._reply:
            head = b"HTTP/1.1 %d \r\n%b%b\r\n" % (status, _lines(headers), _STANDING_LINES)
            self._reply(head + body, close=not self._read)
            return
        headers += _STANDING
        await self._send({"type": "http.response.start", "status": status, "headers": headers})
        await self._send({"type": "http.response.body", "body": body})

    async def json(self, status: int, content: Any, *more: tuple[bytes, bytes]) -> None:
        """An answer in JSON."""
        await self.answer(status, encode(content), b"application/json", *more)

    async def refuse(self, problem: Problem) -> None:
        """The problem document of what was wrong; nothing when an answer has begun."""
        if self.status:
            return
        await self._drain()
        told = with_code(problem)
        more = [(name.lower().encode(), value.encode()) for name, value in told.headers.items()]
        if told.status == Unauthorized.status:
            more.append((b"www-authenticate", b"Bearer"))
        await self.answer(told.status, encode(told.document()), MEDIA_TYPE.encode(), *more)


def failed(request_id: bytes) -> Refused:
    """What a client sees of an error of ours."""
    problem = Refused(Problem, "internal", "The server failed to answer.")
    problem.hint = f"Tell the operator this id: {request_id.decode()}."
    return problem
