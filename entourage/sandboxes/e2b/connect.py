"""Connect's protocol with JSON: single calls, and streams of enveloped messages.

An envelope is a flag byte (2 for the last one), the length as four bytes (big-endian), and the message.
https://connectrpc.com/docs/protocol
"""

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from typing import Any

import msgspec
import structlog
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from entourage.kit.errors import BadRequest, Problem, TooLarge, UnsupportedMedia
from entourage.sandboxes.e2b.refusals import code_of, message_of

MAX_MESSAGE_BYTES = 4 * 1024 * 1024
LAST = 2
COMPRESSED = 1
STREAM_TYPE = "application/connect+json"

logger = structlog.get_logger(__name__)


def envelope(message: Mapping[str, Any], flag: int = 0) -> bytes:
    """One message of a stream."""
    body = msgspec.json.encode(message)
    return struct.pack(">BI", flag, len(body)) + body


def decoded(raw: bytes) -> dict[str, Any]:
    """A message. Raises BadRequest."""
    try:
        return msgspec.json.decode(raw or b"{}", type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadRequest(f"The message is no JSON object: {error}") from None


async def messages(request: Request) -> AsyncIterator[dict[str, Any]]:
    """The messages of a request that is a stream. Raises BadRequest, TooLarge, UnsupportedMedia."""
    buffer = b""
    async for chunk in request.stream():
        buffer += chunk
        while len(buffer) >= 5:
            flag, size = struct.unpack(">BI", buffer[:5])
            if size > MAX_MESSAGE_BYTES:
                raise TooLarge(f"A message has at most {MAX_MESSAGE_BYTES} bytes.")
            if len(buffer) < 5 + size:
                break
            if flag & COMPRESSED:
                raise UnsupportedMedia("Compressed messages are not taken.")
            if flag & LAST:
                return
            yield decoded(buffer[5 : 5 + size])
            buffer = buffer[5 + size :]
    if buffer:
        raise BadRequest("The stream ends in the middle of a message.")


async def body(request: Request) -> dict[str, Any]:
    """The message of a single call. Raises as `messages`."""
    read = bytearray()
    async for chunk in request.stream():
        read += chunk
        if len(read) > MAX_MESSAGE_BYTES:
            raise TooLarge(f"A message has at most {MAX_MESSAGE_BYTES} bytes.")
    return decoded(bytes(read))


async def first(request: Request) -> dict[str, Any]:
    """The only message of a request to a method that answers with a stream."""
    async for message in messages(request):
        return message
    raise BadRequest("There is no message in the stream.")


def unary(message: Mapping[str, Any] | None = None) -> Response:
    """The answer of a single call."""
    return Response(msgspec.json.encode(message or {}), media_type="application/json")


def streamed(
    events: AsyncGenerator[Mapping[str, Any]], ping: Mapping[str, Any], ping_seconds: float | None
) -> Response:
    """An answer in messages. After `ping_seconds` of silence `ping` is sent.

    A problem on the way is told in the last message.
    """
    return StreamingResponse(_enveloped(events, ping, ping_seconds), media_type=STREAM_TYPE)


async def _enveloped(
    events: AsyncGenerator[Mapping[str, Any]], ping: Mapping[str, Any], ping_seconds: float | None
) -> AsyncGenerator[bytes]:
    last: Mapping[str, Any] = {}
    try:
        async for event in _pinged(events, ping, ping_seconds):
            yield envelope(event)
    except Problem as problem:
        last = {"error": {"code": code_of(problem), "message": message_of(problem)}}
    except Exception as error:  # the client is told that something failed, the log has what
        logger.exception("e2b.stream.failed")
        last = {"error": {"code": "internal", "message": type(error).__name__}}
    yield envelope(last, LAST)


async def _pinged(
    events: AsyncGenerator[Mapping[str, Any]], ping: Mapping[str, Any], seconds: float | None
) -> AsyncGenerator[Mapping[str, Any]]:
    """The events, with a ping whenever none came for so long."""
    coming: asyncio.Future[Mapping[str, Any]] | None = None
    try:
        while True:
            coming = coming or asyncio.ensure_future(anext(events))
            done, _ = await asyncio.wait((coming,), timeout=seconds)
            if not done:
                yield ping
                continue
            finished, coming = coming, None
            try:
                yield finished.result()
            except StopAsyncIteration:
                return
    finally:
        if coming is not None:
            coming.cancel()
            await asyncio.gather(coming, return_exceptions=True)
        await events.aclose()


def ping_seconds(request: Request) -> float | None:
    """How often the client wants to hear something."""
    return _number(request.headers.get("keepalive-ping-interval"), 1.0)


def timeout_seconds(request: Request) -> float | None:
    """How long the client waits for the whole call; None for ever."""
    return _number(request.headers.get("connect-timeout-ms"), 1000.0)


def _number(text: str | None, divisor: float) -> float | None:
    return int(text) / divisor if text and text.isascii() and text.isdigit() and int(text) > 0 else None
