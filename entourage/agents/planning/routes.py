"""`/my/plans`."""

from __future__ import annotations

from typing import Annotated

from fastapi import Response

from entourage.accounts.identity import CurrentUser
from entourage.agents.planning.schemas import ChangePlan, NewPlan, Plan, PlanStatus, RejectPlan, TaskKey
from entourage.agents.planning.service import Plans, etag_of_plan
from entourage.kit.etag import IfMatch
from entourage.kit.ids import Id
from entourage.kit.paging import Cursor, Limit, Page, decode_cursor, page_of
from entourage.kit.problems import problems
from entourage.kit.routing import Routes
from entourage.kit.services import service

router = Routes(prefix="/my/plans", tags=["plans"])

PlansHere = Annotated[Plans, service(Plans)]


@router.get("", responses=problems(401, 422, 429))
async def list_plans(
    user: CurrentUser,
    plans: PlansHere,
    session_id: Id | None = None,
    status: PlanStatus | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[Plan]:
    """Plans, newest first; `session_id` for those of one conversation."""
    before = decode_cursor(cursor, tuple[str])[0] if cursor else None
    found = await plans.list(user.user_id, chat_id=session_id, status=status, before=before, limit=limit + 1)
    return Page[Plan].model_validate(page_of(found, limit, lambda plan: (plan.run_id,), lambda plan: plan))


@router.post("", status_code=202, responses=problems(401, 404, 409, 422, 429))
async def begin_plan(new: NewPlan, user: CurrentUser, plans: PlansHere, response: Response) -> Plan:
    """Have a plan made for a goal, or carry out the tasks given; in a conversation, or a new one."""
    return _tagged(response, await plans.begin(user.user_id, new))


@router.get("/{plan_id}", responses=problems(401, 404, 422, 429))
async def get_plan(plan_id: Id, user: CurrentUser, plans: PlansHere, response: Response) -> Plan:
    """One plan with its tasks, as they stand."""
    return _tagged(response, await plans.get(user.user_id, plan_id))


@router.patch("/{plan_id}", responses=problems(400, 401, 404, 409, 412, 422, 429))
async def change_plan(
    plan_id: Id, change: ChangePlan, user: CurrentUser, plans: PlansHere, response: Response, if_match: IfMatch = None
) -> Plan:
    """Edit a plan that waits for your approval; `tasks` replaces them all."""
    return _tagged(response, await plans.change(user.user_id, plan_id, change, if_match))


@router.post("/{plan_id}/approve", responses=problems(400, 401, 404, 409, 412, 422, 429))
async def approve_plan(
    plan_id: Id, user: CurrentUser, plans: PlansHere, response: Response, if_match: IfMatch = None
) -> Plan:
    """Let a proposed plan begin; with `If-Match` only as you have seen it."""
    return _tagged(response, await plans.approve(user.user_id, plan_id, if_match))


@router.post("/{plan_id}/reject", responses=problems(401, 404, 409, 422, 429))
async def reject_plan(
    plan_id: Id, user: CurrentUser, plans: PlansHere, response: Response, said: RejectPlan | None = None
) -> Plan:
    """Do not carry it out."""
    return _tagged(response, await plans.reject(user.user_id, plan_id, said.reason if said else None))


@router.post("/{plan_id}/cancel", status_code=202, responses=problems(401, 404, 422, 429))
async def cancel_plan(plan_id: Id, user: CurrentUser, plans: PlansHere, response: Response) -> Plan:
    """Stop a plan and all its tasks; nothing happens to one that has ended."""
    return _tagged(response, await plans.cancel(user.user_id, plan_id))


@router.post("/{plan_id}/tasks/{key}/retry", status_code=202, responses=problems(401, 404, 409, 422, 429))
async def retry_plan_task(plan_id: Id, key: TaskKey, user: CurrentUser, plans: PlansHere, response: Response) -> Plan:
    """Do a task again that came to nothing."""
    return _tagged(response, await plans.retry_task(user.user_id, plan_id, key))


@router.post("/{plan_id}/tasks/{key}/skip", status_code=202, responses=problems(401, 404, 409, 422, 429))
async def skip_plan_task(plan_id: Id, key: TaskKey, user: CurrentUser, plans: PlansHere, response: Response) -> Plan:
    """Go on without a task."""
    return _tagged(response, await plans.skip_task(user.user_id, plan_id, key))


def _tagged(response: Response, plan: Plan) -> Plan:
    response.headers["ETag"] = etag_of_plan(plan.version)
    return plan
