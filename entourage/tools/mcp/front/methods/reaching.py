"""Finding the server that a resource or a prompt is of, and asking it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import structlog

from entourage.kit.errors import Problem
from entourage.tools.mcp.front.asking import passed_on, without_meta
from entourage.tools.mcp.front.places import fits
from entourage.tools.mcp.links.errors import INVALID_PARAMS, LinkFailed, McpError

if TYPE_CHECKING:
    from entourage.tools.mcp.front.asking import Asking
    from entourage.tools.mcp.front.core import Front
    from entourage.tools.mcp.front.messages import JsonObject
    from entourage.tools.mcp.servers.listing import Listable

logger = structlog.get_logger(__name__)

LIST_SECONDS = 2.0
"""A server that takes longer is left out of a list: none may hold up the others."""

_PLACEHOLDER = re.compile(r"\\\{[^}]*\\\}")


async def ask_server(front: Front, asking: Asking, server: str, params: JsonObject | None = None) -> JsonObject:
    """The request, put to one server. Raises McpError, LinkFailed, NotFound, Unavailable."""
    link = await front.backends.link(asking.owner_id, server, affinity=asking.affinity)
    behind = asking.behind
    return await link.request(
        asking.method,
        without_meta(asking.params) if params is None else params,
        meta=passed_on(asking.meta),
        progress=asking.progress(),
        log=behind.log if behind.log_level is not None else None,
        ask=behind,
        raw_rounds=behind.raw_rounds,
    )


async def servers_of(front: Front, asking: Asking) -> list[str]:
    """The servers whose things may be offered here."""
    visible = await front.backends.visible(asking.owner_id)
    return [server.name for server in visible if asking.place.has_server(server.name)]


async def listed(front: Front, asking: Asking, what: Listable) -> list[tuple[str, dict[str, Any]]]:
    """`resources`, `resources/templates` or `prompts` of all servers, each with its server's name."""
    servers = await servers_of(front, asking)
    lists = await asyncio.gather(*(_listed(front, asking.owner_id, server, what) for server in servers))
    return [(server, item) for server, items in zip(servers, lists, strict=True) for item in items]


async def server_of_uri(front: Front, asking: Asking, uri: str) -> str:
    """The server that has this resource, by its lists and templates. Raises McpError."""
    place = asking.place
    if place.server is not None:
        return place.server
    for what, fitting in _PLACES:
        for server, item in await listed(front, asking, what):
            if fitting(item, uri) and fits(f"{server}.{uri}", place.resources):
                return server
    raise McpError(INVALID_PARAMS, f"There is no resource {uri[:500]!r}.", {"uri": uri})


async def server_of_prompt(front: Front, asking: Asking, name: str) -> tuple[str, str]:
    """The server and its own name of a prompt. Raises McpError."""
    place = asking.place
    if place.server is not None:
        return place.server, name
    for server, item in await listed(front, asking, "prompts"):
        own = str(item.get("name"))
        if place.prompt_name(server, own) == name and fits(f"{server}.{own}", place.prompts):
            return server, own
    raise McpError(INVALID_PARAMS, f"There is no prompt {name[:200]!r}.")


async def _listed(front: Front, owner_id: str, server: str, what: Listable) -> Sequence[dict[str, Any]]:
    try:
        async with asyncio.timeout(LIST_SECONDS):
            return await front.backends.listed(owner_id, server, what)
    except (McpError, LinkFailed, Problem, TimeoutError) as error:
        logger.debug("mcp.list_left_out", server=server, what=what, error=type(error).__name__)
        return ()


def _is(item: dict[str, Any], uri: str) -> bool:
    return item.get("uri") == uri


def _matches(item: dict[str, Any], uri: str) -> bool:
    template = item.get("uriTemplate")
    if not isinstance(template, str):
        return False
    return re.fullmatch(_PLACEHOLDER.sub(".+?", re.escape(template)), uri) is not None


_PLACES: tuple[tuple[Listable, Callable[[dict[str, Any], str], bool]], ...] = (
    ("resources", _is),
    ("resources/templates", _matches),
)
