"""What an endpoint says of itself: `initialize`, `server/discover`; and what keeps it in order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from entourage.kit.errors import NotFound
from entourage.tools.mcp.front import shaping
from entourage.tools.mcp.front.behind import LEVELS
from entourage.tools.mcp.front.methods.reaching import ask_server, servers_of
from entourage.tools.mcp.links.eras import HANDSHAKES, MODERN
from entourage.tools.mcp.links.errors import INVALID_PARAMS, LinkFailed, McpError

if TYPE_CHECKING:
    from entourage.tools.mcp.front.asking import Asking
    from entourage.tools.mcp.front.core import Front
    from entourage.tools.mcp.front.messages import JsonObject
    from entourage.tools.mcp.links.link import Link

SPOKEN = [*MODERN, *reversed(HANDSHAKES)]
"""Newest first; those of the handshake era need `initialize`."""

TASKS = "io.modelcontextprotocol/tasks"
_ALL: dict[str, Any] = {
    "tools": {"listChanged": True},
    "resources": {"listChanged": True, "subscribe": True},
    "prompts": {"listChanged": True},
    "completions": {},
    "logging": {},
}
_LISTED = ("tools", "resources", "prompts")


async def discover(front: Front, asking: Asking) -> JsonObject:
    """Which versions are spoken, and what there is."""
    told = await about(front, asking)
    info = told.pop("serverInfo")
    return {"supportedVersions": SPOKEN, **told, "ttlMs": 0, "_meta": {shaping.SERVER_KEY: info}}


async def about(front: Front, asking: Asking) -> JsonObject:
    """`serverInfo`, `capabilities` and `instructions` of an endpoint. Raises NotFound, Unavailable."""
    place = asking.place
    if place.server is None:
        title = {"title": place.title} if place.title else {}
        return {"serverInfo": {**shaping.US, **title}, "capabilities": _ALL}
    if place.server in await servers_of(front, asking):
        link = await front.backends.link(asking.owner_id, place.server, affinity=asking.affinity)
        told: JsonObject = {"serverInfo": link.server_info, "capabilities": _of(link, is_modern=asking.is_modern)}
        return {**told, "instructions": link.instructions} if link.instructions else told
    if not (await front.lists.of(asking.client, place)).by_name:
        raise NotFound(f"There is no server {place.server!r}.", hint="GET /api/v1/mcp/servers lists them.")
    return {"serverInfo": {**shaping.US, "title": place.server}, "capabilities": {"tools": {"listChanged": True}}}


async def set_level(front: Front, asking: Asking) -> JsonObject:
    """How severe log messages must be to be told."""
    level = asking.text("level")
    if level not in LEVELS:
        raise McpError(INVALID_PARAMS, f"There is no level {level[:40]!r}; there are {', '.join(LEVELS)}.")
    assert asking.session
    asking.session.log_level = level
    if asking.place.server is not None:
        try:
            await ask_server(front, asking, asking.place.server)
        except (McpError, LinkFailed):
            pass  # a server without levels logs as it does; the client hears only what it asked for
    return {}


async def ping(_front: Front, _asking: Asking) -> JsonObject:
    """Here."""
    return {}


def _of(link: Link, *, is_modern: bool) -> JsonObject:
    """A server's capabilities, as far as they reach the client's era. Changes of lists are told by us."""
    same_era = is_modern == (link.era == "modern")
    told = {name: able for name, able in link.capabilities.items() if same_era or name not in {"tasks", "extensions"}}
    for name in _LISTED:
        if name in told:
            told[name] = {**(told[name] or {}), "listChanged": True}
    return told
