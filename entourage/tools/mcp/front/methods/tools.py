"""`tools/list` and `tools/call`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import msgspec

from entourage.tools.finding import CALL_TOOL, FIND_TOOLS, MOST_FOUND
from entourage.tools.mcp.front import shaping
from entourage.tools.mcp.front.param_headers import check_params
from entourage.tools.mcp.links.errors import INVALID_PARAMS, McpError
from entourage.tools.tool import ToolResult

if TYPE_CHECKING:
    from entourage.tools.mcp.front.asking import Asking
    from entourage.tools.mcp.front.core import Front
    from entourage.tools.mcp.front.messages import JsonObject
    from entourage.tools.mcp.front.shown import Shown
    from entourage.tools.tool import Tool

_FOUND = 5


async def list_tools(front: Front, asking: Asking) -> JsonObject:
    """All of them in one page."""
    check_cursor(asking)
    shown = await front.lists.of(asking.client, asking.place)
    listed: JsonObject = {"tools": shown.encoded}
    return {**listed, "ttlMs": shaping.LIST_TTL_MS} if asking.is_modern else listed


async def call_tool(front: Front, asking: Asking) -> JsonObject:
    """The call, on the one path every call takes."""
    name, args = asking.text("name"), asking.object("arguments")
    shown = await front.lists.of(asking.client, asking.place)
    if shown.is_search and name == FIND_TOOLS:
        return _found(shown, args)
    if shown.is_search and name == CALL_TOOL:
        named, inner = args.get("name"), args.get("args", {})
        if not isinstance(named, str) or not isinstance(inner, dict):
            raise McpError(INVALID_PARAMS, "call_tool takes a 'name' and an object of 'args'.")
        tool = shown.find(named)
        return await _called(front, asking, tool, cast("JsonObject", inner)) if tool else _unknown(named)
    if (tool := shown.find(name)) is None:
        return _unknown(name)
    if asking.is_modern and (declared := shown.headers_of(name)):
        check_params(declared, args, asking.head.params())
    return await _called(front, asking, tool, args)


async def _called(front: Front, asking: Asking, tool: Tool, args: JsonObject) -> JsonObject:
    behind = asking.behind
    result = await front.tools.call(asking.caller(), tool.name, args, progress=asking.progress(), session=behind)
    if behind.error is not None:
        raise behind.error
    return behind.result if behind.result is not None else shaping.of_call(result)


def check_cursor(asking: Asking) -> None:
    """Raises McpError for a cursor: no list of ours has a second page."""
    if asking.params.get("cursor") is not None:
        raise McpError(INVALID_PARAMS, "This cursor is unknown; the list has one page.")


def _unknown(name: str) -> JsonObject:
    """As the SDKs' own servers say it: a result, which the model reads and mends."""
    return shaping.of_call(ToolResult.failure(f"Unknown tool: {name[:200]}"))


def _found(shown: Shown, args: JsonObject) -> JsonObject:
    query, limit = args.get("query"), args.get("limit", _FOUND)
    if not isinstance(query, str) or not isinstance(limit, int):
        raise McpError(INVALID_PARAMS, "find_tools takes a 'query' and may take a 'limit'.")
    found: dict[str, Any] = {"tools": shown.found(query, min(max(1, limit), MOST_FOUND))}
    text = msgspec.json.encode(found).decode()
    return {"content": [{"type": "text", "text": text}], "structuredContent": found, "isError": False}
