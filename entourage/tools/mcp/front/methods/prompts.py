"""`prompts/*` and `completion/complete`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entourage.tools.mcp.front import shaping
from entourage.tools.mcp.front.asking import without_meta
from entourage.tools.mcp.front.methods.reaching import ask_server, listed, server_of_prompt, server_of_uri
from entourage.tools.mcp.front.methods.tools import check_cursor
from entourage.tools.mcp.front.places import fits
from entourage.tools.mcp.links.errors import INVALID_PARAMS, McpError

if TYPE_CHECKING:
    from entourage.tools.mcp.front.asking import Asking
    from entourage.tools.mcp.front.core import Front
    from entourage.tools.mcp.front.messages import JsonObject


async def list_prompts(front: Front, asking: Asking) -> JsonObject:
    """Of one server as it lists them, else of all, under names that tell whose they are."""
    place = asking.place
    if place.server is not None:
        return await ask_server(front, asking, place.server)
    check_cursor(asking)
    prompts = [
        {**item, "name": place.prompt_name(server, str(item.get("name")))}
        for server, item in await listed(front, asking, "prompts")
        if fits(f"{server}.{item.get('name')}", place.prompts)
    ]
    return {"prompts": prompts, "ttlMs": shaping.LIST_TTL_MS}


async def get_prompt(front: Front, asking: Asking) -> JsonObject:
    """From the server that has it."""
    server, own = await server_of_prompt(front, asking, asking.text("name"))
    return await ask_server(front, asking, server, {**without_meta(asking.params), "name": own})


async def complete(front: Front, asking: Asking) -> JsonObject:
    """Suggestions for an argument of a prompt or of a resource's template."""
    ref = asking.object("ref")
    kind, name, uri = ref.get("type"), ref.get("name"), ref.get("uri")
    if kind == "ref/prompt" and isinstance(name, str):
        server, own = await server_of_prompt(front, asking, name)
        ref = {**ref, "name": own}
    elif kind == "ref/resource" and isinstance(uri, str):
        server = await server_of_uri(front, asking, uri)
    else:
        raise McpError(INVALID_PARAMS, "The param 'ref' must name a prompt or a resource.")
    return await ask_server(front, asking, server, {**without_meta(asking.params), "ref": ref})
