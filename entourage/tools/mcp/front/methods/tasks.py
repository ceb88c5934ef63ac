"""Tasks of servers (`tasks/*`): they pass through to the server that has them, which only its own endpoint knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entourage.tools.mcp.front.methods.hello import TASKS
from entourage.tools.mcp.front.methods.reaching import ask_server
from entourage.tools.mcp.links.errors import METHOD_NOT_FOUND, McpError

if TYPE_CHECKING:
    from entourage.tools.mcp.front.asking import Asking
    from entourage.tools.mcp.front.core import Front
    from entourage.tools.mcp.front.messages import JsonObject


async def pass_task(front: Front, asking: Asking) -> JsonObject:
    """The request as it is, where the server speaks of tasks in the client's own era. Raises McpError."""
    server = asking.place.server
    if server is not None:
        link = await front.backends.link(asking.owner_id, server, affinity=asking.affinity)
        able = link.capabilities.get("extensions") or {} if asking.is_modern else link.capabilities
        if (link.era == "modern") == asking.is_modern and (TASKS if asking.is_modern else "tasks") in able:
            return await ask_server(front, asking, server)
    raise McpError(METHOD_NOT_FOUND, "Method not found", asking.method)
