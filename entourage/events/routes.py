"""`GET /my/stream/{session_id}` (NDJSON or server-sent events) and `WS /stream`."""

from __future__ import annotations

from typing import Annotated

from fastapi import Header, Path, Query, Request, WebSocket
from fastapi.responses import StreamingResponse

from entourage.accounts.identity import CurrentUser, Identities
from entourage.events.socket import StreamSocket
from entourage.events.streams import Streams
from entourage.kit.errors import Invalid
from entourage.kit.ids import is_id
from entourage.kit.problems import problems
from entourage.kit.routing import Routes
from entourage.kit.services import Services, service
from entourage.stores.log import Filter

router = Routes(tags=["streams"])

SessionId = Annotated[
    str,
    Path(min_length=1, max_length=128, description="A conversation's id, or the id of a session of an outside agent."),
]
Seq = Annotated[int, Query(ge=0, le=2**63 - 1, description="The last seq you have.")]


class EventStream(StreamingResponse):
    """A stream of events; the media type is decided by the Accept header."""

    media_type = "application/x-ndjson"


async def stream(
    session_id: SessionId,
    user: CurrentUser,
    request: Request,
    streams: Annotated[Streams, service(Streams)],
    identities: Annotated[Identities, service(Identities)],
    after: Seq = 0,
    accept: Annotated[str, Header(include_in_schema=False)] = "",
    last_event_id: Annotated[str | None, Header(max_length=20)] = None,
) -> EventStream:
    """Events of one session after `after` (or `Last-Event-ID`), then live; a heartbeat every 30 s.

    NDJSON by default; server-sent events with `Accept: text/event-stream`.
    """
    if last_event_id is not None:
        if not last_event_id.isascii() or not last_event_id.isdigit() or int(last_event_id) >= 2**63:
            raise Invalid(
                "Last-Event-ID must be a seq.", errors=[{"field": "Last-Event-ID", "message": "not a whole number"}]
            )
        after = int(last_event_id)
    lowered = session_id.lower()
    where = Filter(after=after, session_ids=(lowered if is_id(lowered) else session_id,))
    await streams.check(user.user_id, where)
    sse = "text/event-stream" in accept
    return EventStream(
        streams.lines(user.user_id, where, lambda: identities.still(request), sse=sse),
        media_type="text/event-stream" if sse else "application/x-ndjson",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


_documented = {
    200: {
        "description": "Events, one a line, until you leave.",
        "content": {
            "application/x-ndjson": {"schema": {"type": "string"}},
            "text/event-stream": {"schema": {"type": "string"}},
        },
    },
    **problems(401, 404, 422, 429),
}
for path in ("/my/stream/{session_id}", "/my/sse/{session_id}"):
    router.add_api_route(
        path,
        stream,
        methods=["GET"],
        response_class=EventStream,
        responses=_documented,
        operation_id=path.split("/")[2],
    )


@router.websocket("/stream")
async def socket(websocket: WebSocket) -> None:
    """Subscriptions of the caller over one socket; see docs/events.md."""
    services: Services = websocket.app.state.services
    await StreamSocket(websocket, services.get(Identities), services.get(Streams)).serve()
