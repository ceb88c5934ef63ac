"""`/my/tool-policies` and `/api/v1/admin/tool-policies`."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Response

from entourage.accounts.identity import AdminUser, CurrentUser
from entourage.kit.etag import IfMatch
from entourage.kit.ids import Id
from entourage.kit.paging import Cursor, Limit, Page
from entourage.kit.problems import problems
from entourage.kit.routing import Routes
from entourage.kit.services import service
from entourage.tools.grants.schemas import ToolPolicyIn, ToolPolicyOut, ToolPolicyPatch
from entourage.tools.grants.service import ToolPolicies, policy_etag

router = Routes(tags=["tools"])

ThePolicies = Annotated[ToolPolicies, service(ToolPolicies)]


@router.get("/my/tool-policies", responses=problems(401, 403), response_model=Page[ToolPolicyOut])
async def list_tool_policies(
    user: CurrentUser, policies: ThePolicies, limit: Limit = 50, cursor: Cursor = None
) -> dict[str, Any]:
    """Your policies of tools, with those that admins set for everybody."""
    return await policies.page(user.user_id, "self", limit, cursor)


@router.post("/my/tool-policies", status_code=201, responses=problems(401, 403, 409))
async def create_tool_policy(
    body: ToolPolicyIn, user: CurrentUser, policies: ThePolicies, response: Response
) -> ToolPolicyOut:
    """Say what may be called by whom, how often and for how long. It holds from the next call on."""
    return _tagged(response, await policies.create(user.user_id, body))


@router.patch("/my/tool-policies/{policy_id}", responses=problems(401, 403, 404, 412))
async def change_tool_policy(
    policy_id: Id,
    body: ToolPolicyPatch,
    user: CurrentUser,
    policies: ThePolicies,
    response: Response,
    if_match: IfMatch = None,
) -> ToolPolicyOut:
    """Change a policy of your own."""
    return _tagged(response, await policies.change(user.user_id, policy_id, body, if_match))


@router.delete("/my/tool-policies/{policy_id}", status_code=204, responses=problems(401, 403, 404, 412))
async def delete_tool_policy(policy_id: Id, user: CurrentUser, policies: ThePolicies, if_match: IfMatch = None) -> None:
    """Remove a policy of your own."""
    await policies.delete(user.user_id, policy_id, if_match)


@router.get("/api/v1/admin/tool-policies", responses=problems(401, 403), response_model=Page[ToolPolicyOut])
async def list_tool_policies_for_all(
    admin: AdminUser, policies: ThePolicies, limit: Limit = 50, cursor: Cursor = None
) -> dict[str, Any]:
    """Policies that hold for everybody."""
    return await policies.page(admin.user_id, "admin", limit, cursor)


@router.post("/api/v1/admin/tool-policies", status_code=201, responses=problems(401, 403, 409))
async def create_tool_policy_for_all(
    body: ToolPolicyIn, admin: AdminUser, policies: ThePolicies, response: Response
) -> ToolPolicyOut:
    """A policy for everybody. What it denies nobody can allow; limits count for each person."""
    return _tagged(response, await policies.create(admin.user_id, body, "admin"))


@router.patch("/api/v1/admin/tool-policies/{policy_id}", responses=problems(401, 403, 404, 412))
async def change_tool_policy_for_all(
    policy_id: Id,
    body: ToolPolicyPatch,
    admin: AdminUser,
    policies: ThePolicies,
    response: Response,
    if_match: IfMatch = None,
) -> ToolPolicyOut:
    """Change a policy that holds for everybody."""
    return _tagged(response, await policies.change(admin.user_id, policy_id, body, if_match, "admin"))


@router.delete("/api/v1/admin/tool-policies/{policy_id}", status_code=204, responses=problems(401, 403, 404, 412))
async def delete_tool_policy_for_all(
    policy_id: Id, admin: AdminUser, policies: ThePolicies, if_match: IfMatch = None
) -> None:
    """Remove a policy that holds for everybody."""
    await policies.delete(admin.user_id, policy_id, if_match, "admin")


def _tagged(response: Response, policy: ToolPolicyOut) -> ToolPolicyOut:
    response.headers["ETag"] = policy_etag(policy)
    return policy
