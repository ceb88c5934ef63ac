"""`/my/runs/{id}/...`: leading a run that goes on."""

from __future__ import annotations

from typing import Annotated

from entourage.accounts.identity import CurrentUser
from entourage.agents.control.live import LiveRuns
from entourage.agents.control.schemas import PauseRun, ResumeRun, SteerRun
from entourage.agents.schemas import Run
from entourage.kit.ids import Id
from entourage.kit.problems import problems
from entourage.kit.routing import Routes
from entourage.kit.services import service

router = Routes(prefix="/my/runs", tags=["runs"])

LiveHere = Annotated[LiveRuns, service(LiveRuns)]


@router.post("/{run_id}/steer", status_code=202, responses=problems(401, 404, 409, 422, 429))
async def steer_run(run_id: Id, said: SteerRun, user: CurrentUser, live: LiveHere) -> Run:
    """Say something to a run that goes on: its agent reads it before it goes on thinking."""
    return Run.of(await live.steer(user.user_id, run_id, said.text))


@router.post("/{run_id}/pause", status_code=202, responses=problems(401, 404, 409, 422, 429))
async def pause_run(run_id: Id, asked: PauseRun, user: CurrentUser, live: LiveHere) -> Run:
    """Let a run and the runs it started rest: after what it is doing, or at once (`interrupt`)."""
    return Run.of(await live.pause(user.user_id, run_id, asked.how))


@router.post("/{run_id}/resume", status_code=202, responses=problems(401, 404, 409, 422, 429))
async def resume_run(run_id: Id, asked: ResumeRun, user: CurrentUser, live: LiveHere) -> Run:
    """Let a run that rests go on, maybe with a word; nothing happens to one that goes on already."""
    return Run.of(await live.resume(user.user_id, run_id, asked.text))


@router.post("/{run_id}/cancel", status_code=202, responses=problems(401, 404, 422, 429))
async def cancel_run(run_id: Id, user: CurrentUser, live: LiveHere) -> Run:
    """Stop a run and the runs it started; nothing happens to one that has ended."""
    return Run.of(await live.cancel(user.user_id, run_id))


@router.post("/{run_id}/retry", status_code=202, responses=problems(401, 404, 409, 422, 429))
async def retry_run(run_id: Id, user: CurrentUser, live: LiveHere) -> Run:
    """Let a run that failed or was stopped go on after its last recorded step."""
    return Run.of(await live.retry(user.user_id, run_id))
