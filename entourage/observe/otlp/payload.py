"""OTLP requests as plain dictionaries, whichever of the two encodings they came in.

Protobuf goes through its own JSON form, which is the other encoding but for ids: base64 there, hex in OTLP's JSON.
Source: OTLP specification 1.9, sections "OTLP/HTTP" and "JSON Protobuf Encoding".
"""

from __future__ import annotations

import base64
import binascii
import zlib
from typing import Any, Literal

from entourage.observe.parse import read_object
from entourage.observe.refusals import too_large, unreadable

Signal = Literal["logs", "metrics", "traces"]
Json = dict[str, Any]

MAX_BYTES = 8 * 1024 * 1024
"""Of a request, as it is sent and as it is unpacked."""

PROTOBUF = "application/x-protobuf"


def unpacked(body: bytes, encoding: str) -> bytes:
    """The body without its gzip. Raises Refused for a broken stream and for one that unpacks to too much."""
    if encoding in {"", "identity"}:
        return body
    unpacker = zlib.decompressobj(wbits=31)
    try:
        found = unpacker.decompress(body, MAX_BYTES + 1)
    except zlib.error as error:
        raise unreadable("invalid_gzip", f"The body is not gzip: {error}.") from None
    if len(found) > MAX_BYTES:
        raise too_large(MAX_BYTES)
    if not unpacker.eof:
        raise unreadable("invalid_gzip", "The gzip stream is cut short.")
    return found


def read_payload(signal: Signal, body: bytes, kind: str) -> Json:
    """The request. Raises Refused."""
    if kind != PROTOBUF:
        return read_object(body)
    from google.protobuf.json_format import MessageToDict
    from google.protobuf.message import DecodeError

    request, _ = messages(signal)
    try:
        request.ParseFromString(body)
        return MessageToDict(request)
    except (DecodeError, ValueError, RecursionError) as error:
        raise unreadable("invalid_protobuf", f"The body is no OTLP request: {error}.") from None


def messages(signal: Signal) -> tuple[Any, Any]:
    """An empty request and an empty response of a signal."""
    from importlib import import_module

    name = {"logs": "logs", "metrics": "metrics", "traces": "trace"}[signal]
    found = import_module(f"opentelemetry.proto.collector.{name}.v1.{name}_service_pb2")
    title = f"Export{name.title()}Service"
    return getattr(found, f"{title}Request")(), getattr(found, f"{title}Response")()


def answer(signal: Signal, kind: str, rejected: int, why: str) -> bytes:
    """The response, telling how many items were not taken."""
    field = {"logs": "rejectedLogRecords", "metrics": "rejectedDataPoints", "traces": "rejectedSpans"}[signal]
    if kind != PROTOBUF:
        from entourage.kit.json import encode

        return encode({"partialSuccess": {field: str(rejected), "errorMessage": why}} if rejected else {})
    if not rejected:
        return b""
    from google.protobuf.json_format import ParseDict

    _, response = messages(signal)
    ParseDict({"partialSuccess": {field: rejected, "errorMessage": why}}, response)
    return response.SerializeToString()


def hex_id(given: object) -> str | None:
    """A trace id as 32 hex digits, from either encoding; None for none."""
    if not isinstance(given, str) or not given:
        return None
    if len(given) == 32:
        return given.lower()
    try:
        found = base64.b64decode(given, validate=True).hex()
    except (binascii.Error, ValueError):
        return None
    return found if len(found) == 32 else None
