"""The era of handshakes (2024-11-05 to 2025-11-25): a session, requests in it, a stream beside them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, cast

from entourage.kit.errors import Problem
from entourage.tools.mcp.front import shaping, writing
from entourage.tools.mcp.front.answering import Answer, BatchAnswer, KeptAnswer, PlainAnswer
from entourage.tools.mcp.front.asking import Asking, inputs_of, passed_on
from entourage.tools.mcp.front.behind import SessionBehind
from entourage.tools.mcp.front.messages import Incoming, JsonObject, RequestId
from entourage.tools.mcp.front.methods import hello
from entourage.tools.mcp.front.methods.table import LEGACY
from entourage.tools.mcp.front.running import refusal_of, result_of
from entourage.tools.mcp.front.session import Session
from entourage.tools.mcp.front.streams import place_of
from entourage.tools.mcp.front.writing import JSON
from entourage.tools.mcp.links.eras import CAPABILITIES_KEY, HANDSHAKES, NEWEST_HANDSHAKE
from entourage.tools.mcp.links.errors import INVALID_PARAMS, INVALID_REQUEST, McpError

if TYPE_CHECKING:
    from entourage.kit.exchange import Exchange
    from entourage.tools.mcp.front.callers import Client
    from entourage.tools.mcp.front.core import Front
    from entourage.tools.mcp.front.heads import Head
    from entourage.tools.mcp.front.places import Place

BATCHED_UNTIL = "2025-03-26"
CANCELLED = -32800
"""The streams of this era end with an answer, also that of a request which was called off."""


async def post(front: Front, exchange: Exchange, head: Head, client: Client, place: Place, message: Incoming) -> None:
    """Answer one message."""
    if message.is_request and message.method == "initialize":
        await _initialize(front, exchange, head, client, place, message)
        return
    session = _session(front, exchange, head, client, _id_of(message))
    if session is None:
        return
    if not message.is_request:
        _take(session, message)
        exchange.answer(202, session.headers, b"")
        return
    takes_json, takes_events = head.takes()
    if not (takes_json or takes_events):
        exchange.answer(406, session.headers, b"")
        return
    try:
        answer = _answer(front, exchange, session, is_kept=takes_events)
    except McpError as error:
        exchange.answer(200, (JSON, *session.headers), writing.failure(cast("RequestId", message.id), error))
        return
    if takes_events and head.prefers_events:
        answer.beat()
    await run(front, session, head, message, answer)


async def post_batch(front: Front, exchange: Exchange, head: Head, client: Client, batch: list[Incoming]) -> None:
    """Answer the messages of a batch, which revisions up to 2025-03-26 may send."""
    session = _session(front, exchange, head, client, None)
    if session is None:
        return
    if session.version > BATCHED_UNTIL:
        refuse(exchange, 400, None, McpError(INVALID_REQUEST, f"Version {session.version} has no batches."))
        return
    for message in batch:
        if not message.is_request:
            _take(session, message)
    asked = [message for message in batch if message.is_request]
    if not asked:
        exchange.answer(202, session.headers, b"")
        return
    whole = _answer(front, exchange, session, is_kept=False)
    parts = [BatchAnswer(whole) for _ in asked]
    await asyncio.gather(*(run(front, session, head, one, part) for one, part in zip(asked, parts, strict=True)))
    results = [result for part in parts for result in part.results]
    whole.finish(b"[%b]" % b",".join(results))


def get(front: Front, exchange: Exchange, head: Head, client: Client) -> None:
    """Tell what belongs to no request, or what was missed of one (`Last-Event-ID`)."""
    session = _session(front, exchange, head, client, None)
    if session is None:
        return
    if not head.takes()[1]:
        exchange.answer(406, session.headers, b"")
        return
    last = head.get(b"last-event-id")
    session.listen(exchange, place_of(last) if last else None)


def delete(front: Front, exchange: Exchange, head: Head, client: Client) -> None:
    """End the session."""
    session = _session(front, exchange, head, client, None)
    if session is not None:
        front.sessions.end(session)
        exchange.answer(204, (), b"")


async def run(front: Front, session: Session, head: Head, message: Incoming, answer: Answer) -> None:
    """Do one request of a session, and answer it whatever happens."""
    number, params = cast("RequestId", message.id), message.given
    behind = SessionBehind(
        session, answer, _passed(session, params), inputs_of(params), front.sampler.of(session.client.owner_id)
    )
    method = cast("str", message.method)
    asking = Asking(session.client, session.place, head, number, method, params, answer, behind, session)
    began = False
    try:
        session.begin(number)
        began = True
        told = writing.result(number, shaping.legacy(await result_of(front, asking, LEGACY)))
    except McpError as error:
        told = writing.failure(number, error)
    except asyncio.CancelledError:
        told = writing.failure(number, McpError(CANCELLED, "The request was cancelled."))
    finally:
        if began:
            session.end(number)
    answer.finish(told)


def refuse(exchange: Exchange, status: int, id: RequestId | None, error: McpError) -> None:
    """A refusal before there is a result to speak of."""
    exchange.answer(status, (JSON,), writing.failure(id, error))


async def _initialize(
    front: Front, exchange: Exchange, head: Head, client: Client, place: Place, message: Incoming
) -> None:
    number, params = cast("RequestId", message.id), message.given
    asked = params.get("protocolVersion")
    if not isinstance(asked, str):
        refuse(exchange, 200, number, McpError(INVALID_PARAMS, "The param 'protocolVersion' must be a string."))
        return
    session = Session(client, place, exchange.path, asked if asked in HANDSHAKES else NEWEST_HANDSHAKE, params)
    answer = PlainAnswer(exchange, front.heart, can_stream=False, headers=session.headers)
    behind = SessionBehind(session, answer, {}, {}, None)
    asking = Asking(client, place, head, number, "initialize", params, answer, behind, session)
    try:
        told = await hello.about(front, asking)
        front.sessions.add(session)
    except (McpError, Problem, Exception) as raised:
        answer.leave()
        error = raised if isinstance(raised, McpError) else refusal_of(raised, "initialize")
        refuse(exchange, raised.status if isinstance(raised, Problem) else 200, number, error)
        return
    answer.finish(writing.result(number, {"protocolVersion": session.version, **told}))


def _session(front: Front, exchange: Exchange, head: Head, client: Client, id: RequestId | None) -> Session | None:
    """The session that is meant; None when the request was refused."""
    session_id = head.get(b"mcp-session-id")
    if session_id is None:
        error = McpError(INVALID_REQUEST, "There is no Mcp-Session-Id; begin with initialize.")
        refuse(exchange, 400, id, error)
        return None
    session = front.sessions.of(client, session_id, exchange.path)
    if session is None:
        refuse(exchange, 404, id, McpError(INVALID_REQUEST, "This session is over; begin a new one."))
    return session


def _id_of(message: Incoming) -> RequestId | None:
    return cast("RequestId", message.id) if message.is_request else None


def _take(session: Session, message: Incoming) -> None:
    """A notification, or an answer to a question of ours."""
    if not message.is_notification:
        session.heard(message)
    elif message.method == "notifications/cancelled":
        session.cancel(message.given.get("requestId"))


def _answer(front: Front, exchange: Exchange, session: Session, *, is_kept: bool) -> Answer:
    if is_kept:
        return KeptAnswer(exchange, front.heart, session.stream(), session.headers)
    return PlainAnswer(exchange, front.heart, can_stream=False, headers=session.headers)


def _passed(session: Session, params: JsonObject) -> JsonObject:
    """What goes on to the server in `_meta`: a modern one is told there what the client can do."""
    meta: object = params.get("_meta")
    given = passed_on(cast("JsonObject", meta)) if isinstance(meta, dict) else {}
    return {**given, CAPABILITIES_KEY: session.capabilities}
