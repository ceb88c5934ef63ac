"""The tool path by itself: what the whole pipeline costs round a tool that does nothing, events and counts included."""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from bench.bar import Bar, median, quantile
from entourage.accounts.service import Accounts
from entourage.assembly import open_services
from entourage.kit.logs import configure_logs
from entourage.kit.services import Services
from entourage.kit.telemetry import Telemetry
from entourage.settings import Settings
from entourage.tools.caller import Caller
from entourage.tools.path.trail import Trail
from entourage.tools.registry import ToolRegistry
from entourage.tools.schema import json_tool
from entourage.tools.service import Tools
from entourage.tools.tool import Tool, ToolCall, ToolResult

CALLS = 20_000
WARM_UP = 1_000
CATALOGUE = 1_000

ECHO = {
    "type": "object",
    "properties": {"text": {"type": "string"}},
    "required": ["text"],
    "additionalProperties": False,
}


async def _nothing(_call: ToolCall, _args: dict[str, Any]) -> ToolResult:
    return ToolResult("done")


class _Source:
    """A large server."""

    def __init__(self) -> None:
        echo = json_tool("bench.echo", "Gives the text back.", ECHO, _nothing, server="bench", origin="mcp:bench")
        read = json_tool(
            "bench.read", "Reads.", ECHO, _nothing, server="bench", origin="mcp:bench", read_only=True, idempotent=True
        )
        others = [json_tool(f"bench.tool_{number}", "Does it.", ECHO, _nothing) for number in range(CATALOGUE)]
        self._tools = {tool.name: tool for tool in (echo, read, *others)}
        self._list = list(self._tools.values())

    async def tools(self, owner_id: str) -> Sequence[Tool]:
        return self._list

    async def find(self, owner_id: str, name: str) -> Tool | None:
        return self._tools.get(name)


async def bars(calls: int = CALLS) -> list[Bar]:
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(TemporaryDirectory())
        services = Services()
        services.add(Telemetry())
        settings = Settings(data_dir=Path(folder), log_level="error")  # pyright: ignore[reportCallIssue]
        configure_logs(settings)
        await open_services(stack, services, settings)
        user = await services.get(Accounts).create_user("ana@example.com", "correct horse battery", "Ana")
        services.get(ToolRegistry).add_source(_Source())
        tools, trail = services.get(Tools), services.get(Trail)
        caller = Caller(user.id, "mcp", session_id="bench")

        async def call(name: str, number: int) -> None:
            result = await tools.call(caller, name, {"text": f"hello {number}"})
            assert result.success, result.text

        async def catalogue(_number: int) -> None:
            assert len(await tools.catalogue(caller)) > CATALOGUE

        called = await _measured(lambda number: call("bench__echo", number), calls, trail)
        kept = await _measured(lambda _: call("bench.read", 0), calls, trail)
        listed = await _measured(catalogue, min(calls, 2_000), trail)
    return [
        Bar("a call through the whole path, CPU of the caller", median(called.cpu), "us", 150),
        Bar("the same, p99", quantile(called.cpu, 0.99), "us"),
        Bar("the same with all it leaves behind", called.everything, "us", note="log, counts, Observe, in all threads"),
        Bar("a call answered from memory, CPU of the caller", median(kept.cpu), "us", 150),
        Bar(f"the catalogue of {CATALOGUE:,} tools, unchanged", median(listed.cpu), "us"),
    ]


class _Measured(NamedTuple):
    """CPU in microseconds: of the thread that calls, for each call; of the whole process, a call."""

    cpu: list[float]
    everything: float


async def _measured(once: Callable[[int], Awaitable[None]], count: int, trail: Trail) -> _Measured:
    for number in range(min(WARM_UP, count)):
        await once(number)
    await trail.flush()
    gc.collect()
    cpu: list[float] = []
    everything = time.process_time()
    for number in range(count):
        started = time.thread_time()
        await once(number)
        cpu.append((time.thread_time() - started) * 1e6)
        if number % 50 == 0:
            await asyncio.sleep(0)  # what calls leave behind has its turn
    await trail.flush()
    return _Measured(cpu, (time.process_time() - everything) / count * 1e6)
