"""`/my/runs`: what the team does and did."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

from entourage.accounts.identity import CurrentUser
from entourage.agents.runs import RunFilter, Runs
from entourage.agents.schemas import AgentName, Run, RunKind, RunStatus
from entourage.agents.timetravel.schemas import RunComparison, Step
from entourage.agents.timetravel.service import TimeTravel
from entourage.agents.turns import Turns
from entourage.kit.ids import Id
from entourage.kit.paging import Cursor, Limit, Page, decode_cursor, page_of
from entourage.kit.problems import problems
from entourage.kit.routing import Routes
from entourage.kit.services import service

router = Routes(prefix="/my/runs", tags=["runs"])

RunsHere = Annotated[Runs, service(Runs)]
TravelHere = Annotated[TimeTravel, service(TimeTravel)]


@router.get("", responses=problems(401, 422, 429))
async def list_runs(
    user: CurrentUser,
    runs: RunsHere,
    session_id: Annotated[Id | None, Query(description="Those of one conversation.")] = None,
    status: RunStatus | None = None,
    agent: AgentName | None = None,
    kind: RunKind | None = None,
    plan_id: Id | None = None,
    dead: Annotated[bool | None, Query(description="Dead letters: their workers died too often.")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[Run]:
    """Runs, newest first."""
    where = RunFilter(session_id, status, agent, kind, plan_id, dead)
    before = decode_cursor(cursor, tuple[str])[0] if cursor else None
    rows = await runs.list(user.user_id, where, before=before, limit=limit + 1)
    return Page[Run].model_validate(page_of(rows, limit, lambda row: (row.id,), Run.of))


@router.get("/compare", responses=problems(401, 404, 422, 429))
async def compare_runs(
    a: Annotated[Id, Query(description="A run.")],
    b: Annotated[Id, Query(description="Another run, maybe a fork of it.")],
    user: CurrentUser,
    travel: TravelHere,
) -> RunComparison:
    """Two runs beside each other: their steps aligned, the first that differs, what each took."""
    return await travel.compare(user.user_id, a, b)


@router.get("/{run_id}", responses=problems(401, 404, 422, 429))
async def get_run(run_id: Id, user: CurrentUser, runs: RunsHere, turns: Annotated[Turns, service(Turns)]) -> Run:
    """One run with the turn it wrote, as far as it got."""
    row = await runs.get(user.user_id, run_id)
    return Run.of(row, await turns.of(user.user_id, row))


@router.get("/{run_id}/steps", responses=problems(401, 404, 422, 429))
async def list_steps(
    run_id: Id, user: CurrentUser, travel: TravelHere, limit: Limit = 200, cursor: Cursor = None
) -> Page[Step]:
    """What a run did, step by step, as far as it got."""
    after = decode_cursor(cursor, tuple[int])[0] if cursor else -1
    steps = [step for step in await travel.steps(user.user_id, run_id) if step.ordinal > after][: limit + 1]
    return Page[Step].model_validate(page_of(steps, limit, lambda step: (step.ordinal,), lambda step: step))
