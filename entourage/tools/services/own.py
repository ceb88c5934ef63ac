"""Our own APIs as services, `people` and `billing`: asked within the process, as the person who calls."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import unquote

from entourage.accounts import auth_routes, my_routes
from entourage.kit.errors import Unavailable
from entourage.kit.exchange import Header
from entourage.llm.money import budget_routes, usage_routes
from entourage.tools.services.calling.request import ServiceRequest
from entourage.tools.services.known import Known
from entourage.tools.services.openapi.document import Document
from entourage.tools.services.openapi.operations import Operation, read_operations
from entourage.wire.reply import Reply

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.types import Message

OWN: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "people": ("People", ("me", "read_preferences", "change_preferences")),
    "billing": (
        "Billing",
        ("read_usage", "list_calls", "read_call", "list_budgets", "create_budget", "change_budget", "delete_budget"),
    ),
}
"""Title and routes by their names. Nothing of admins, of keys or of passwords is among them."""

_ROUTERS = (auth_routes.router, my_routes.router, usage_routes.router, budget_routes.router)
_MOST_BYTES = 8 * 1024 * 1024
_SECONDS = 60.0


class OwnApis:
    """Implements `Inside`. `application` gives the application once it has started."""

    def __init__(self, application: Callable[[], FastAPI | None]) -> None:
        self._application = application

    async def ask(self, request: ServiceRequest) -> Reply:
        """The route's answer. It sees the caller's own identity: nobody gains a right by asking through here."""
        answered = _Answer(request.body)
        await self._app()(_scope(request), answered.receive, answered.send)
        return Reply(answered.status, answered.headers, bytes(answered.body))

    def _app(self) -> FastAPI:
        app = self._application()
        if app is None:
            raise Unavailable("The server has not started yet.")
        return app


def own_services() -> dict[str, Known]:
    """Both services, by name. Their documents are those of our own routes."""
    return {name: _known(name, title, routes) for name, (title, routes) in OWN.items()}


def _known(name: str, title: str, routes: Sequence[str]) -> Known:
    from fastapi.openapi.utils import get_openapi
    from fastapi.routing import APIRoute

    found = [route for router in _ROUTERS for route in router.routes if isinstance(route, APIRoute)]
    chosen = [route for route in found if route.name in routes]
    document = get_openapi(title=title, version="1", openapi_version="3.1.0", routes=chosen)
    for route in chosen:
        for method in route.methods or ():
            document["paths"][route.path_format][method.lower()]["operationId"] = route.name
    operations = {one.id: one for one in read_operations(Document(document)).operations}
    allow = tuple(f"{one.method} {_glob(one)}" for one in operations.values())
    return Known(name, name, title, "", 1, operations, _SECONDS, allow=allow)


def _glob(operation: Operation) -> str:
    parts = operation.path.split("/")
    return "/".join("*" if part.startswith("{") else part for part in parts)


def _scope(request: ServiceRequest) -> dict[str, Any]:
    path, _, query = request.target.partition(b"?")
    lines = request.lines.split(b"\r\n")
    headers = [(name, value.strip()) for name, colon, value in (line.partition(b":") for line in lines) if colon]
    headers += [(b"host", b"inside"), (b"content-length", b"%d" % len(request.body))]
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "scheme": "http",
        "method": request.method,
        "path": unquote(path.decode("ascii")),
        "raw_path": path,
        "root_path": "",
        "query_string": query,
        "headers": headers,
        "client": ("inside", 0),
        "server": ("inside", 80),
        "state": {"identity": request.who, "user_id": request.who.user_id, "db_filter": request.who.db_filter},
    }


class _Answer:
    """Gathers what the application sends."""

    def __init__(self, body: bytes) -> None:
        self._given = body
        self.status = 500
        self.headers: list[Header] = []
        self.body = bytearray()

    async def receive(self) -> Message:
        return {"type": "http.request", "body": self._given, "more_body": False}

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = [(name.lower(), value) for name, value in cast("list[Header]", message["headers"])]
        elif message["type"] == "http.response.body":
            self.body += message.get("body", b"")
            if len(self.body) > _MOST_BYTES:
                raise Unavailable("The answer is too large.")
