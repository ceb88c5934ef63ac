"""The MCP doors as the OpenAPI document shows them. `McpDoors` answers them before any route is asked."""

from __future__ import annotations

from typing import Any, NoReturn

from fastapi import Depends

from entourage.accounts.identity import require_scope
from entourage.kit.errors import NotFound
from entourage.kit.routing import Routes

router = Routes(prefix="/mcp", tags=["mcp"], dependencies=[Depends(require_scope("write"))])

JSON, EVENTS, PROBLEM = "application/json", "text/event-stream", "application/problem+json"
_ERROR: dict[str, Any] = {
    "type": "object",
    "required": ["jsonrpc", "error"],
    "properties": {
        "jsonrpc": {"const": "2.0"},
        "id": {},
        "error": {
            "type": "object",
            "required": ["code", "message"],
            "properties": {"code": {"type": "integer"}, "message": {"type": "string"}, "data": {}},
        },
    },
}
_ERRORS = {
    400: "The message, its headers or its session cannot be read.",
    401: "The key or token is unknown, expired or revoked.",
    403: "It may not call tools here, or a page of another site asks.",
    404: "There is no such server or bundle, the session is over, or the method is unknown.",
    408: "The request came too slowly.",
    413: "The message is too large.",
    415: "The body is compressed.",
    429: "Too many unknown keys, or too many sessions.",
    500: "The server failed to answer.",
    503: "The MCP server is not available.",
}
_MESSAGE: dict[str, Any] = {
    "description": "A JSON-RPC message of MCP, 2024-11-05 to 2026-07-28; up to 2025-03-26 also an array of them.",
    "anyOf": [{"type": "object"}, {"type": "array", "items": {"type": "object"}}],
    "example": {"jsonrpc": "2.0", "id": 1, "method": "ping"},
}
_BODY: dict[str, Any] = {"requestBody": {"required": True, "content": {JSON: {"schema": _MESSAGE}}}}
_NOT_ACCEPTABLE = {406: {"description": "Neither JSON nor events are accepted."}}


def _refusals() -> dict[int | str, dict[str, Any]]:
    content: dict[str, Any] = {JSON: {"schema": _ERROR}}
    refusals = {status: {"description": told, "content": content} for status, told in _ERRORS.items()}
    return {**refusals, 404: {"description": _ERRORS[404], "content": {**content, PROBLEM: {"schema": {}}}}}


_POST: dict[int | str, dict[str, Any]] = {
    200: {"description": "The answer, or a stream that ends with it.", "content": {JSON: {"schema": {}}, EVENTS: {}}},
    202: {"description": "A notification or an answer was taken."},
    **_refusals(),
    **_NOT_ACCEPTABLE,
}
_GET: dict[int | str, dict[str, Any]] = {
    200: {"description": "What the server tells of its own.", "content": {EVENTS: {}}},
    405: {"description": "Modern clients listen by `subscriptions/listen`."},
    **_refusals(),
    **_NOT_ACCEPTABLE,
}
_DELETE: dict[int | str, dict[str, Any]] = {
    204: {"description": "The session is over."},
    405: {"description": "Modern clients have no sessions."},
    **_refusals(),
}


async def _outside(name: str = "") -> NoReturn:
    """What comes here has a name that no server and no bundle can have: all others `McpDoors` answers."""
    raise NotFound(f"There is no MCP server {name[:100]!r}.")


@router.post("", name="mcp_all", openapi_extra=_BODY, responses=_POST)
async def post_all() -> Any:
    """Everything you have, as one MCP server; names tell whose a tool is."""
    await _outside()


@router.get("", name="mcp_all_stream", responses=_GET)
async def get_all() -> Any:
    """The stream of a session."""
    await _outside()


@router.delete("", name="mcp_all_end", status_code=204, responses=_DELETE)
async def delete_all() -> None:
    """End a session."""
    await _outside()


@router.post("/{server}", name="mcp_server", openapi_extra=_BODY, responses=_POST)
async def post_server(server: str) -> Any:
    """One MCP server or service of yours, under its own names."""
    await _outside(server)


@router.get("/{server}", name="mcp_server_stream", responses=_GET)
async def get_server(server: str) -> Any:
    """The stream of a session."""
    await _outside(server)


@router.delete("/{server}", name="mcp_server_end", status_code=204, responses=_DELETE)
async def delete_server(server: str) -> None:
    """End a session."""
    await _outside(server)


@router.post("/b/{bundle}", name="mcp_bundle", openapi_extra=_BODY, responses=_POST)
async def post_bundle(bundle: str) -> Any:
    """A bundle, as an MCP server of its own."""
    await _outside(bundle)


@router.get("/b/{bundle}", name="mcp_bundle_stream", responses=_GET)
async def get_bundle(bundle: str) -> Any:
    """The stream of a session."""
    await _outside(bundle)


@router.delete("/b/{bundle}", name="mcp_bundle_end", status_code=204, responses=_DELETE)
async def delete_bundle(bundle: str) -> None:
    """End a session."""
    await _outside(bundle)
