"""Methods by name."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeAlias

from entourage.tools.mcp.front.methods import hello, prompts, resources, tasks, tools

if TYPE_CHECKING:
    from entourage.tools.mcp.front.asking import Asking
    from entourage.tools.mcp.front.core import Front
    from entourage.tools.mcp.front.messages import JsonObject

Method: TypeAlias = "Callable[[Front, Asking], Awaitable[JsonObject]]"

_BOTH: dict[str, Method] = {
    "tools/list": tools.list_tools,
    "tools/call": tools.call_tool,
    "resources/list": resources.list_resources,
    "resources/templates/list": resources.list_templates,
    "resources/read": resources.read_resource,
    "prompts/list": prompts.list_prompts,
    "prompts/get": prompts.get_prompt,
    "completion/complete": prompts.complete,
    "tasks/get": tasks.pass_task,
    "tasks/cancel": tasks.pass_task,
}
LEGACY: dict[str, Method] = {
    **_BOTH,
    "ping": hello.ping,
    "logging/setLevel": hello.set_level,
    "resources/subscribe": resources.subscribe,
    "resources/unsubscribe": resources.unsubscribe,
    "tasks/list": tasks.pass_task,
    "tasks/result": tasks.pass_task,
}
MODERN: dict[str, Method] = {**_BOTH, "server/discover": hello.discover, "tasks/update": tasks.pass_task}

MAY_ASK = frozenset({"tools/call", "resources/read", "prompts/get"})
"""Requests during which a server may want something of the client."""
