"""`/my/agents`, `/my/approvals`."""

from __future__ import annotations

from typing import Annotated

from fastapi import Header, Query, Response

from entourage.accounts.identity import CurrentUser
from entourage.agents.inbox import Inbox, InboxFilter
from entourage.agents.schemas import (
    Agent,
    Approval,
    ApprovalCount,
    ApprovalStatus,
    ChangeAgent,
    Decide,
    DecidedMany,
    DecideMany,
    NewAgent,
)
from entourage.agents.service import Agents
from entourage.kit.etag import etag_of
from entourage.kit.ids import Id
from entourage.kit.paging import Cursor, Limit, Page, decode_cursor, page_of
from entourage.kit.problems import problems
from entourage.kit.routing import Routes
from entourage.kit.services import service

router = Routes(prefix="/my")

AgentsHere = Annotated[Agents, service(Agents)]
InboxHere = Annotated[Inbox, service(Inbox)]
IfMatch = Annotated[str | None, Header(max_length=4096)]
PLAIN = r"^[^\x00-\x1f\x7f]+$"


@router.get("/agents", tags=["agents"], responses=problems(401, 429))
async def list_agents(user: CurrentUser, agents: AgentsHere) -> Page[Agent]:
    """The whole team; a new person finds the default one."""
    return Page[Agent](items=await agents.list(user.user_id))


@router.post("/agents", tags=["agents"], status_code=201, responses=problems(401, 409, 422, 429))
async def create_agent(new: NewAgent, user: CurrentUser, agents: AgentsHere, response: Response) -> Agent:
    """A new agent of the team."""
    return _tagged(response, await agents.create(user.user_id, new))


@router.get("/agents/{agent_id}", tags=["agents"], responses=problems(401, 404, 422, 429))
async def get_agent(agent_id: Id, user: CurrentUser, agents: AgentsHere, response: Response) -> Agent:
    """One agent."""
    return _tagged(response, await agents.get(user.user_id, agent_id))


@router.patch("/agents/{agent_id}", tags=["agents"], responses=problems(400, 401, 404, 409, 412, 422, 429))
async def change_agent(
    agent_id: Id,
    change: ChangeAgent,
    user: CurrentUser,
    agents: AgentsHere,
    response: Response,
    if_match: IfMatch = None,
) -> Agent:
    """Change an agent; runs that go on keep what they began with."""
    return _tagged(response, await agents.change(user.user_id, agent_id, change, if_match))


@router.delete(
    "/agents/{agent_id}", tags=["agents"], status_code=204, responses=problems(400, 401, 404, 409, 412, 422, 429)
)
async def delete_agent(agent_id: Id, user: CurrentUser, agents: AgentsHere, if_match: IfMatch = None) -> None:
    """Remove an agent from the team."""
    await agents.delete(user.user_id, agent_id, if_match)


@router.get("/approvals", tags=["approvals"], responses=problems(401, 422, 429))
async def list_approvals(
    user: CurrentUser,
    inbox: InboxHere,
    status: ApprovalStatus | None = None,
    app: Annotated[str | None, Query(max_length=64, pattern=PLAIN, description="Who asks; `team` is your own.")] = None,
    tool: Annotated[str | None, Query(max_length=256, pattern=PLAIN, description="A tool, or a pattern.")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[Approval]:
    """The inbox, newest first."""
    before = decode_cursor(cursor, tuple[int, str]) if cursor else None
    found = await inbox.list(user.user_id, InboxFilter(status, app, tool), before=before, limit=limit + 1)
    page = page_of(found, limit, lambda item: (item.created_at, item.id), lambda item: item)
    return Page[Approval].model_validate(page)


@router.get("/approvals/count", tags=["approvals"], responses=problems(401, 429))
async def count_approvals(user: CurrentUser, inbox: InboxHere) -> ApprovalCount:
    """How many wait for you."""
    return ApprovalCount(pending=await inbox.count(user.user_id))


@router.post("/approvals/decide", tags=["approvals"], responses=problems(401, 422, 429))
async def decide_many(said: DecideMany, user: CurrentUser, inbox: InboxHere) -> DecidedMany:
    """The same decision for many; those that are decided already, or not there, are told."""
    return await inbox.decide_many(user.user_id, said)


@router.get("/approvals/{approval_id}", tags=["approvals"], responses=problems(401, 404, 422, 429))
async def get_approval(approval_id: Id, user: CurrentUser, inbox: InboxHere) -> Approval:
    """One approval."""
    return await inbox.get(user.user_id, approval_id)


@router.post("/approvals/{approval_id}/decide", tags=["approvals"], responses=problems(401, 404, 409, 422, 429))
async def decide(approval_id: Id, said: Decide, user: CurrentUser, inbox: InboxHere) -> Approval:
    """Say yes, no, or the answer; whoever asked goes on."""
    return await inbox.decide(user.user_id, approval_id, said)


def _tagged(response: Response, agent: Agent) -> Agent:
    response.headers["ETag"] = etag_of(agent.id, agent.version)
    return agent
