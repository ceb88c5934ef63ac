"""`/api/v1/mcp`: MCP servers and the ready-made ones."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Header, Query, Response

from entourage.accounts.identity import CurrentUser, Identity
from entourage.kit.errors import NotFound
from entourage.kit.etag import IfMatch, not_modified
from entourage.kit.ids import Id
from entourage.kit.paging import Cursor, Limit, Page, decode_cursor, page_of
from entourage.kit.problems import problems
from entourage.kit.routing import Routes
from entourage.kit.services import service
from entourage.settings import Settings
from entourage.tools.mcp.servers.declaring import Servers, server_etag
from entourage.tools.mcp.servers.definition import Definition
from entourage.tools.mcp.servers.install import packages_of
from entourage.tools.mcp.servers.schemas import (
    Acceptance,
    Accepted,
    Check,
    EntryList,
    LogLines,
    PinList,
    ServerIn,
    ServerOut,
    ServerPatch,
    Status,
)
from entourage.tools.mcp.servers.service import McpServers
from entourage.tools.mcp.servers.showing import entries_out, log_lines, pins_of, server_out, status_of
from entourage.tools.mcp.servers.tending import Tending

router = Routes(prefix="/api/v1/mcp", tags=["mcp"])

TheServers = Annotated[Servers, service(Servers)]
TheBackends = Annotated[McpServers, service(McpServers)]
TheTending = Annotated[Tending, service(Tending)]
TheSettings = Annotated[Settings, service(Settings)]


@router.get("/catalogue", responses=problems(401, 403))
async def list_ready_made_servers(user: CurrentUser, settings: TheSettings) -> EntryList:
    """Ready-made servers: add one by its id, with the values it needs."""
    del user
    return EntryList(items=entries_out(packages_of(settings)))


@router.get("/servers", responses=problems(401, 403), response_model=Page[ServerOut])
async def list_mcp_servers(
    user: CurrentUser, servers: TheServers, backends: TheBackends, limit: Limit = 50, cursor: Cursor = None
) -> dict[str, Any]:
    """Your servers, those of the file and those an admin shares, each with how it is now."""
    (after,) = decode_cursor(cursor, tuple[str]) if cursor is not None else ("",)
    visible = sorted(backends.registry.visible(user.user_id).values(), key=lambda one: one.id)
    found = [one for one in visible if one.id > after][: limit + 1]
    page: dict[str, Any] = page_of(found, limit, lambda one: (one.id,), lambda one: one)
    shown: list[Definition] = page["items"]
    rows = await servers.rows(shown)
    items = [server_out(backends, user.user_id, one, rows.get(one.id), is_admin=user.is_admin) for one in shown]
    return {**page, "items": items}


@router.post("/servers", status_code=201, responses=problems(401, 403, 404, 409))
async def add_mcp_server(
    body: ServerIn, user: CurrentUser, servers: TheServers, backends: TheBackends, response: Response
) -> ServerOut:
    """A new server. What looks like a secret in `env` or `headers` is put into your vault, a mark in its place."""
    made = await servers.create(user.user_id, body, is_admin=user.is_admin)
    response.headers["Location"] = f"/api/v1/mcp/servers/{made.id}"
    response.headers["ETag"] = server_etag(made)
    return await _out(made, user, servers, backends)


@router.get("/servers/{server_id}", responses=problems(401, 403, 404), response_model=ServerOut)
async def get_mcp_server(
    server_id: Id,
    user: CurrentUser,
    servers: TheServers,
    backends: TheBackends,
    response: Response,
    if_none_match: Annotated[str | None, Header()] = None,
) -> Any:
    """One server. The ETag is that of its declaration: its status may be another one under the same."""
    found = backends.registry.by_id(user.user_id, server_id)
    response.headers["ETag"] = server_etag(found)
    unchanged = not_modified(if_none_match, server_etag(found))
    return unchanged or await _out(found, user, servers, backends)


@router.patch("/servers/{server_id}", responses=problems(401, 403, 404, 409, 412))
async def change_mcp_server(
    server_id: Id,
    body: ServerPatch,
    user: CurrentUser,
    servers: TheServers,
    backends: TheBackends,
    response: Response,
    if_match: IfMatch = None,
) -> ServerOut:
    """Change what is given. Calls under way end as they began; the next ones go to the server as it is declared now."""
    changed = await servers.change(user.user_id, server_id, body, if_match, is_admin=user.is_admin)
    response.headers["ETag"] = server_etag(changed)
    return await _out(changed, user, servers, backends)


@router.delete("/servers/{server_id}", status_code=204, responses=problems(401, 403, 404, 412))
async def remove_mcp_server(server_id: Id, user: CurrentUser, servers: TheServers, if_match: IfMatch = None) -> None:
    """Remove a server and end its processes."""
    await servers.delete(user.user_id, server_id, if_match)


@router.get("/servers/{server_id}/status", responses=problems(401, 403, 404))
async def get_mcp_server_status(server_id: Id, user: CurrentUser, backends: TheBackends) -> Status:
    """How your own process or link of this server is; other people's are not shown."""
    found = backends.registry.by_id(user.user_id, server_id)
    return status_of(backends, user.user_id, found, is_whole=found.owner_id == user.user_id)


@router.post("/servers/{server_id}/start", responses=problems(401, 403, 404, 409))
async def start_mcp_server(server_id: Id, user: CurrentUser, tending: TheTending) -> Check:
    """Start yours now instead of at the first call."""
    return await tending.check(user.user_id, server_id)


@router.post("/servers/{server_id}/stop", responses=problems(401, 403, 404))
async def stop_mcp_server(server_id: Id, user: CurrentUser, tending: TheTending, backends: TheBackends) -> Status:
    """End yours; the next call starts it again. To keep it off, patch `enabled`."""
    found = await tending.stop(user.user_id, server_id)
    return status_of(backends, user.user_id, found, is_whole=found.owner_id == user.user_id)


@router.post("/servers/{server_id}/restart", responses=problems(401, 403, 404, 409))
async def restart_mcp_server(server_id: Id, user: CurrentUser, tending: TheTending) -> Check:
    """End yours and start it again."""
    await tending.stop(user.user_id, server_id)
    return await tending.check(user.user_id, server_id)


@router.post("/servers/{server_id}/check", responses=problems(401, 403, 404, 409))
async def check_mcp_server(server_id: Id, user: CurrentUser, tending: TheTending) -> Check:
    """Whether it answers, and what it has."""
    return await tending.check(user.user_id, server_id)


@router.get("/servers/{server_id}/logs", responses=problems(401, 403, 404))
async def get_mcp_server_logs(
    server_id: Id, user: CurrentUser, backends: TheBackends, after: Annotated[int, Query(ge=0)] = 0
) -> LogLines:
    """The last lines yours said on stderr and over the protocol; kept in memory, secrets taken out."""
    found = backends.registry.by_id(user.user_id, server_id)
    return log_lines(backends.pool.known(found.id, user.user_id), after)


@router.get("/servers/{server_id}/pins", responses=problems(401, 403, 404))
async def get_mcp_server_pins(server_id: Id, user: CurrentUser, backends: TheBackends) -> PinList:
    """What was accepted of each tool against what the server shows now."""
    found = backends.registry.by_id(user.user_id, server_id)
    return PinList(items=list(pins_of(backends, user.user_id, found)))


@router.post("/servers/{server_id}/accept", responses=problems(401, 403, 404))
async def accept_mcp_tools(server_id: Id, body: Acceptance, user: CurrentUser, tending: TheTending) -> Accepted:
    """Let tools out of quarantine as they are now. `*` accepts all, the server itself (an empty name) included."""
    names = None if body.tools == "*" else body.tools
    return Accepted(accepted=await tending.accept(user.user_id, server_id, names, is_admin=user.is_admin))


async def _out(found: Definition, user: Identity, servers: Servers, backends: McpServers) -> ServerOut:
    row = (await servers.rows([found])).get(found.id)
    if row is None and found.owner_id is not None:
        raise NotFound(f"There is no MCP server {found.id}.")
    return server_out(backends, user.user_id, found, row, is_admin=user.is_admin)
