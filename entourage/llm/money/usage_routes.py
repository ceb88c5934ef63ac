"""`/my/usage` and `/api/v1/admin/usage`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import Depends, Query

from entourage.accounts.identity import AdminUser, CurrentUser
from entourage.kit.clock import now_ms
from entourage.kit.errors import Invalid
from entourage.kit.ids import Id
from entourage.kit.paging import Cursor, Limit, Page
from entourage.kit.problems import problems
from entourage.kit.routing import Routes
from entourage.kit.services import service
from entourage.llm.money.calls import CallFilter, Calls
from entourage.llm.money.usage import UsageFilter, UsageQueries
from entourage.llm.money.usage_schemas import AdminBy, Bucket, By, CallOut, CallStatus, UsageOut
from entourage.stores.log.spending import HOUR_MS

router = Routes(tags=["gateway"])

SHOWN_DAYS = 30
"""How many days are told when no time is given."""

_LATEST_MS = 253_402_300_800_000
_DAY_MS = 24 * HOUR_MS

_TIME = "RFC 3339 or epoch ms; usage is counted by whole hours (UTC)."
From = Annotated[str | None, Query(alias="from", max_length=40, description=f"{_TIME} Included.")]
To = Annotated[str | None, Query(alias="to", max_length=40, description=f"{_TIME} Not included.")]
Name = Annotated[str | None, Query(max_length=256, pattern=r"^[^\x00]*$")]
InBuckets = Annotated[Bucket | None, Query(description="Also tell `series`, by the hour or by the day.")]
TheUsage = Annotated[UsageQueries, service(UsageQueries)]
TheCalls = Annotated[Calls, service(Calls)]


async def _which_calls(
    model: Name = None, key_id: Name = None, status: CallStatus | None = None, since: From = None, until: To = None
) -> CallFilter:
    return CallFilter(model or None, key_id or None, status, _time("from", since), _time("to", until))


WhichCalls = Annotated[CallFilter, Depends(_which_calls)]


@router.get("/my/usage", responses=problems(401, 403))
async def read_usage(
    user: CurrentUser, usage: TheUsage, by: By = "model", since: From = None, until: To = None, bucket: InBuckets = None
) -> UsageOut:
    """What your model calls took, by day (UTC), model, provider, agent, key, door or session; of 30 days by default."""
    return await usage.read(_filter(user.user_id, since, until), by, bucket)


@router.get("/api/v1/admin/usage", responses=problems(401, 403))
async def read_all_usage(
    admin: AdminUser,
    usage: TheUsage,
    by: AdminBy = "user",
    since: From = None,
    until: To = None,
    bucket: InBuckets = None,
) -> UsageOut:
    """What everybody's model calls took."""
    del admin
    return await usage.read(_filter(None, since, until), by, bucket)


@router.get("/my/usage/calls", responses=problems(401, 403), response_model=Page[CallOut])
async def list_calls(
    user: CurrentUser,
    calls: TheCalls,
    where: WhichCalls,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> dict[str, Any]:
    """Single calls, newest first. A page may be short; it is the last when `next_cursor` is null."""
    return await calls.page(user.user_id, where, limit, cursor)


@router.get("/api/v1/admin/usage/calls", responses=problems(401, 403), response_model=Page[CallOut])
async def list_calls_of(
    owner_id: Id,
    admin: AdminUser,
    calls: TheCalls,
    where: WhichCalls,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> dict[str, Any]:
    """Single calls of one person, newest first."""
    del admin
    return await calls.page(owner_id, where, limit, cursor)


@router.get("/my/usage/calls/{call_id}", responses=problems(401, 403, 404))
async def read_call(call_id: Id, user: CurrentUser, calls: TheCalls) -> CallOut:
    """One call, by the id in the header `x-entourage-call` of its answer; there as soon as it is in the log."""
    return await calls.get(user.user_id, call_id)


def _filter(owner_id: str | None, since: str | None, until: str | None) -> UsageFilter:
    end = _time("to", until)
    end = now_ms() + 1 if end is None else end
    start = _time("from", since)
    start = max(0, end - SHOWN_DAYS * _DAY_MS) if start is None else start
    return UsageFilter(owner_id, start // HOUR_MS, -(-end // HOUR_MS))


def _time(name: str, given: str | None) -> int | None:
    """Epoch milliseconds. Raises Invalid."""
    if not given:
        return None
    try:
        # a plus sign in a query is a space, and RFC 3339 has one in its offset
        found = int(given) if given.isascii() and given.isdigit() else _rfc3339(given.replace(" ", "+"))
    except (ValueError, OverflowError):
        found = -1
    if not 0 <= found < _LATEST_MS:
        message = "give RFC 3339 or epoch milliseconds"
        raise Invalid(f"Not valid: {name}; {message}.", errors=[{"field": name, "message": message}])
    return found


def _rfc3339(text: str) -> int:
    moment = datetime.fromisoformat(text)
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)
