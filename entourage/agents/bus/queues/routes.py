"""`/my/queues`."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path

from entourage.accounts.identity import CurrentUser
from entourage.agents.bus.queues.schemas import Queue, QueueWithRuns
from entourage.agents.bus.queues.service import Queues
from entourage.kit.paging import Page
from entourage.kit.problems import problems
from entourage.kit.routing import Routes
from entourage.kit.services import service

router = Routes(prefix="/my/queues", tags=["queues"])

QueuesHere = Annotated[Queues, service(Queues)]
Name = Annotated[str, Path(max_length=64, pattern=r"^[^\x00-\x1f\x7f]+$", description="The agent's name.")]


@router.get("", responses=problems(401, 429))
async def list_queues(user: CurrentUser, queues: QueuesHere) -> Page[Queue]:
    """What each agent does, and what waits for it."""
    return Page[Queue](items=await queues.list(user.user_id))


@router.get("/{agent}", responses=problems(401, 404, 422, 429))
async def get_queue(agent: Name, user: CurrentUser, queues: QueuesHere) -> QueueWithRuns:
    """One queue with its runs, in the order in which they will begin."""
    return await queues.get(user.user_id, agent)


@router.post("/{agent}/pause", responses=problems(401, 404, 422, 429))
async def pause_queue(agent: Name, user: CurrentUser, queues: QueuesHere) -> QueueWithRuns:
    """Begin nothing of what waits for this agent; what it is doing goes on."""
    return await queues.pause(user.user_id, agent, paused=True)


@router.post("/{agent}/resume", responses=problems(401, 404, 422, 429))
async def resume_queue(agent: Name, user: CurrentUser, queues: QueuesHere) -> QueueWithRuns:
    """Begin what waits for this agent again."""
    return await queues.pause(user.user_id, agent, paused=False)
