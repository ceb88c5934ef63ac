"""JSON-RPC 2.0 as MCP uses it: what comes is decoded loosely, what goes is compact."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import msgspec

from entourage.kit.json import without_lone_surrogates
from entourage.tools.mcp.links.errors import McpError

if TYPE_CHECKING:
    from collections.abc import Mapping

RequestId: TypeAlias = "int | str"


class Failure(msgspec.Struct):
    """The `error` of an answer."""

    code: int = 0
    message: str = ""
    data: Any = None

    def raised(self) -> McpError:
        return McpError(self.code, self.message, self.data)


class Message(msgspec.Struct):
    """A request, a notification or an answer: which one, its fields tell."""

    id: int | str | None = None
    method: str | None = None
    params: dict[str, Any] | None = None
    result: dict[str, Any] | None = None
    error: Failure | None = None


_one = msgspec.json.Decoder(Message)
_several = msgspec.json.Decoder(list[Message])
_encode = msgspec.json.Encoder().encode


def decode(data: bytes) -> list[Message]:
    """The messages in a line, a body or an event: one, or those of a batch. Raises msgspec.DecodeError."""
    try:
        return _decoded(data)
    except msgspec.DecodeError:
        mended = without_lone_surrogates(data)
        if mended == data:
            raise
        return _decoded(mended)
    except RecursionError:
        raise msgspec.DecodeError("the JSON is nested too deep") from None


def _decoded(data: bytes) -> list[Message]:
    if data[:1] == b"[":
        return _several.decode(data)
    return [_one.decode(data)]


def request(number: RequestId, method: str, params: Mapping[str, Any] | None) -> bytes:
    if params is None:
        return _encode({"jsonrpc": "2.0", "id": number, "method": method})
    return _encode({"jsonrpc": "2.0", "id": number, "method": method, "params": params})


def notification(method: str, params: Mapping[str, Any] | None) -> bytes:
    body: dict[str, Any] = {"jsonrpc": "2.0", "method": method}
    return _encode(body if params is None else {**body, "params": params})


def answer(number: RequestId, result: Mapping[str, Any]) -> bytes:
    return _encode({"jsonrpc": "2.0", "id": number, "result": result})


def refusal(number: RequestId, error: McpError) -> bytes:
    body: dict[str, Any] = {"code": error.code, "message": error.message}
    if error.data is not None:
        body["data"] = error.data
    return _encode({"jsonrpc": "2.0", "id": number, "error": body})
