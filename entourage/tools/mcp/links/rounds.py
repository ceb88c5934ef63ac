"""Rounds of the modern era: a server answers with what it needs of the client, and is asked again with that."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any, cast

from entourage.tools.mcp.links.conversation import unanswered
from entourage.tools.mcp.links.errors import INTERNAL_ERROR, McpError

if TYPE_CHECKING:
    from entourage.tools.mcp.links.link import JsonObject
    from entourage.tools.tool import Interactive

MOST_ROUNDS = 10
_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.05, 0.25


def needs_input(result: Mapping[str, Any]) -> bool:
    return result.get("resultType") == "input_required"


async def finished(
    first: JsonObject,
    params: Mapping[str, Any] | None,
    ask: Interactive | None,
    again: Callable[[JsonObject], Awaitable[JsonObject]],
) -> JsonObject:
    """The result after all rounds: `ask` answers, `again` sends the request once more. Raises McpError."""
    result, pause = first, _FIRST_PAUSE_SECONDS
    for _ in range(MOST_ROUNDS):
        more: JsonObject = dict(params or {})
        more.pop("inputResponses", None)
        more.pop("requestState", None)
        wanted = result.get("inputRequests")
        if isinstance(wanted, dict) and wanted:
            more["inputResponses"] = await _answers(cast("dict[str, Any]", wanted), ask)
            pause = _FIRST_PAUSE_SECONDS
        else:
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)
        if (state := result.get("requestState")) is not None:
            more["requestState"] = state
        result = await again(more)
        if not needs_input(result):
            return result
    raise McpError(INTERNAL_ERROR, f"the server asked for input more than {MOST_ROUNDS} times")


async def _answers(wanted: dict[str, Any], ask: Interactive | None) -> JsonObject:
    """All at once: a person should not see the second question only after the first."""
    async with asyncio.TaskGroup() as group:
        tasks = {key: group.create_task(_settled(request, ask)) for key, request in wanted.items()}
    answers: JsonObject = {}
    for key, task in tasks.items():
        outcome = task.result()
        if isinstance(outcome, Exception):
            raise outcome
        answers[key] = outcome
    return answers


async def _settled(request: Any, ask: Interactive | None) -> JsonObject | Exception:
    """An error is given back, not raised: a group would wrap it."""
    try:
        method, params = str(request["method"]), cast("dict[str, Any]", request.get("params") or {})
        return await ask.ask(method, params) if ask else unanswered(method)
    except Exception as error:
        return error
