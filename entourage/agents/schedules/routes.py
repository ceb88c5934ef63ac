"""`/my/schedules`: what the team does by the clock."""

from __future__ import annotations

from typing import Annotated

from fastapi import Header, Response

from entourage.accounts.identity import CurrentUser
from entourage.agents.schedules.firing import Firing
from entourage.agents.schedules.schemas import ChangeSchedule, NewSchedule, Schedule
from entourage.agents.schedules.service import Schedules
from entourage.agents.schemas import Run
from entourage.kit.etag import etag_of
from entourage.kit.ids import Id
from entourage.kit.paging import Cursor, Limit, Page, decode_cursor, page_of
from entourage.kit.problems import problems
from entourage.kit.routing import Routes
from entourage.kit.services import service

router = Routes(prefix="/my/schedules", tags=["schedules"])

SchedulesHere = Annotated[Schedules, service(Schedules)]
IfMatch = Annotated[str | None, Header(max_length=4096)]


@router.get("", responses=problems(401, 422, 429))
async def list_schedules(
    user: CurrentUser, schedules: SchedulesHere, limit: Limit = 50, cursor: Cursor = None
) -> Page[Schedule]:
    """Schedules, oldest first."""
    after = decode_cursor(cursor, tuple[str])[0] if cursor else None
    found = await schedules.list(user.user_id, after=after, limit=limit + 1)
    return Page[Schedule].model_validate(page_of(found, limit, lambda item: (item.id,), lambda item: item))


@router.post("", status_code=201, responses=problems(401, 404, 422, 429, 507))
async def create_schedule(
    new: NewSchedule, user: CurrentUser, schedules: SchedulesHere, response: Response
) -> Schedule:
    """Ask the team something again and again."""
    return _tagged(response, await schedules.create(user.user_id, new))


@router.get("/{schedule_id}", responses=problems(401, 404, 422, 429))
async def get_schedule(schedule_id: Id, user: CurrentUser, schedules: SchedulesHere, response: Response) -> Schedule:
    """One schedule."""
    return _tagged(response, await schedules.get(user.user_id, schedule_id))


@router.patch("/{schedule_id}", responses=problems(400, 401, 404, 412, 422, 429))
async def change_schedule(
    schedule_id: Id,
    change: ChangeSchedule,
    user: CurrentUser,
    schedules: SchedulesHere,
    response: Response,
    if_match: IfMatch = None,
) -> Schedule:
    """Change, pause or resume a schedule."""
    return _tagged(response, await schedules.change(user.user_id, schedule_id, change, if_match))


@router.delete("/{schedule_id}", status_code=204, responses=problems(400, 401, 404, 412, 422, 429))
async def delete_schedule(
    schedule_id: Id, user: CurrentUser, schedules: SchedulesHere, if_match: IfMatch = None
) -> None:
    """Remove a schedule; its conversation and runs stay."""
    await schedules.delete(user.user_id, schedule_id, if_match)


@router.post("/{schedule_id}/run", status_code=202, responses=problems(401, 404, 409, 422, 429))
async def run_schedule(schedule_id: Id, user: CurrentUser, firing: Annotated[Firing, service(Firing)]) -> Run:
    """Ask it now, beside its times."""
    return Run.of(await firing.run_now(user.user_id, schedule_id))


def _tagged(response: Response, schedule: Schedule) -> Schedule:
    response.headers["ETag"] = etag_of(schedule.id, schedule.version)
    return schedule
