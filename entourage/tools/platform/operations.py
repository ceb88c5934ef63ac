"""Which of our own operations an agent may use, and finding the right one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, cast

from entourage.tools.finding import ToolIndex
from entourage.tools.schema import json_tool
from entourage.tools.services.openapi.document import Document
from entourage.tools.services.openapi.operations import Operation, read_operations
from entourage.tools.tool import ToolCall, ToolResult

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastapi import FastAPI

_PERSONAL = ("/my/", "/api/v1/")
_APART = re.compile(
    r"/my/(?:keys|secrets|ingest-keys|approvals|stream|sse|import|route)(?:/|$)"
    r"|/api/v1/(?:auth|admin|setup|ws|agents)(?:/|$)"
    r"|/(?:tokens?|secret|gateway-keys|keys)(?:/|$)|/(?:call|message|regenerate|approve|reject)/?$|/clients?(?:/|$)"
)
"""Keys, secrets and sign-ins are the person's alone. Approvals too, or an agent could say yes to itself, and calls of
tools and messages to the team, or it could reach around its grants. Streams and the IDE's aliases are no commands."""

_SECRET = re.compile(r"(?:^|_)(?:api_key|password|secret|token|passphrase)(?:$|_)", re.IGNORECASE)


_ALSO_CALLED = {
    "/my/chat": "conversation",
    "/my/preferences": "settings switch dark light mode",
    "/billing": "spend money cost",
    "/my/usage": "spend money cost",
    "/mcp/servers": "install integration connection",
    "/my/agents": "team",
}
"""Words that people say for what is under a path."""

_ALSO_DONE = {
    "change": "set edit update rename enable disable switch turn",
    "delete": "remove clear",
    "create": "new make add",
    "add": "new connect install",
    "list": "show all which",
}
"""Words that people say for what an operation's first word does."""


class Operations:
    """Our operations by name. Read from the routes when they are first wanted."""

    def __init__(self, app: FastAPI) -> None:
        found = read_operations(Document(_document(app))).operations
        self.by_name = {one.id: one for one in found if _is_open(one)}
        self._index = ToolIndex(_shown(one) for one in self.by_name.values())

    def search(self, query: str, limit: int) -> list[Operation]:
        """Those that fit best."""
        return [self.by_name[tool.name] for tool in self._index.search(query, limit)]


def _document(app: FastAPI) -> dict[str, Any]:
    """The personal part of our OpenAPI document."""
    whole = app.openapi()
    paths = {path: item for path, item in whole["paths"].items() if path.startswith(_PERSONAL)}
    return {**whole, "paths": paths}


def _is_open(operation: Operation) -> bool:
    if _APART.search(operation.path) or operation.body == "form":
        return False
    return not any(_SECRET.search(name) for name in _names(operation.shape))


def _names(schema: Any) -> Iterator[str]:
    """The names of all properties, however deep."""
    if isinstance(schema, dict):
        fields = cast("dict[str, Any]", schema)
        properties = fields.get("properties")
        if isinstance(properties, dict):
            yield from cast("dict[str, Any]", properties)
        for value in fields.values():
            yield from _names(value)
    elif isinstance(schema, list):
        for value in cast("list[Any]", schema):
            yield from _names(value)


def _shown(operation: Operation) -> Any:
    async def run(_call: ToolCall, _args: dict[str, Any]) -> ToolResult:
        return ToolResult.failure(f"{operation.id} is an operation: make it with call_operation.")

    names = " ".join(dict.fromkeys(_names(operation.shape)))
    also = " ".join(word for part, word in _ALSO_CALLED.items() if part in operation.path)
    also += f" {_ALSO_DONE.get(operation.id.partition('_')[0], '')}"
    told = f"{operation.title} {also} {operation.description} {operation.method} {operation.path} {names}"
    return json_tool(operation.id, told, operation.shape, run, title=operation.title or None)
