"""A real HTTP service with an OpenAPI document: it says what it was sent, streams, fails on demand."""

from __future__ import annotations

import asyncio
import json
import threading
from dataclasses import dataclass, field
from typing import Any, Self

from starlette.types import Receive, Scope, Send

from tests.fakes.running import BackgroundServer

DOCUMENT: dict[str, Any] = {
    "openapi": "3.0.3",
    "info": {"title": "Pets", "version": "1"},
    "components": {
        "schemas": {
            "Pet": {
                "type": "object",
                "required": ["name"],
                "properties": {
                    "name": {"type": "string", "nullable": True},
                    "age": {"type": "integer", "minimum": 0, "exclusiveMinimum": True},
                    "mate": {"$ref": "#/components/schemas/Pet"},
                },
            }
        },
        "parameters": {"Limit": {"name": "limit", "in": "query", "schema": {"type": "integer"}}},
    },
    "paths": {
        "/pets": {
            "parameters": [{"$ref": "#/components/parameters/Limit"}],
            "get": {"operationId": "listPets", "summary": "List pets", "responses": {}},
            "post": {
                "operationId": "addPet",
                "requestBody": {
                    "required": True,
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Pet"}}},
                },
                "responses": {},
            },
        },
        "/pets/{id}": {
            "get": {
                "operationId": "get.pet",
                "description": "One pet.",
                "parameters": [
                    {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}},
                    {"name": "id", "in": "query", "schema": {"type": "array", "items": {"type": "string"}}},
                    {"name": "X-Trace", "in": "header", "schema": {"type": "string"}},
                    {"name": "Authorization", "in": "header", "schema": {"type": "string"}},
                    {"name": "taste", "in": "cookie", "schema": {"type": "string"}},
                ],
                "responses": {},
            }
        },
        "/forms": {
            "put": {
                "operationId": "sendForm",
                "requestBody": {"content": {"application/x-www-form-urlencoded": {"schema": {"type": "object"}}}},
                "responses": {},
            }
        },
        "/upload": {"post": {"operationId": "upload", "requestBody": {"content": {"image/png": {}}}, "responses": {}}},
    },
}


@dataclass
class HttpService:
    """`statuses` are answered first, one a request; `seen` is what came; a stream waits for `go_on` after its start."""

    document: Any = field(default_factory=lambda: DOCUMENT)
    statuses: list[int] = field(default_factory=list)
    seen: list[dict[str, Any]] = field(default_factory=list)
    go_on: threading.Event = field(default_factory=threading.Event)
    left: threading.Event = field(default_factory=threading.Event)
    """Set when whoever asked for `/forever` is gone."""

    def __enter__(self) -> Self:
        self._server = BackgroundServer(self).__enter__()
        self.url = self._server.url
        return self

    def __exit__(self, *error: object) -> None:
        self.go_on.set()
        self._server.__exit__(*error)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        body = await _body(receive)
        path: str = scope["path"]
        if path == "/openapi.json":
            await _answer(send, 200, json.dumps(self.document).encode())
            return
        told = {
            "method": scope["method"],
            "path": scope["raw_path"].decode(),
            "query": scope["query_string"].decode(),
            "headers": {name.decode(): value.decode("latin-1") for name, value in scope["headers"]},
            "body": body.decode("latin-1")[:1000],
            "size": len(body),
        }
        self.seen.append(told)
        if self.statuses:
            await _answer(send, self.statuses.pop(0), b'{"error": "not now"}')
        elif path.endswith("/stream"):
            await self._stream(send)
        elif path.endswith("/forever"):
            await self._forever(receive, send)
        elif path.endswith("/cut"):
            await self._cut(send)
        else:
            await _answer(send, *_special(path, self.url, told))

    async def _stream(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
        await send({"type": "http.response.body", "body": b"first\n", "more_body": True})
        await asyncio.to_thread(self.go_on.wait, 20)
        await send({"type": "http.response.body", "body": b"last\n", "more_body": False})

    async def _forever(self, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
        await send({"type": "http.response.body", "body": b"first\n", "more_body": True})
        while (await receive())["type"] != "http.disconnect":
            pass
        self.left.set()

    async def _cut(self, send: Send) -> None:
        headers = [(b"content-type", b"text/plain"), (b"content-length", b"100")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"part", "more_body": True})
        raise ConnectionAbortedError


def _special(path: str, url: str, told: dict[str, Any]) -> tuple[int, bytes, list[tuple[bytes, bytes]]]:
    if path.endswith("/redirect-inside"):
        return 302, b"", [(b"location", f"{url}/v1/elsewhere?x=1".encode())]
    if path.endswith("/redirect-away"):
        return 302, b"", [(b"location", b"http://169.254.169.254/latest/meta-data")]
    if path.endswith("/missing"):
        return 404, b'{"error": "no such pet"}', []
    if path.endswith("/odd-headers"):
        odd = [(b"set-cookie", b"a=b"), (b"x-entourage-user", b"x"), (b"access-control-allow-origin", b"*")]
        return 200, b"{}", [*odd, (b"connection", b"x-secret-hop"), (b"x-secret-hop", b"1"), (b"x-fine", b"yes")]
    if path.endswith("/telling"):
        return 200, json.dumps({"you sent": told["headers"].get("authorization")}).encode(), []
    return 200, json.dumps(told).encode(), []


async def _body(receive: Receive) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body


async def _answer(send: Send, status: int, body: bytes, headers: list[tuple[bytes, bytes]] | None = None) -> None:
    told = [(b"content-type", b"application/json"), *(headers or [])]
    await send({"type": "http.response.start", "status": status, "headers": told})
    await send({"type": "http.response.body", "body": body})
