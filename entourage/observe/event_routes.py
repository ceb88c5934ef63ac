"""`GET /events`: the event table."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from fastapi import Depends, Path, Query
from msgspec.structs import replace
from starlette.responses import Response

from entourage.accounts.identity import CurrentUser
from entourage.events.event import Published
from entourage.events.log import EventLog
from entourage.kit.errors import NotFound
from entourage.kit.json import encode
from entourage.kit.paging import Cursor, decode_cursor, encode_cursor
from entourage.kit.problems import problems
from entourage.kit.routing import Routes
from entourage.kit.services import service
from entourage.observe.events import Events
from entourage.observe.filters import event_filter
from entourage.observe.schemas import EventCount, EventOut, EventPage
from entourage.stores.log import Filter

router = Routes(prefix="/events", tags=["events"])

MAX_EVENTS = 1000
COUNT_TO = 100_000

Log = Annotated[EventLog, service(EventLog)]
Where = Annotated[Filter, Depends(event_filter)]


@router.get("", name="list_events", response_model=EventPage, responses=problems(401, 403))
async def list_events(
    user: CurrentUser,
    log: Log,
    where: Where,
    limit: Annotated[int, Query(ge=1, le=MAX_EVENTS)] = 100,
    cursor: Cursor = None,
    order: Literal["asc", "desc"] = "desc",
    lean: Annotated[bool, Query(description="Leave out `data.body`.")] = False,
) -> Response:
    """Events, newest first unless `order=asc`."""
    newest = order == "desc"
    if cursor is not None:
        (seq,) = decode_cursor(cursor, tuple[Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]])
        where = replace(where, before=seq) if newest else replace(where, after=seq)
    found = await log.read(user.user_id, where, limit + 1, newest=newest)
    if newest:
        found.reverse()
    more, found = len(found) > limit, found[:limit]
    following = encode_cursor((found[-1].seq,)) if more else None
    items = b",".join(_lean(event) if lean else event.json for event in found)
    body = b'{"items":[%s],"next_cursor":%s}' % (items, encode(following))
    return Response(body, media_type="application/json")


@router.get("/count", responses=problems(401, 403))
async def count_events(user: CurrentUser, log: Log, where: Where) -> EventCount:
    """How many events match, counted up to 100,000."""
    count = await log.count(user.user_id, where, COUNT_TO)
    return EventCount(count=count, exact=count < COUNT_TO)


@router.get("/{event_id}", response_model=EventOut, responses=problems(401, 403, 404))
async def read_event(
    event_id: Annotated[str, Path(min_length=1, max_length=128)],
    user: CurrentUser,
    events: Annotated[Events, service(Events)],
) -> Response:
    """One event, whole."""
    found = await events.one(user.user_id, event_id)
    if found is None:
        raise NotFound(f"There is no event {event_id}.")
    return Response(found.json, media_type="application/json")


def _lean(published: Published) -> bytes:
    data = msgspec.json.decode(published.event.data, type=dict[str, msgspec.Raw])
    if "body" not in data:
        return published.json
    del data["body"]
    return encode(msgspec.structs.replace(published.event, data=msgspec.Raw(encode(data))))
