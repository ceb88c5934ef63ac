"""`resources/*`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from entourage.tools.mcp.front import shaping, writing
from entourage.tools.mcp.front.methods.reaching import ask_server, listed, server_of_uri
from entourage.tools.mcp.front.methods.tools import check_cursor
from entourage.tools.mcp.front.places import fits
from entourage.tools.mcp.links.errors import INVALID_REQUEST, McpError

if TYPE_CHECKING:
    from entourage.tools.mcp.front.asking import Asking
    from entourage.tools.mcp.front.core import Front
    from entourage.tools.mcp.front.messages import JsonObject
    from entourage.tools.mcp.servers.listing import Listable

MOST_SUBSCRIBED = 500


async def list_resources(front: Front, asking: Asking) -> JsonObject:
    """Of one server as it lists them, else of all."""
    return await _list(front, asking, "resources", "resources", "uri")


async def list_templates(front: Front, asking: Asking) -> JsonObject:
    """Of one server as it lists them, else of all."""
    return await _list(front, asking, "resources/templates", "resourceTemplates", "uriTemplate")


async def read_resource(front: Front, asking: Asking) -> JsonObject:
    """From the server that has it."""
    return await ask_server(front, asking, await server_of_uri(front, asking, asking.text("uri")))


async def subscribe(front: Front, asking: Asking) -> JsonObject:
    """Have the session told when a resource is updated."""
    session, uri = asking.session, asking.text("uri")
    assert session
    if uri in session.subscribed:
        return {}
    if len(session.subscribed) >= MOST_SUBSCRIBED:
        raise McpError(INVALID_REQUEST, f"There are {MOST_SUBSCRIBED} subscriptions already.")
    server = await server_of_uri(front, asking, uri)

    def updated(changed: str, params: dict[str, Any]) -> None:
        session.tell(writing.notification("notifications/resources/updated", {**params, "uri": changed}))

    session.subscribed[uri] = await front.backends.subscribe_resource(asking.owner_id, server, uri, updated)
    return {}


async def unsubscribe(_front: Front, asking: Asking) -> JsonObject:
    """Have it told no more."""
    assert asking.session
    end = asking.session.subscribed.pop(asking.text("uri"), None)
    if end is not None:
        await end()
    return {}


async def _list(front: Front, asking: Asking, what: Listable, key: str, name: str) -> JsonObject:
    if asking.place.server is not None:
        return await ask_server(front, asking, asking.place.server)
    check_cursor(asking)
    globs = asking.place.resources
    items = [item for server, item in await listed(front, asking, what) if fits(f"{server}.{item.get(name)}", globs)]
    return {key: items, "ttlMs": shaping.LIST_TTL_MS}
