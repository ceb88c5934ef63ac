"""`/api/v1/agents/*`, `POST /agent/intent`, `WS /api/v1/ws/agents`."""

from __future__ import annotations

from typing import Annotated

from fastapi import WebSocket

from entourage.accounts.identity import CurrentUser, Identities
from entourage.agents.schemas import Run
from entourage.chats.ide.schemas import AgentKey, Begun, Invoke, Orchestrate
from entourage.chats.ide.service import IdeTeam
from entourage.chats.ide.socket import AgentSocket
from entourage.events.streams import Streams
from entourage.kit.paging import Cursor, Limit, Page, decode_cursor, page_of
from entourage.kit.problems import problems
from entourage.kit.routing import Routes
from entourage.kit.services import Services, service

router = Routes(tags=["agents by the IDE's names"])

TeamHere = Annotated[IdeTeam, service(IdeTeam)]


@router.post("/api/v1/agents/orchestrate", status_code=202, responses=problems(401, 404, 409, 413, 422, 429, 507))
async def orchestrate(asked: Orchestrate, user: CurrentUser, team: TeamHere) -> Begun:
    """Let the team answer: directly, by one agent or by a plan. With `wait_seconds` the answer is waited for."""
    return await team.orchestrate(user.user_id, asked)


@router.post("/api/v1/agents/{agent_id}/invoke", status_code=202, responses=problems(401, 404, 409, 413, 422, 429, 507))
async def invoke_agent(agent_id: AgentKey, asked: Invoke, user: CurrentUser, team: TeamHere) -> Begun:
    """Let one agent answer, named by id or name."""
    return await team.invoke(user.user_id, agent_id, asked)


@router.get("/api/v1/agents/{agent_id}/history", responses=problems(400, 401, 404, 422, 429))
async def agent_history(
    agent_id: AgentKey, user: CurrentUser, team: TeamHere, limit: Limit = 50, cursor: Cursor = None
) -> Page[Run]:
    """The runs of an agent, newest first."""
    before = decode_cursor(cursor, tuple[str])[0] if cursor else None
    rows = await team.history(user.user_id, agent_id, before=before, limit=limit + 1)
    return Page[Run].model_validate(page_of(rows, limit, lambda row: (row.id,), Run.of))


@router.post("/agent/intent", status_code=202, responses=problems(401, 404, 409, 413, 422, 429, 507))
async def agent_intent(asked: Orchestrate, user: CurrentUser, team: TeamHere) -> Begun:
    """A request with context that the client gathered: passages, a graph, documents. The team reads it as data."""
    return await team.orchestrate(user.user_id, asked)


@router.websocket("/api/v1/ws/agents")
async def agent_socket(websocket: WebSocket) -> None:
    """What your agents do, as it happens; see docs/routing.md."""
    services: Services = websocket.app.state.services
    await AgentSocket(websocket, services.get(Identities), services.get(Streams)).serve()
