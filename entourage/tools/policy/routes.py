"""`/my/policy`: what agents may do, and a way to try it."""

from __future__ import annotations

from typing import Annotated

from fastapi import Response

from entourage.accounts.identity import CurrentUser
from entourage.kit.etag import IfMatch
from entourage.kit.problems import problems
from entourage.kit.routing import Routes
from entourage.kit.services import service
from entourage.tools.policy.evaluate import ToolUse
from entourage.tools.policy.rules import CallIn, Policy, PolicyIn, Ruling
from entourage.tools.policy.service import Policies, tag

router = Routes(prefix="/my/policy", tags=["policy"])

PoliciesHere = Annotated[Policies, service(Policies)]


@router.get("", responses=problems(401, 403, 429))
async def read_policy(user: CurrentUser, policies: PoliciesHere, response: Response) -> Policy:
    """Your policy; what you did not change is as everybody has it."""
    return _tagged(response, user.user_id, await policies.get(user.user_id))


@router.put("", responses=problems(400, 401, 403, 412, 422, 429))
async def replace_policy(
    chosen: PolicyIn, user: CurrentUser, policies: PoliciesHere, response: Response, if_match: IfMatch = None
) -> Policy:
    """Replace your policy. It holds from the next call on, for your team and for guarded sources."""
    return _tagged(response, user.user_id, await policies.put(user.user_id, chosen, if_match))


@router.post("/check", responses=problems(400, 401, 403, 422, 429))
async def check_call(call: CallIn, user: CurrentUser, policies: PoliciesHere) -> Ruling:
    """What your policy would say of this call. Nothing is run."""
    return await policies.rule(user.user_id, ToolUse(call.tool, call.args, call.app, call.cwd))


def _tagged(response: Response, owner_id: str, policy: Policy) -> Policy:
    response.headers["ETag"] = tag(owner_id, policy.version)
    return policy
