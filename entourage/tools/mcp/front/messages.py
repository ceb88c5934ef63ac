"""JSON-RPC messages of clients: read once, refused in words a program can act on."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias, cast

import msgspec
from msgspec import UNSET, UnsetType

from entourage.kit import json
from entourage.tools.mcp.links.errors import INVALID_REQUEST, PARSE_ERROR, McpError

MAX_DEPTH = 64
MAX_BATCH = 100

JsonObject: TypeAlias = dict[str, Any]
RequestId: TypeAlias = "int | str"


class Incoming(msgspec.Struct):
    """A request, a notification or an answer: which one, its fields tell."""

    jsonrpc: Literal["2.0"]
    id: int | str | UnsetType = UNSET
    method: str | UnsetType = UNSET
    params: JsonObject | UnsetType = UNSET
    result: JsonObject | UnsetType = UNSET
    error: JsonObject | UnsetType = UNSET

    @property
    def is_request(self) -> bool:
        return self.method is not UNSET and self.id is not UNSET

    @property
    def is_notification(self) -> bool:
        return self.method is not UNSET and self.id is UNSET

    @property
    def given(self) -> JsonObject:
        """The params, empty when there are none."""
        return {} if self.params is UNSET else self.params


class Unreadable(McpError):
    """What came is no message. `id` is that of the request when it could be found out."""

    def __init__(self, code: int, message: str, id: RequestId | None = None) -> None:
        super().__init__(code, message)
        self.id = id


_one = msgspec.json.Decoder(Incoming)
_several = msgspec.json.Decoder(list[msgspec.Raw])


def read(body: bytes) -> Incoming:
    """One message. Raises Unreadable."""
    _check(body)
    try:
        message = _one.decode(body)
    except msgspec.ValidationError as error:
        raise Unreadable(INVALID_REQUEST, f"This is no JSON-RPC message: {error}.", _id_of(body)) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Unreadable(PARSE_ERROR, f"This is not JSON: {error}.") from None
    if message.method is UNSET and (message.id is UNSET or (message.result is UNSET) == (message.error is UNSET)):
        raise Unreadable(INVALID_REQUEST, "This is neither a request, nor a notification, nor an answer.")
    return message


def read_batch(body: bytes) -> list[Incoming]:
    """The messages of a batch. Raises Unreadable."""
    _check(body)
    try:
        raw = _several.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Unreadable(PARSE_ERROR, f"This is not JSON: {error}.") from None
    if not 0 < len(raw) <= MAX_BATCH:
        raise Unreadable(INVALID_REQUEST, f"A batch has 1 to {MAX_BATCH} messages, not {len(raw)}.")
    return [read(bytes(one)) for one in raw]


def is_batch(body: bytes) -> bool:
    """Whether the body is an array."""
    return body.lstrip(b" \t\r\n")[:1] == b"["


def safe(body: bytes) -> bytes:
    """The body without escapes of what no engine can hold (NUL, lone surrogates)."""
    return json.without_lone_surrogates(body)


def _check(body: bytes) -> None:
    if body.count(b"[") + body.count(b"{") > MAX_DEPTH and json.depth(body, MAX_DEPTH) > MAX_DEPTH:
        raise Unreadable(PARSE_ERROR, f"The JSON is nested deeper than {MAX_DEPTH}.")


def _id_of(body: bytes) -> RequestId | None:
    """The id of something that is no message otherwise. Raises Unreadable when it is not even JSON."""
    try:
        found: object = json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Unreadable(PARSE_ERROR, f"This is not JSON: {error}.") from None
    number: object = cast("JsonObject", found).get("id") if isinstance(found, dict) else None
    return number if isinstance(number, int | str) and not isinstance(number, bool) else None
