"""`/my/tools` and `/my/tool-calls`: what can be called, calling it, what was called."""

from __future__ import annotations

import time
from typing import Annotated, Any

from fastapi import Path, Query

from entourage.accounts.identity import CurrentUser
from entourage.kit.ids import new_id
from entourage.kit.paging import Cursor, Limit, Page
from entourage.kit.problems import problems
from entourage.kit.routing import Routes
from entourage.kit.services import service
from entourage.tools.caller import Caller, CallSource
from entourage.tools.calls import CallFilter, ToolCalls
from entourage.tools.catalogue import Catalogue
from entourage.tools.schemas import CallResult, CallTool, HealthList, ToolCallOut, ToolList, ToolView
from entourage.tools.service import Tools
from entourage.tools.tool import ResultStatus

router = Routes(prefix="/my", tags=["tools"])

PLAIN = r"^[^\x00-\x1f\x7f]+$"

TheCatalogue = Annotated[Catalogue, service(Catalogue)]
ToolName = Annotated[str, Path(max_length=256, pattern=PLAIN, description="Its name, or its name for models.")]


@router.get("/tools", responses=problems(401, 429))
async def list_tools(
    user: CurrentUser,
    catalogue: TheCatalogue,
    q: Annotated[str | None, Query(max_length=200, description="Search; the best first.")] = None,
    origin: Annotated[
        str | None, Query(max_length=100, description="A kind, such as `mcp`, or one of it: `mcp:github`.")
    ] = None,
) -> ToolList:
    """Every tool with its arguments, what it is granted and how often it was called."""
    return ToolList(items=await catalogue.list(user.user_id, q=q, origin=origin))


@router.get("/tools/health", responses=problems(401, 429))
async def tools_health(user: CurrentUser, catalogue: TheCatalogue) -> HealthList:
    """How the servers of your tools have answered you."""
    return HealthList(items=catalogue.health(user.user_id))


@router.get("/tools/{name}", responses=problems(401, 404, 429))
async def get_tool(name: ToolName, user: CurrentUser, catalogue: TheCatalogue) -> ToolView:
    """One tool."""
    return await catalogue.get(user.user_id, name)


@router.post("/tools/{name}/call", responses=problems(401, 403, 404, 429))
async def call_tool(
    name: ToolName, body: CallTool, user: CurrentUser, tools: Annotated[Tools, service(Tools)]
) -> CallResult:
    """Call a tool. It walks the same path as a call of an agent: grants, policies, approvals, limits."""
    call_id, started = new_id(), time.perf_counter()
    caller = Caller(user.user_id, body.source, key_id=user.key_id)
    result = await tools.call(caller, name, body.args, call_id=call_id, wait_seconds=body.wait_seconds)
    return CallResult.of(call_id, result, round((time.perf_counter() - started) * 1000))


@router.get("/tool-calls", responses=problems(401, 429), response_model=Page[ToolCallOut])
async def list_tool_calls(
    user: CurrentUser,
    calls: Annotated[ToolCalls, service(ToolCalls)],
    tool: Annotated[str | None, Query(max_length=256, description="A tool, or a pattern of names.")] = None,
    status: ResultStatus | None = None,
    source: CallSource | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> dict[str, Any]:
    """Calls that have ended, newest first."""
    return await calls.page(user.user_id, CallFilter(tool, status, source), limit, cursor)
