"""The tools of MCP servers as tools of the one path."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from entourage.kit.errors import NotFound, Problem
from entourage.kit.json import encode
from entourage.tools.mcp.links.errors import LinkFailed, McpError
from entourage.tools.mcp.servers.overriding import ShownTool, shown
from entourage.tools.mcp.servers.pins import pinned
from entourage.tools.schema import hints_of, json_tool
from entourage.tools.tool import Tool, ToolCall, ToolResult, Transient

if TYPE_CHECKING:
    from entourage.tools.mcp.links.link import JsonObject, ListKind
    from entourage.tools.mcp.servers.backend import Backend
    from entourage.tools.mcp.servers.definition import Definition
    from entourage.tools.mcp.servers.service import McpServers

WAIT_SECONDS = 2.0
"""How long a catalogue waits for servers that were never listed; the rest comes with the next one."""


class McpTools:
    """Implements `ToolSource`. A person's tools are kept until something of them changes."""

    def __init__(self, servers: McpServers) -> None:
        self._servers = servers
        self._kept: dict[str, dict[str, Tool]] = {}
        self._lists: dict[str, list[Tool]] = {}
        self._tried: set[tuple[str, str]] = set()
        servers.on_change(self._changed)

    async def tools(self, owner_id: str) -> Sequence[Tool]:
        """Those of every server that may be used. Only servers that were never listed are waited for, and not long."""
        kept = self._lists.get(owner_id)
        if kept is None:
            await self._first_lists(owner_id)
            tools = self._built(owner_id)
            kept = list(tools.values())
            self._lists[owner_id] = kept
        self._refresh(owner_id)
        return kept

    async def find(self, owner_id: str, name: str) -> Tool | None:
        """One of them by its canonical name."""
        if "." not in name:
            return None
        kept = self._kept.get(owner_id)
        if kept is None:
            if name.split(".", 1)[0] not in self._servers.registry.visible(owner_id):
                return None
            await self.tools(owner_id)
            kept = self._kept.get(owner_id, {})
        return kept.get(name)

    def _changed(self, owner_id: str | None, _server: str, kind: ListKind) -> None:
        if kind != "tools":
            return
        if owner_id is None:
            self._kept.clear()
            self._lists.clear()
        else:
            self._kept.pop(owner_id, None)
            self._lists.pop(owner_id, None)

    def _visible(self, owner_id: str) -> list[Definition]:
        return [one for one in self._servers.registry.visible(owner_id).values() if one.enabled]

    async def _first_lists(self, owner_id: str) -> None:
        """Servers nobody has listed yet have no pins: they are started, so that there is something to show."""
        new = [one for one in self._unknown(owner_id) if (owner_id, one.digest) not in self._tried]
        if new:
            self._tried.update((owner_id, one.digest) for one in new)
            reading = [asyncio.ensure_future(self._servers.backend(owner_id, one).listed("tools")) for one in new]
            for task in reading:
                task.add_done_callback(_seen)
            await asyncio.wait(reading, timeout=WAIT_SECONDS)

    def _unknown(self, owner_id: str) -> list[Definition]:
        return [one for one in self._visible(owner_id) if not self._servers.pins.is_known(one.id)]

    def _refresh(self, owner_id: str) -> None:
        """Meanwhile: what may have changed, and servers that did not answer when they were first asked."""
        for one in self._visible(owner_id):
            backend = self._servers.pool.known(one.id, owner_id)
            if backend is not None:
                backend.refresh("tools")
        for one in self._unknown(owner_id):
            self._servers.backend(owner_id, one).begin("tools")

    def _built(self, owner_id: str) -> dict[str, Tool]:
        found: dict[str, Tool] = {}
        for definition in self._visible(owner_id):
            for one in shown(self._servers.usable(owner_id, definition), definition.overrides):
                tool = self._tool(definition, one)
                found[tool.name] = tool
        self._kept[owner_id] = found
        return found

    def _tool(self, definition: Definition, one: ShownTool) -> Tool:
        said = one.definition
        annotations: Mapping[str, Any] = said.get("annotations") or {}

        async def run(call: ToolCall, args: dict[str, Any]) -> ToolResult:
            return await self._run(definition.id, one, call, args)

        return json_tool(
            f"{definition.name}.{said['name']}",
            str(said.get("description") or ""),
            said.get("inputSchema") or {"type": "object"},
            run,
            title=said.get("title") or annotations.get("title"),
            output_schema=said.get("outputSchema"),
            origin=f"mcp:{definition.name}",
            server=definition.name,
            timeout_seconds=definition.timeout_seconds,
            fingerprint=_fingerprint(definition, said),
            definition=said,
            **hints_of(annotations),
        )

    async def _run(self, server_id: str, one: ShownTool, call: ToolCall, args: dict[str, Any]) -> ToolResult:
        try:
            definition = self._servers.registry.by_id(call.owner_id, server_id)
            backend = self._servers.backend(call.owner_id, definition)
        except (NotFound, Problem) as problem:
            return ToolResult.failure(problem.detail)
        try:
            await backend.ready(call.caller.session_id or None)
            if refused := self._refused(definition, backend, one.own_name):
                return refused
            call.secrets.extend(value for seat in backend.seats for value in seat.secrets.values)
            return await _called(backend, one, call, args)
        except LinkFailed as error:
            raise Transient(f"{definition.name}: {error}") from error

    def _refused(self, definition: Definition, backend: Backend, own_name: str) -> ToolResult | None:
        """What a client still has in its list may have changed since: it is not called then."""
        if self._servers.pins.accepts(definition.id, own_name, backend.tool(own_name)):
            return None
        return ToolResult.failure(
            f"{definition.name}.{own_name} is not what was accepted of this server; "
            "it waits until somebody who may accepts it.",
            "denied",
        )


async def _called(backend: Backend, one: ShownTool, call: ToolCall, args: dict[str, Any]) -> ToolResult:
    session = call.session
    params: dict[str, Any] = {"name": one.own_name, "arguments": {**one.arguments, **args}}
    if session is not None:
        params.update(session.inputs)
    try:
        result = await backend.request(
            "tools/call",
            params,
            affinity=call.caller.session_id or None,
            meta=session.meta if session else None,
            progress=call.progress,
            log=session.log if session else None,
            ask=session,
            # the path has a clock of its own; this one stops a server that never answers for whoever has none
            timeout_seconds=max(300.0, call.tool.timeout_seconds or 0.0),
            raw_rounds=session.raw_rounds if session else False,
        )
    except McpError as error:
        if session is not None:
            session.failed(error.code, error.message, error.data)
        return ToolResult.failure(error.message or f"The server refused with {error.code}.")
    return _result(result, call)


def _result(result: JsonObject, call: ToolCall) -> ToolResult:
    if call.session is not None and (result.get("resultType") not in {None, "complete"} or "task" in result):
        call.session.unfinished(result)
        return ToolResult("The server wants something of the client first.", "waiting")
    blocks: list[object] = result.get("content") or []
    content = tuple(cast("dict[str, Any]", block) for block in blocks if isinstance(block, dict))
    structured = result.get("structuredContent")
    text = "\n".join(_text(block) for block in content if _text(block))
    if not text and structured is not None:
        text = encode(structured).decode()
    return ToolResult(
        text,
        "failed" if result.get("isError") else "ok",
        content=content,
        structured=structured,
        meta=result.get("_meta"),
    )


def _text(block: Mapping[str, Any]) -> str:
    if block.get("type") == "text":
        return str(block.get("text") or "")
    if block.get("type") == "resource":
        resource: Mapping[str, Any] = block.get("resource") or {}
        return str(resource.get("text") or "")
    if block.get("type") == "resource_link":
        return f"{block.get('name') or ''} {block.get('uri') or ''}".strip()
    return ""


def _fingerprint(definition: Definition, said: Mapping[str, Any]) -> str:
    """Of all that a pin covers."""
    return hashlib.sha256(encode((definition.id, definition.launch_digest, pinned(said)))).hexdigest()


def _seen(task: asyncio.Future[Any]) -> None:
    if not task.cancelled():
        task.exception()
