"""Doors of sessions: list, one, spans, comparison, aggregations."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Path, Query

from entourage.accounts.identity import CurrentUser
from entourage.kit.errors import Invalid
from entourage.kit.paging import Cursor, Limit, Page
from entourage.kit.problems import problems
from entourage.kit.routing import Routes
from entourage.kit.services import service
from entourage.observe.compare import compare
from entourage.observe.filters import From, To, Words, time_given, words_given
from entourage.observe.schemas import AggregationList, Comparison, SessionOut, SpanList, Status
from entourage.observe.sessions import ObservedSessions, SessionFilter

router = Routes(tags=["sessions"])

SessionsService = Annotated[ObservedSessions, service(ObservedSessions)]
Plain = r"^[^\x00]+$"
SourceName = Annotated[str, Path(max_length=64, pattern=Plain, description="`team`, or an application.")]
SessionId = Annotated[str, Path(max_length=128, pattern=Plain)]
OneName = Annotated[str | None, Query(min_length=1, max_length=256, pattern=Plain)]
Both = Annotated[str, Query(max_length=200, pattern=r"^[^/\x00]+/[^\x00]+$", examples=["claude-code/3f0c1f0e"])]


@router.get("/sessions", response_model=Page[SessionOut], responses=problems(401, 403))
async def list_sessions(
    user: CurrentUser,
    sessions: SessionsService,
    source_app: OneName = None,
    project: OneName = None,
    status: Status | None = None,
    q: Words = None,
    since: From = None,
    until: To = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> dict[str, Any]:
    """Sessions, the last active first."""
    where = SessionFilter(
        source_app, project, status, words_given(q), time_given("from", since), time_given("to", until)
    )
    return await sessions.page(user.user_id, where, limit, cursor)


@router.get("/sessions/compare", responses=problems(401, 403, 404))
async def compare_sessions(left: Both, right: Both, user: CurrentUser, sessions: SessionsService) -> Comparison:
    """Two sessions side by side, each named `source/id`."""
    return await compare(sessions, user.user_id, _named(left, "left"), _named(right, "right"))


@router.get("/sessions/{source}/{session_id}", responses=problems(401, 403, 404))
async def read_session(
    source: SourceName, session_id: SessionId, user: CurrentUser, sessions: SessionsService
) -> SessionOut:
    """One session."""
    return await sessions.one(user.user_id, source, session_id)


@router.get("/sessions/{source}/{session_id}/spans", responses=problems(401, 403, 404))
async def list_spans(
    source: SourceName, session_id: SessionId, user: CurrentUser, sessions: SessionsService
) -> SpanList:
    """The session's spans, parents first; of a very long session the last 5,000 calls."""
    return SpanList(items=await sessions.spans(user.user_id, source, session_id))


@router.get("/aggregations", response_model=AggregationList, responses=problems(401, 403))
async def list_aggregations(
    user: CurrentUser,
    sessions: SessionsService,
    session_id: OneName = None,
    source_app: OneName = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> dict[str, Any]:
    """What each agent did: of one session all of them, else a page of the last active."""
    return await sessions.aggregations(user.user_id, session_id, source_app, limit, cursor)


def _named(given: str, field: str) -> tuple[str, str]:
    source, _, session_id = given.partition("/")
    if not session_id or len(session_id) > 128:
        raise Invalid(f"Not valid: {field}.", errors=[{"field": field, "message": "give source/id"}])
    return source, session_id
