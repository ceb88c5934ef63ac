"""An agent's tools as pydantic-ai sees them: every call walks our pipeline, and none is done twice."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

from pydantic_ai.exceptions import CallDeferred, ToolFailed
from pydantic_ai.tools import ToolDefinition
from pydantic_ai.toolsets import AbstractToolset, ToolsetTool

from entourage.agents.steps import TOOL, StoredResult, args_of, call_key
from entourage.kit.json import encode
from entourage.tools.tool import Parked, Tool, ToolResult

if TYPE_CHECKING:
    from pydantic_ai import RunContext

    from entourage.agents.work import Work


class _AnyArguments:
    """Lets every argument text through: wrong ones become a recorded result that the model reads."""

    def validate_json(self, input: str | bytes | bytearray, **_: Any) -> dict[str, Any]:
        return args_of(input if isinstance(input, str) else bytes(input).decode(errors="replace"))

    def validate_python(self, input: Any, **_: Any) -> dict[str, Any]:
        return args_of(input)


class TeamToolset(AbstractToolset["Work"]):
    """The tools granted to one agent."""

    def __init__(self, tools: list[Tool]) -> None:
        self._tools = {tool.name: tool for tool in tools}

    @property
    def id(self) -> str:
        return "team"

    async def get_tools(self, ctx: RunContext[Work]) -> dict[str, ToolsetTool[Work]]:
        return {
            tool.name: ToolsetTool(
                toolset=self,
                tool_def=ToolDefinition(
                    name=tool.name, description=tool.description, parameters_json_schema=tool.parameters
                ),
                max_retries=3,
                args_validator=_AnyArguments(),
            )
            for tool in self._tools.values()
        }

    async def call_tool(
        self,
        name: str,
        tool_args: dict[str, Any],
        ctx: RunContext[Work],
        tool: ToolsetTool[Work],
    ) -> str:
        """The result's text. Raises ToolFailed with the error's, CallDeferred when a person must decide, LeaseLost."""
        work = ctx.deps
        key = call_key(work.ordinal, ctx.tool_call_id or "")
        done = work.recorded.results.get(key)
        if done is not None:
            return _told(done.result())
        if "_unparsed" in tool_args:
            result = ToolResult.failure("The arguments are not a JSON object.")
            await finish_call(work, key, result, 0)
            return _told(result)
        call = work.call(self._tools[name], tool_args, key, ctx.tool_call_id or "")
        started = time.monotonic()
        try:
            result = await work.pipeline.call(call)
        except Parked:
            raise CallDeferred from None
        await finish_call(work, key, result, round((time.monotonic() - started) * 1000))
        return _told(result)


def _told(result: ToolResult) -> str:
    if not result.success:
        raise ToolFailed(result.text)
    return result.text


async def finish_call(work: Work, key: str, result: ToolResult, duration_ms: int) -> None:
    """Record the result, then show it. A cancellation in between does not tear the two apart."""
    await asyncio.shield(_finish(work, key, result, duration_ms))


async def _finish(work: Work, key: str, result: ToolResult, duration_ms: int) -> None:
    await record_result(work, key, result, duration_ms)
    work.turn.end_call(key, result, duration_ms)


async def record_result(work: Work, key: str, result: ToolResult, duration_ms: int) -> None:
    """Keep the result for a restart without showing it."""
    stored = StoredResult.of(result, duration_ms)
    await work.runs.record(work.claim, TOOL, key, work.ordinal, encode(stored).decode())
    work.recorded.results[key] = stored
