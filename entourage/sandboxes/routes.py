"""`/my/sandboxes`: making them, running commands in them, looking at them, ending them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import Body, Path, Query, Response

from entourage.accounts.identity import CurrentUser
from entourage.accounts.schemas import example
from entourage.kit.ids import Id
from entourage.kit.paging import Cursor, Limit, Page
from entourage.kit.problems import problems
from entourage.kit.routing import Routes
from entourage.kit.services import service
from entourage.sandboxes.health import health
from entourage.sandboxes.held import NewSandbox
from entourage.sandboxes.records import Records, shown
from entourage.sandboxes.runner import BubblewrapSandbox
from entourage.sandboxes.schemas import (
    ExecIn,
    ExecOut,
    MetricsOut,
    NetworkIn,
    ProcessList,
    ProcessOut,
    SandboxHealth,
    SandboxIn,
    SandboxOut,
    Status,
    TimeoutIn,
)
from entourage.sandboxes.service import Sandboxes
from entourage.sandboxes.sites import Sites
from entourage.sandboxes.snapshots.service import Snapshots
from entourage.sandboxes.types import Limits

router = Routes(tags=["sandboxes"])
MY = "/my/sandboxes"

TheSandboxes = Annotated[Sandboxes, service(Sandboxes)]
TheRecords = Annotated[Records, service(Records)]
TheSites = Annotated[Sites, service(Sites)]
TheSnapshots = Annotated[Snapshots, service(Snapshots)]
TheRunner = Annotated[BubblewrapSandbox, service(BubblewrapSandbox)]
Pid = Annotated[int, Path(ge=1, le=4_194_304, description="Its number inside the sandbox.")]

_NEW = example(timeout_seconds=900, network={"allow": ["*.example.org"]})
_EXEC = example(command="python3 -c 'print(6 * 7)'")


@router.get("/api/v1/sandboxes/health", responses=problems(401, 403))
async def sandbox_health(_: CurrentUser, sandboxes: TheSandboxes, runner: TheRunner) -> SandboxHealth:
    """Whether code can run on this server, by which ways, and what bounds it."""
    return await health(sandboxes, runner)


@router.get(MY, responses=problems(401, 403))
async def list_sandboxes(
    user: CurrentUser,
    sandboxes: TheSandboxes,
    records: TheRecords,
    status: Annotated[Status | None, Query(description="Only those that stand so.")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[SandboxOut]:
    """Sandboxes, newest first, those that run with what they use now."""
    page = await records.page(user.user_id, limit, cursor, status)
    return Page[SandboxOut](items=await _measured(sandboxes, page["items"]), next_cursor=page["next_cursor"])


@router.post(MY, status_code=201, responses=problems(401, 403, 404, 429, 502, 503, 504))
async def create_sandbox(
    body: Annotated[SandboxIn, Body(openapi_examples=_NEW)],
    user: CurrentUser,
    sandboxes: TheSandboxes,
    records: TheRecords,
    sites: TheSites,
    snapshots: TheSnapshots,
    response: Response,
) -> SandboxOut:
    """Make a sandbox. It ends when nobody used it for `timeout_seconds`."""
    site = await sites.find(user.user_id, body.workspace_id, body.chat_id)
    new = NewSandbox(
        work_folder=site.folder if site else None,
        writable=site.writable if site else True,
        limits=site.limits if site else None,
        workspace_id=body.workspace_id,
        chat_id=body.chat_id,
        timeout_seconds=body.timeout_seconds,
        env=body.env,
        metadata=body.metadata,
        network=tuple(body.network.allow) if body.network else (),
        backend=body.backend,
    )
    if body.snapshot_id:
        live = await snapshots.begin(user.user_id, body.snapshot_id, new)
    else:
        live = await sandboxes.create(user.user_id, new)
    response.headers["Location"] = f"{MY}/{live.id}"
    return await _show(user.user_id, live.id, sandboxes, records)


@router.get(MY + "/{sandbox_id}", responses=problems(401, 403, 404))
async def get_sandbox(sandbox_id: Id, user: CurrentUser, sandboxes: TheSandboxes, records: TheRecords) -> SandboxOut:
    """One sandbox. Looking at it is no use of it."""
    return await _show(user.user_id, sandbox_id, sandboxes, records)


@router.delete(MY + "/{sandbox_id}", status_code=204, responses=problems(401, 403, 404, 503))
async def kill_sandbox(sandbox_id: Id, user: CurrentUser, sandboxes: TheSandboxes) -> None:
    """End it: when this answers, no process of it is left."""
    await sandboxes.kill(user.user_id, sandbox_id)


@router.post(MY + "/{sandbox_id}/pause", responses=problems(401, 403, 404, 409, 503))
async def pause_sandbox(sandbox_id: Id, user: CurrentUser, sandboxes: TheSandboxes, records: TheRecords) -> SandboxOut:
    """Stop all its processes where they are, for a day at most."""
    await sandboxes.pause(user.user_id, sandbox_id)
    return await _show(user.user_id, sandbox_id, sandboxes, records)


@router.post(MY + "/{sandbox_id}/resume", responses=problems(401, 403, 404, 409, 503))
async def resume_sandbox(sandbox_id: Id, user: CurrentUser, sandboxes: TheSandboxes, records: TheRecords) -> SandboxOut:
    """Let its processes go on."""
    await sandboxes.resume(user.user_id, sandbox_id)
    return await _show(user.user_id, sandbox_id, sandboxes, records)


@router.post(MY + "/{sandbox_id}/timeout", responses=problems(401, 403, 404, 503))
async def set_sandbox_timeout(
    sandbox_id: Id,
    body: Annotated[TimeoutIn, Body(openapi_examples=example(seconds=900))],
    user: CurrentUser,
    sandboxes: TheSandboxes,
    records: TheRecords,
) -> SandboxOut:
    """Let it stay so long from now on."""
    await sandboxes.set_timeout(user.user_id, sandbox_id, body.seconds)
    return await _show(user.user_id, sandbox_id, sandboxes, records)


@router.get(MY + "/{sandbox_id}/metrics", responses=problems(401, 403, 404, 503))
async def sandbox_metrics(sandbox_id: Id, user: CurrentUser, sandboxes: TheSandboxes) -> MetricsOut:
    """What it uses now."""
    live = await sandboxes.get(user.user_id, sandbox_id)
    return MetricsOut.model_validate(await live.metrics())


@router.put(MY + "/{sandbox_id}/network", responses=problems(401, 403, 404, 409, 503))
async def set_sandbox_network(
    sandbox_id: Id,
    body: Annotated[NetworkIn, Body(openapi_examples=example(allow=["example.org"]))],
    user: CurrentUser,
    sandboxes: TheSandboxes,
    records: TheRecords,
) -> SandboxOut:
    """Change which hosts it may reach, while it runs."""
    await sandboxes.set_network(user.user_id, sandbox_id, body.allow)
    return await _show(user.user_id, sandbox_id, sandboxes, records)


@router.post(MY + "/{sandbox_id}/exec", responses=problems(401, 403, 404, 409, 429, 502, 503))
async def exec_in_sandbox(
    sandbox_id: Id, body: Annotated[ExecIn, Body(openapi_examples=_EXEC)], user: CurrentUser, sandboxes: TheSandboxes
) -> ExecOut:
    """Run a command to its end and give what it printed; at most 1 MiB of it."""
    live = await sandboxes.get(user.user_id, sandbox_id)
    bounds = Limits(
        wall_seconds=body.timeout_seconds, cpu_seconds=body.timeout_seconds, memory_bytes=live.limits.memory_bytes
    )
    argv = body.argv or ["/bin/bash", "-c", body.command or ""]
    stdin = body.stdin.encode(errors="replace") if body.stdin is not None else None
    with sandboxes.using(sandbox_id):
        result = await live.exec(argv, env=body.env, cwd=body.cwd, stdin=stdin, limits=bounds)
    return ExecOut.model_validate(result)


@router.get(MY + "/{sandbox_id}/processes", responses=problems(401, 403, 404, 409, 429, 503))
async def list_sandbox_processes(sandbox_id: Id, user: CurrentUser, sandboxes: TheSandboxes) -> ProcessList:
    """What runs in it."""
    live = await sandboxes.get(user.user_id, sandbox_id)
    return ProcessList(items=[ProcessOut.model_validate(each) for each in await live.processes()])


@router.delete(MY + "/{sandbox_id}/processes/{pid}", status_code=204, responses=problems(401, 403, 404, 503))
async def kill_sandbox_process(sandbox_id: Id, pid: Pid, user: CurrentUser, sandboxes: TheSandboxes) -> None:
    """Kill one process in it."""
    await (await sandboxes.get(user.user_id, sandbox_id)).kill_process(pid)


async def _show(owner_id: str, sandbox_id: str, sandboxes: Sandboxes, records: Records) -> SandboxOut:
    out = shown(await records.get(owner_id, sandbox_id))
    return (await _measured(sandboxes, [out]))[0]


async def _measured(sandboxes: Sandboxes, outs: Sequence[SandboxOut]) -> list[SandboxOut]:
    """With what is known better than the rows do: time, cost, and use right now."""
    return [out if (now := await sandboxes.now(out.id)) is None else out.model_copy(update=now) for out in outs]
