"""Results as each era wants them, whatever era they came from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from entourage import __version__
from entourage.tools.mcp.links.eras import SERVER_KEY

if TYPE_CHECKING:
    from entourage.tools.mcp.front.messages import JsonObject
    from entourage.tools.tool import ToolResult

US: dict[str, Any] = {"name": "entourage", "title": "Entourage", "version": __version__}

LIST_TTL_MS = 1000
"""How long modern clients may keep a list without listening to changes."""

_CACHEABLE = frozenset(
    {"tools/list", "prompts/list", "resources/list", "resources/templates/list", "resources/read", "server/discover"}
)
_MODERN_ONLY = ("resultType", "ttlMs", "cacheScope")


def modern(method: str, result: JsonObject) -> JsonObject:
    """With its type, how long it may be kept, and who gave it."""
    kind = result.get("resultType", "complete")
    meta = cast("JsonObject", result.get("_meta") or {})
    shaped = {**result, "resultType": kind, "_meta": meta if SERVER_KEY in meta else {**meta, SERVER_KEY: US}}
    if method in _CACHEABLE and kind == "complete":
        shaped.setdefault("ttlMs", 0)
        shaped.setdefault("cacheScope", "private")
    return shaped


def legacy(result: JsonObject) -> JsonObject:
    """Without what only modern clients read."""
    meta: object = result.get("_meta")
    if isinstance(meta, dict) and SERVER_KEY in meta:
        left = {key: value for key, value in cast("JsonObject", meta).items() if key != SERVER_KEY}
        result = {key: value for key, value in result.items() if key != "_meta"} | ({"_meta": left} if left else {})
    if "resultType" in result or "ttlMs" in result:
        return {key: value for key, value in result.items() if key not in _MODERN_ONLY}
    return result


def of_call(result: ToolResult) -> JsonObject:
    """What became of a call of a tool."""
    content = list(result.content)
    if not content and result.text:
        content = [{"type": "text", "text": result.text}]
    told: JsonObject = {"content": content, "isError": not result.success}
    if result.structured is not None:
        told["structuredContent"] = result.structured
    if result.meta:
        told["_meta"] = result.meta
    return told
