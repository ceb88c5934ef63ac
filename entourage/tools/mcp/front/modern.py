"""The stateless era (2026-07-28): each POST stands alone, and says in headers and body what it is."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from entourage.tools.mcp.front import shaping, writing
from entourage.tools.mcp.front.answering import PlainAnswer
from entourage.tools.mcp.front.asking import Asking, inputs_of, passed_on
from entourage.tools.mcp.front.behind import ModernBehind
from entourage.tools.mcp.front.heads import Head, decoded
from entourage.tools.mcp.front.listening import listen
from entourage.tools.mcp.front.methods import hello
from entourage.tools.mcp.front.methods.table import MAY_ASK, MODERN
from entourage.tools.mcp.front.rounds import Questions
from entourage.tools.mcp.front.running import in_rounds
from entourage.tools.mcp.links.eras import CAPABILITIES_KEY, HANDSHAKES, LOG_LEVEL_KEY, VERSION_KEY
from entourage.tools.mcp.links.eras import MODERN as VERSIONS
from entourage.tools.mcp.links.errors import (
    HEADER_MISMATCH,
    INVALID_PARAMS,
    INVALID_REQUEST,
    UNSUPPORTED_VERSION,
    McpError,
)

if TYPE_CHECKING:
    from entourage.kit.exchange import Exchange
    from entourage.tools.mcp.front.callers import Client
    from entourage.tools.mcp.front.core import Front
    from entourage.tools.mcp.front.messages import Incoming, JsonObject
    from entourage.tools.mcp.front.places import Place

LISTEN = "subscriptions/listen"
_NAMED = {
    "tools/call": "name",
    "prompts/get": "name",
    "resources/read": "uri",
    "tasks/get": "taskId",
    "tasks/update": "taskId",
    "tasks/cancel": "taskId",
}


def is_modern(head: Head, message: Incoming | None = None) -> bool:
    """Whether a request is of the stateless era: by its header, or by what its body says where there is none."""
    version = head.version
    if version is not None:
        return version not in HANDSHAKES
    meta: object = message.given.get("_meta") if message else None
    return isinstance(meta, dict) and VERSION_KEY in meta


async def post(front: Front, exchange: Exchange, head: Head, client: Client, place: Place, message: Incoming) -> None:
    """Answer one message. What it is is checked before anything is done."""
    if not message.is_request:
        _take(exchange, head, message)
        return
    number, method = cast("int | str", message.id), cast("str", message.method)
    takes_json, takes_events = head.takes()
    if not (takes_json or takes_events) or (method == LISTEN and not takes_events):
        exchange.answer(406, (), b"")
        return
    try:
        meta = envelope(head, method, message.given)
    except McpError as error:
        exchange.answer(writing.status_of(error), (writing.JSON,), writing.failure(number, error))
        return
    answer = PlainAnswer(exchange, front.heart, can_stream=takes_events)
    asking = _asking(front, client, place, head, message, meta, answer)
    if method == LISTEN:
        answer.leave()
        await listen(front, asking, exchange)
    else:
        await _answered(front, asking, exchange, answer)


def envelope(head: Head, method: str, params: JsonObject) -> JsonObject:
    """The `_meta` of a request, once it fits the headers. Raises McpError."""
    if head.doubled is not None:
        raise McpError(HEADER_MISMATCH, f"The header {head.doubled.decode()} comes twice.")
    meta: object = params.get("_meta")
    missing = [key for key in (VERSION_KEY, CAPABILITIES_KEY) if not isinstance(meta, dict) or key not in meta]
    if missing or not isinstance(meta, dict):
        raise McpError(INVALID_PARAMS, f"params._meta must be an object that has {' and '.join(missing)}.")
    found = cast("JsonObject", meta)
    version = found[VERSION_KEY]
    if head.version is None or head.version != version:
        raise McpError(HEADER_MISMATCH, "The header MCP-Protocol-Version differs from the body, or is missing.")
    if head.get(b"mcp-method") != method:
        raise McpError(HEADER_MISMATCH, "The header Mcp-Method differs from the body's method, or is missing.")
    name = params.get(_NAMED[method]) if method in _NAMED else None
    if name is not None and decoded(head.get(b"mcp-name")) != name:
        raise McpError(HEADER_MISMATCH, f"The header Mcp-Name differs from {_NAMED[method]!r}, or is missing.")
    if version not in VERSIONS:
        told = {"supported": hello.SPOKEN, "requested": version}
        raise McpError(UNSUPPORTED_VERSION, "Unsupported protocol version", told)
    if not isinstance(found[CAPABILITIES_KEY], dict):
        raise McpError(INVALID_PARAMS, f"{CAPABILITIES_KEY} must be an object.")
    return found


def _asking(
    front: Front, client: Client, place: Place, head: Head, message: Incoming, meta: JsonObject, answer: PlainAnswer
) -> Asking:
    method, params = cast("str", message.method), message.given
    level = meta.get(LOG_LEVEL_KEY)
    behind = ModernBehind(
        answer,
        meta[CAPABILITIES_KEY],
        passed_on(meta),
        inputs_of(params),
        level if isinstance(level, str) else None,
        front.sampler.of(client.owner_id),
        Questions() if method in MAY_ASK else None,
    )
    return Asking(client, place, head, cast("int | str", message.id), method, params, answer, behind)


async def _answered(front: Front, asking: Asking, exchange: Exchange, answer: PlainAnswer) -> None:
    task = asyncio.current_task()
    assert task
    exchange.on_gone(cast("Callable[[], None]", task.cancel))
    try:
        result = shaping.modern(asking.method, await in_rounds(front, asking, MODERN))
    except McpError as error:
        answer.finish(writing.failure(asking.id, error), writing.status_of(error))
    except asyncio.CancelledError:
        answer.leave()
        if not exchange.is_gone:
            raise
    else:
        answer.finish(writing.result(asking.id, result))


def _take(exchange: Exchange, head: Head, message: Incoming) -> None:
    """A notification needs no answer: in this era there is nothing it could be about. An answer fits nothing."""
    if not message.is_notification:
        error = McpError(INVALID_REQUEST, "The body must be one request or notification.")
    elif head.version not in VERSIONS:
        error = McpError(UNSUPPORTED_VERSION, "Unsupported protocol version", {"supported": hello.SPOKEN})
    else:
        exchange.answer(202, (), b"")
        return
    exchange.answer(400, (writing.JSON,), writing.failure(None, error))
