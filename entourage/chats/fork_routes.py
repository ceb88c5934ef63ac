"""`/my/runs/{id}/fork`: a new answer beside the old one."""

from __future__ import annotations

from typing import Annotated

from entourage.accounts.identity import CurrentUser
from entourage.agents.timetravel.schemas import ForkRun
from entourage.agents.timetravel.service import TimeTravel
from entourage.chats.schemas import Sent
from entourage.chats.talk import Talk
from entourage.kit.ids import Id
from entourage.kit.problems import problems
from entourage.kit.routing import Routes
from entourage.kit.services import service

router = Routes(prefix="/my/runs", tags=["runs"])


@router.post("/{run_id}/fork", status_code=202, responses=problems(401, 404, 409, 422, 429))
async def fork_run(
    run_id: Id,
    how: ForkRun,
    user: CurrentUser,
    travel: Annotated[TimeTravel, service(TimeTravel)],
    talk: Annotated[Talk, service(Talk)],
) -> Sent:
    """Go on otherwise from a step of a run: a new answer on its own branch; what was done before is kept."""
    return await talk.fork(user.user_id, await travel.fork(user.user_id, run_id, how), how)
