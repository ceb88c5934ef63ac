"""A real HTTP server that keeps what it is sent: the other end of webhooks and of collectors."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from typing import Any, Self

from starlette.types import Receive, Scope, Send

from tests.fakes.running import BackgroundServer


@dataclass
class Received:
    """One request."""

    path: str
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Receiver:
    """Answers with the next of `statuses`, then with 200; `headers` go with each answer."""

    statuses: list[int] = field(default_factory=list)
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    requests: list[Received] = field(default_factory=list)
    arrived: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Self:
        self._server = BackgroundServer(self).__enter__()
        self.url = self._server.url
        return self

    def __exit__(self, *error: object) -> None:
        self._server.__exit__(*error)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        body, more = b"", True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        headers = {name.decode().lower(): value.decode("latin-1") for name, value in scope["headers"]}
        self.requests.append(Received(scope["path"], headers, body))
        self.arrived.set()
        status = self.statuses.pop(0) if self.statuses else 200
        start = {"type": "http.response.start", "status": status, "headers": [(b"content-type", b"text/plain")]}
        start["headers"] += self.headers
        await send(start)
        await send({"type": "http.response.body", "body": b"ok"})
