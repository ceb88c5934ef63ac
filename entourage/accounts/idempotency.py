"""`Idempotency-Key`: a POST that is sent again gives the answer of the first time and does nothing twice.

Only answers of success are kept: what failed did nothing and may be tried again with the same key. An answer is kept
for 24 hours, by owner, route and key. While the first attempt runs, a second gets 409. An attempt whose server died is
given up after a minute; the running one keeps its lock alive.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from entourage.accounts.answers import Answer, AnswerStore
from entourage.accounts.identity import identity_of
from entourage.kit.errors import BadRequest, Problem
from entourage.kit.problems import is_json, send_problem
from entourage.kit.services import Services

MAX_ANSWER_BYTES = 1_048_576
MAX_KEY_CHARACTERS = 255

_DROPPED_HEADERS = frozenset({"x-process-time", "x-request-id", "date", "set-cookie"})
_PREFIXES = ("/my/", "/api/v1/")


class Idempotency:
    """ASGI middleware for POSTs of a known person under `/my` and `/api/v1`. Stands between `BodyGuard` and routes."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "POST" or not scope["path"].startswith(_PREFIXES):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        key, identity = headers.get("idempotency-key"), identity_of(scope)
        if key is None or identity is None:
            await self._app(scope, receive, send)
            return
        services: Services = scope["app"].state.services
        try:
            # each API key has answers of its own: one that may do less must not read what another was told
            named = f"{identity.key_id or ''}:{_checked(key)}"
            request = await _Request.read(scope, receive, headers, named)
            await self._run(request, identity.user_id, services.get(AnswerStore), send)
        except Problem as problem:
            await send_problem(problem, scope, receive, send)

    async def _run(self, request: _Request, owner_id: str, answers: AnswerStore, send: Send) -> None:
        begun = await answers.begin(owner_id, request.key_hash, request.request_hash)
        if not isinstance(begun, str):
            await _send_again(begun, send)
            return
        recorder = _Recorder(send)
        try:
            async with _alive(answers, owner_id, request.key_hash, begun):
                await self._app(request.scope, request.receive, recorder)
        finally:
            answer = recorder.answer()
            if answer is None:
                await answers.give_up(owner_id, request.key_hash, begun)
            else:
                await answers.finish(owner_id, request.key_hash, begun, answer)


class _Request:
    """A request with its fingerprints and a body that can still be read."""

    def __init__(self, scope: Scope, receive: Receive, key_hash: str, request_hash: str) -> None:
        self.scope = scope
        self.receive = receive
        self.key_hash = key_hash
        self.request_hash = request_hash

    @classmethod
    async def read(cls, scope: Scope, receive: Receive, headers: Headers, key: str) -> _Request:
        route = f"{scope['path']}?{scope.get('query_string', b'').decode('latin-1')}"
        key_hash = _digest(scope["path"], key)
        if not is_json(headers.get("content-type")):
            # boundaries of multipart bodies differ each time, so uploads are known by their route alone
            return cls(scope, receive, key_hash, _digest(route))
        # the body has been read and bounded by BodyGuard, so this is one message
        first = await receive()
        messages = [first]

        async def again() -> Message:
            return messages.pop() if messages else await receive()

        return cls(scope, again, key_hash, _digest(route, first.get("body", b"").decode("utf-8", "replace")))


class _Recorder:
    """Passes an answer on and remembers it."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._status = 500
        self._headers: list[tuple[str, str]] = []
        self._body = bytearray()
        self._complete = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._status = message["status"]
            self._headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in message["headers"]]
        elif message["type"] == "http.response.body":
            if len(self._body) <= MAX_ANSWER_BYTES:
                self._body += message.get("body", b"")
            self._complete = not message.get("more_body", False)
        await self._send(message)

    def answer(self) -> Answer | None:
        """The whole answer of a success, else None."""
        if not self._complete or self._status >= 400 or len(self._body) > MAX_ANSWER_BYTES:
            return None
        kept = [(name, value) for name, value in self._headers if name.lower() not in _DROPPED_HEADERS]
        return self._status, kept, bytes(self._body)


@asynccontextmanager
async def _alive(answers: AnswerStore, owner_id: str, key_hash: str, attempt: str) -> AsyncGenerator[None]:
    task = asyncio.create_task(answers.keep_alive(owner_id, key_hash, attempt))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _send_again(answer: Answer, send: Send) -> None:
    status, headers, body = answer
    raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
    raw.append((b"idempotent-replayed", b"true"))
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": body})


def _checked(key: str) -> str:
    if not 1 <= len(key) <= MAX_KEY_CHARACTERS or not key.isprintable():
        raise BadRequest(f"Idempotency-Key must have 1 to {MAX_KEY_CHARACTERS} printable characters.")
    return key


def _digest(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()
