"""What goes to clients: JSON-RPC messages, and events of a stream."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from entourage.tools.mcp.links.errors import (
    HEADER_MISMATCH,
    INTERNAL_ERROR,
    INVALID_PARAMS,
    INVALID_REQUEST,
    METHOD_NOT_FOUND,
    MISSING_CAPABILITY,
    PARSE_ERROR,
    UNSUPPORTED_VERSION,
    McpError,
)

if TYPE_CHECKING:
    from entourage.kit.errors import Problem
    from entourage.kit.exchange import Header
    from entourage.tools.mcp.front.messages import JsonObject, RequestId

JSON: Header = (b"content-type", b"application/json")
EVENT_STREAM: Header = (b"content-type", b"text/event-stream")
UNBUFFERED: Header = (b"x-accel-buffering", b"no")
PING = b": ping\n\n"

_encode = msgspec.json.Encoder().encode
_STATUS = {
    PARSE_ERROR: 400,
    INVALID_REQUEST: 400,
    INVALID_PARAMS: 400,
    HEADER_MISMATCH: 400,
    MISSING_CAPABILITY: 400,
    UNSUPPORTED_VERSION: 400,
    METHOD_NOT_FOUND: 404,
}


def result(id: RequestId, given: JsonObject | msgspec.Raw) -> bytes:
    """The answer to a request."""
    return _encode({"jsonrpc": "2.0", "id": id, "result": given})


def failure(id: RequestId | None, error: McpError) -> bytes:
    """The refusal of a request."""
    body: dict[str, Any] = {"code": error.code, "message": error.message}
    if error.data is not None:
        body["data"] = error.data
    return _encode({"jsonrpc": "2.0", "id": id, "error": body})


def request(id: RequestId, method: str, params: JsonObject) -> bytes:
    """A request to the client."""
    return _encode({"jsonrpc": "2.0", "id": id, "method": method, "params": params})


def notification(method: str, params: JsonObject | None = None) -> bytes:
    """A notification."""
    body: dict[str, Any] = {"jsonrpc": "2.0", "method": method}
    return _encode(body if params is None else {**body, "params": params})


def event(data: bytes, id: bytes | None = None) -> bytes:
    """A message as an event of a stream."""
    if id is None:
        return b"event: message\ndata: %b\n\n" % data
    return b"id: %b\nevent: message\ndata: %b\n\n" % (id, data)


def status_of(error: McpError) -> int:
    """The HTTP status of a modern refusal that comes before any event."""
    return _STATUS.get(error.code, 200)


def error_of(problem: Problem) -> McpError:
    """A problem of ours, as a JSON-RPC error."""
    code = INVALID_PARAMS if problem.status in {400, 404, 422} else INTERNAL_ERROR
    data = {"type": f"/problems/{problem.slug}", **({"hint": problem.hint} if problem.hint else {})}
    return McpError(code, problem.detail, data)
