"""`/my/sandboxes/{id}/run` and `/contexts`: code cell by cell."""

from __future__ import annotations

from typing import Annotated

from fastapi import Body

from entourage.accounts.identity import CurrentUser
from entourage.accounts.schemas import example
from entourage.kit.ids import Id
from entourage.kit.problems import problems
from entourage.kit.routing import Routes
from entourage.kit.services import service
from entourage.sandboxes.interpreter.schemas import ContextIn, ContextList, ContextOut, ExecutionOut, RunIn
from entourage.sandboxes.interpreter.service import Interpreters
from entourage.sandboxes.service import Sandboxes

router = Routes(tags=["sandboxes"])
ONE = "/my/sandboxes/{sandbox_id}"

TheSandboxes = Annotated[Sandboxes, service(Sandboxes)]
TheInterpreters = Annotated[Interpreters, service(Interpreters)]

_RUN = example(code="x = 6\nx * 7")


@router.post(ONE + "/run", responses=problems(401, 403, 404, 409, 429, 502, 503))
async def run_in_sandbox(
    sandbox_id: Id,
    body: Annotated[RunIn, Body(openapi_examples=_RUN)],
    user: CurrentUser,
    sandboxes: TheSandboxes,
    interpreters: TheInterpreters,
) -> ExecutionOut:
    """Run code and give what it printed and showed. What it defines stays for the next run in the same context."""
    live = await sandboxes.awake(user.user_id, sandbox_id)
    with sandboxes.using(sandbox_id):
        execution = await interpreters.run(
            live,
            body.code,
            language=body.language,
            context_id=body.context_id,
            env=body.env,
            timeout_seconds=body.timeout_seconds,
        )
    return ExecutionOut.model_validate(execution)


@router.get(ONE + "/contexts", responses=problems(401, 403, 404, 409, 429, 503))
async def list_sandbox_contexts(
    sandbox_id: Id, user: CurrentUser, sandboxes: TheSandboxes, interpreters: TheInterpreters
) -> ContextList:
    """The contexts there are."""
    live = await sandboxes.awake(user.user_id, sandbox_id)
    return ContextList(items=[ContextOut.model_validate(info) for info in await interpreters.list_contexts(live)])


@router.post(ONE + "/contexts", status_code=201, responses=problems(401, 403, 404, 409, 429, 502, 503))
async def create_sandbox_context(
    sandbox_id: Id, body: ContextIn, user: CurrentUser, sandboxes: TheSandboxes, interpreters: TheInterpreters
) -> ContextOut:
    """A context with a state of its own."""
    live = await sandboxes.awake(user.user_id, sandbox_id)
    with sandboxes.using(sandbox_id):
        info = await interpreters.create_context(live, language=body.language, cwd=body.cwd)
    return ContextOut.model_validate(info)


@router.post(
    ONE + "/contexts/{context_id}/interrupt", status_code=204, responses=problems(401, 403, 404, 409, 429, 503)
)
async def interrupt_sandbox_context(
    sandbox_id: Id, context_id: Id, user: CurrentUser, sandboxes: TheSandboxes, interpreters: TheInterpreters
) -> None:
    """Have the code that runs give up; its state stays."""
    await interpreters.interrupt(await sandboxes.awake(user.user_id, sandbox_id), context_id)


@router.post(ONE + "/contexts/{context_id}/restart", status_code=204, responses=problems(401, 403, 404, 409, 429, 503))
async def restart_sandbox_context(
    sandbox_id: Id, context_id: Id, user: CurrentUser, sandboxes: TheSandboxes, interpreters: TheInterpreters
) -> None:
    """Begin it anew, without its state."""
    await interpreters.restart_context(await sandboxes.awake(user.user_id, sandbox_id), context_id)


@router.delete(ONE + "/contexts/{context_id}", status_code=204, responses=problems(401, 403, 404, 409, 429, 503))
async def remove_sandbox_context(
    sandbox_id: Id, context_id: Id, user: CurrentUser, sandboxes: TheSandboxes, interpreters: TheInterpreters
) -> None:
    """End it."""
    await interpreters.remove_context(await sandboxes.awake(user.user_id, sandbox_id), context_id)
