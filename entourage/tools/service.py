"""Calls outside of conversations: by API, by MCP clients, by services, from the command line."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Mapping
from operator import is_
from typing import Any, TypeAlias

from entourage.kit.ids import new_id
from entourage.tools.caller import Caller
from entourage.tools.desk import Desk, Outside
from entourage.tools.grants.rulings import PolicySet, granted
from entourage.tools.grants.service import ToolPolicies
from entourage.tools.pipeline import Pipeline, storable_value
from entourage.tools.registry import ToolRegistry
from entourage.tools.tool import Grant, Interactive, Progress, Tool, ToolCall, ToolResult

_MAX_REMEMBERED = 1_000

_Key: TypeAlias = "tuple[str, str, str, frozenset[str] | None]"
_NO_GRANTS: Mapping[str, Grant] = {}


class Tools:
    """The one way to call a tool from outside of a run."""

    def __init__(self, registry: ToolRegistry, policies: ToolPolicies, pipeline: Pipeline, desk: Desk) -> None:
        self._registry = registry
        self._policies = policies
        self._pipeline = pipeline
        self._team = Outside(desk)
        self._catalogues: OrderedDict[_Key, tuple[list[Tool], PolicySet, list[Tool]]] = OrderedDict()

    async def call(
        self,
        caller: Caller,
        name: str,
        args: dict[str, Any],
        *,
        call_id: str | None = None,
        grants: Mapping[str, Grant] = _NO_GRANTS,
        progress: Progress | None = None,
        session: Interactive | None = None,
        cancel: asyncio.Event | None = None,
        wait_seconds: float | None = None,
    ) -> ToolResult:
        """What became of the call. Raises NotFound for an unknown tool, and nothing else.

        `waiting` means that a person must decide first: `meta["approval_id"]` says where, and the same call again,
        once approved, runs. They are waited for `wait_seconds`. Setting `cancel` ends the call, as does cancelling it.
        """
        tool = await self._registry.find(caller.owner_id, name)
        call_id = call_id or new_id()
        call = ToolCall(
            tool=tool,
            args=storable_value(args),
            caller=caller,
            tool_call_id=call_id[:128],
            key=f"call:{caller.owner_id}:{call_id}",
            grants=grants,
            team=self._team,
            progress=progress,
            session=session,
            wait_seconds=wait_seconds,
        )
        if cancel is None:
            return await self._pipeline.call(call)
        return await _until(cancel, self._pipeline, call)

    async def catalogue(self, caller: Caller) -> list[Tool]:
        """The tools the caller may call, sorted by name; the very same list as long as nothing changed."""
        offered = await self._registry.of(caller.owner_id)
        policies = self._policies.known(caller.owner_id) or await self._policies.of(caller.owner_id)
        key = (caller.owner_id, caller.source, caller.agent, caller.scope)
        kept = self._catalogues.get(key)
        if kept is not None and kept[0] is offered and kept[1] is policies:
            return kept[2]
        made = [tool for tool in offered if _may_call(caller, tool, policies)]
        if kept is not None and _same(kept[2], made):
            made = kept[2]
        self._catalogues[key] = (offered, policies, made)
        if len(self._catalogues) > _MAX_REMEMBERED:
            self._catalogues.popitem(last=False)
        return made


def _same(before: list[Tool], after: list[Tool]) -> bool:
    """Whether both lists hold the very same tools."""
    return len(before) == len(after) and all(map(is_, before, after))


def _may_call(caller: Caller, tool: Tool, policies: PolicySet) -> bool:
    return caller.may_call(tool.name) and granted(tool, {}, policies.terms(caller, tool.name)) != "deny"


async def _until(cancel: asyncio.Event, pipeline: Pipeline, call: ToolCall) -> ToolResult:
    """The call's result, unless `cancel` is set before."""
    calling = asyncio.ensure_future(pipeline.call(call))
    waiting = asyncio.ensure_future(cancel.wait())
    try:
        await asyncio.wait((calling, waiting), return_when=asyncio.FIRST_COMPLETED)
        if calling.done():
            return calling.result()
        return ToolResult.failure("The call was cancelled.", "cancelled")
    finally:
        for task in (calling, waiting):
            task.cancel()
        await asyncio.gather(calling, waiting, return_exceptions=True)
