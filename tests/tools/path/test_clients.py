"""Calls of MCP clients: scopes of their tokens, what servers ask of them, cancelling, one catalogue."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

import pytest

from entourage.tools.caller import Caller
from entourage.tools.service import Tools
from entourage.tools.tool import ToolCall, ToolResult
from tests.tools.path.shelf import Counting, Shelf
from tests.world import Person, World


@dataclass
class Client:
    """The client of one call: it thinks for a while before it answers."""

    capabilities: dict[str, Any] = field(default_factory=dict)
    meta: dict[str, Any] = field(default_factory=dict)
    raw_rounds: bool = False
    inputs: dict[str, Any] = field(default_factory=dict)
    thinks_seconds: float = 0.0

    async def ask(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        await asyncio.sleep(self.thinks_seconds)
        return {"method": method, **params}

    def log(self, params: dict[str, Any]) -> None: ...
    def parted(self) -> None: ...
    def notify(self, method: str, params: dict[str, Any]) -> None: ...
    def unfinished(self, result: dict[str, Any]) -> None: ...
    def failed(self, code: int, message: str, data: Any) -> None: ...


@pytest.fixture
def tools(small_world: World) -> Tools:
    return small_world.services.get(Tools)


async def test_a_token_calls_what_its_scope_has(ana: Person, shelf: Shelf, tools: Tools) -> None:
    for name in ("mail.send", "mail.read", "news.read"):
        shelf.put(ana, name, Counting())
    caller = Caller(ana.id, "mcp", scope=frozenset({"mail.*"}))
    assert [tool.name for tool in await tools.catalogue(caller)] == ["mail.read", "mail.send"]
    assert (await tools.call(caller, "mail__send", {"text": "x"})).success
    refused = await tools.call(caller, "news.read", {"text": "x"})
    assert (refused.status, "scope" in refused.text) == ("denied", True)


async def test_what_is_denied_is_not_listed(ana: Person, shelf: Shelf, tools: Tools) -> None:
    shelf.put(ana, "mail.send", Counting())
    caller = Caller(ana.id, "mcp", scope=frozenset({"mail.*"}))
    assert len(await tools.catalogue(caller)) == 1
    await ana.post("/my/tool-policies", {"tool": "mail.send", "subject": "source:mcp", "grant": "deny"}, 201)
    assert await tools.catalogue(caller) == []
    assert len(await tools.catalogue(Caller(ana.id, "api", scope=frozenset({"mail.*"})))) == 1


async def test_the_list_is_the_same_one_until_something_changes(ana: Person, shelf: Shelf, tools: Tools) -> None:
    shelf.put(ana, "mail.send", Counting())
    caller = Caller(ana.id, "mcp")
    first = await tools.catalogue(caller)
    assert await tools.catalogue(caller) is first
    await ana.post("/my/tool-policies", {"tool": "other", "grant": "deny"}, 201)
    assert await tools.catalogue(caller) is first
    shelf.put(ana, "mail.read", Counting())
    assert await tools.catalogue(caller) is not first


async def test_the_clock_stands_still_while_the_client_is_asked(ana: Person, shelf: Shelf, tools: Tools) -> None:
    async def ask(call: ToolCall, _args: object) -> ToolResult:
        assert call.session
        told = await call.session.ask("elicitation/create", {"n": 1})
        return ToolResult(str(told["n"]))

    async def dawdle(call: ToolCall, args: object) -> ToolResult:
        await ask(call, args)
        await asyncio.Event().wait()
        raise AssertionError

    shelf.put(ana, "form.fill", ask, {}, timeout_seconds=0.1)
    shelf.put(ana, "form.dawdle", dawdle, {}, timeout_seconds=0.1)
    caller = Caller(ana.id, "mcp")
    assert (await tools.call(caller, "form.fill", {}, session=Client(thinks_seconds=0.3))).text == "1"
    assert "longer than 0.1 s" in (await tools.call(caller, "form.dawdle", {}, session=Client())).text


async def test_a_retry_with_the_clients_input_is_not_answered_from_memory(
    ana: Person, shelf: Shelf, tools: Tools
) -> None:
    work = Counting()
    shelf.put(ana, "news.read", work, {}, read_only=True, idempotent=True)
    caller = Caller(ana.id, "mcp")
    assert not (await tools.call(caller, "news.read", {}, session=Client())).cached
    assert not (await tools.call(caller, "news.read", {}, session=Client(inputs={"requestState": "x"}))).cached
    assert (await tools.call(caller, "news.read", {}, session=Client())).cached
    assert len(work.calls) == 2


async def test_a_cancelled_call_stops_its_tool(ana: Person, shelf: Shelf, tools: Tools) -> None:
    began, stopped, cancel = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def work(_call: ToolCall, _args: object) -> ToolResult:
        began.set()
        try:
            await asyncio.Event().wait()
        finally:
            stopped.set()
        raise AssertionError

    shelf.put(ana, "slow.work", work, {})
    calling = asyncio.create_task(tools.call(Caller(ana.id, "mcp"), "slow.work", {}, cancel=cancel))
    await began.wait()
    cancel.set()
    assert (await calling).status == "cancelled"
    assert stopped.is_set()
    began.clear()
    calling = asyncio.create_task(tools.call(Caller(ana.id, "mcp"), "slow.work", {}))
    await began.wait()
    calling.cancel()
    with pytest.raises(asyncio.CancelledError):
        await calling
    (shown,) = (await ana.get("/my/tools/health"))["items"]
    assert (shown["in_flight"], shown["state"], shown["errors"]) == (0, "closed", 0)


async def test_a_source_that_fails_takes_nothing_else_away(
    small_world: World, ana: Person, shelf: Shelf, tools: Tools, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(_owner_id: str) -> list[Any]:
        raise RuntimeError("no tools today")

    monkeypatch.setattr(shelf, "tools", broken)
    names = [tool["name"] for tool in (await ana.get("/my/tools"))["items"]]
    assert "read_file" in names
