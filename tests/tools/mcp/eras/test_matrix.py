"""Clients of both eras before servers of both eras: whoever meets, the same comes of it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest

from entourage.tools.mcp.links.errors import McpError
from tests.tools.mcp.front.rig import Call, PlayedServer, Raw, fronted, last_of, next_of, text, told_of
from tests.world import World

ERAS = ("legacy", "modern")
FORM = {"message": "Who?", "requestedSchema": {"type": "object"}}


def played(era: str) -> PlayedServer:
    server = PlayedServer("shop", era=era)
    server.begun = asyncio.Event()  # type: ignore[attr-defined]

    @server.tool("say")
    async def say(call: Call):
        return text(call.params["arguments"]["text"])

    @server.tool("fail")
    async def fail(_: Call):
        return {**text("It broke."), "isError": True}

    @server.tool("refuse")
    async def refuse(_: Call):
        raise McpError(-32602, "No.", {"why": "so"})

    @server.tool("work")
    async def work(call: Call):
        call.progress(1, 4, "a quarter")
        return text("done")

    @server.tool("wait")
    async def wait(_: Call):
        server.begun.set()  # type: ignore[attr-defined]
        await asyncio.Event().wait()

    @server.tool("greet")
    async def greet(call: Call):
        return text(f"Hello, {(await asked(era, call)).get('name')}!") if era == "legacy" else await rounds(call)

    return server


async def asked(era: str, call: Call) -> dict[str, Any]:
    """A legacy server asks in the midst of the call."""
    return (await call.ask.ask("elicitation/create", FORM))["content"]


async def rounds(call: Call) -> dict[str, Any]:
    """A modern server asks by its result; a link does the rounds of clients that cannot."""
    given = call.params.get("inputResponses")
    if given is None and not call.raw_rounds:
        given = {"who": await call.ask.ask("elicitation/create", FORM)}
    if given is None:
        question = {"method": "elicitation/create", "params": FORM}
        return {"resultType": "input_required", "inputRequests": {"who": question}, "requestState": "s1"}
    return {**text(f"Hello, {given['who']['content']['name']}!"), "resultType": "complete"}


class Client:
    """A client of one era, which answers what it is asked by `name: Anna`."""

    def __init__(self, era: str, raw: Raw) -> None:
        self.era = era
        self.raw = raw

    async def call(self, tool: str, args: dict[str, Any] | None = None, **meta: Any) -> dict[str, Any]:
        params: dict[str, Any] = {"name": f"shop__{tool}", "arguments": args or {}}
        if self.era == "legacy":
            return await self._legacy({**params, **({"_meta": meta} if meta else {})})
        return await self._modern(params, meta)

    async def _legacy(self, params: dict[str, Any]) -> dict[str, Any]:
        if not self.raw.session:
            await self.raw.initialize(elicitation={})
        async with self.raw.stream(self.raw.request("tools/call", params), accept=SSE_FIRST) as stream:
            while "method" in (message := await next_of(stream)):
                if message["method"] == "elicitation/create":
                    said = {"action": "accept", "content": {"name": "Anna"}}
                    await self.raw.post({"jsonrpc": "2.0", "id": message["id"], "result": said})
            return message

    async def _modern(self, params: dict[str, Any], meta: dict[str, Any]) -> dict[str, Any]:
        while True:
            answer = last_of(await self.raw.send("tools/call", params, {"elicitation": {}}, **meta))
            result = answer.get("result", {})
            if result.get("resultType") != "input_required":
                return answer
            said = {key: {"action": "accept", "content": {"name": "Anna"}} for key in result["inputRequests"]}
            params = {**params, "inputResponses": said, "requestState": result["requestState"]}


SSE_FIRST = "text/event-stream, application/json"


@pytest.fixture(params=[(client, server) for client in ERAS for server in ERAS], ids="-".join)
async def pair(request, small_world: World, raw) -> AsyncIterator[tuple[Client, PlayedServer, Any]]:
    client_era, server_era = request.param
    anna = await small_world.person("anna")
    server = played(server_era)
    async with fronted(small_world, server) as (backends, front):
        yield Client(client_era, raw(anna)), server, (backends, front)


async def test_calls_and_their_errors(pair) -> None:
    client, _, _ = pair
    assert (await client.call("say", {"text": "hi"}))["result"]["content"] == text("hi")["content"]
    failed = (await client.call("fail"))["result"]
    assert failed["isError"] is True
    assert failed["content"] == text("It broke.")["content"]
    assert (await client.call("refuse"))["error"] == {"code": -32602, "message": "No.", "data": {"why": "so"}}


async def test_a_result_is_of_the_clients_era(pair) -> None:
    client, _, _ = pair
    result = (await client.call("say", {"text": "hi"}))["result"]
    assert ("resultType" in result) == (client.era == "modern")


async def test_lists(pair) -> None:
    client, _, _ = pair
    if client.era == "legacy":
        await client.raw.initialize()
        listed = (await client.raw.ask("tools/list"))["result"]
    else:
        listed = await client.raw.result("tools/list")
    assert [tool["name"] for tool in listed["tools"]] == [
        f"shop__{name}" for name in ("say", "fail", "refuse", "work", "wait", "greet")
    ]


async def test_the_person_is_asked(pair) -> None:
    client, _, (_, front) = pair
    result = (await client.call("greet"))["result"]
    assert result["content"] == text("Hello, Anna!")["content"]
    assert len(front.rounds) == 0


async def test_progress(pair) -> None:
    client, _, _ = pair
    params = {"name": "shop__work", "arguments": {}}
    if client.era == "legacy":
        await client.raw.initialize()
        body = client.raw.request("tools/call", {**params, "_meta": {"progressToken": "t"}})
        told = told_of(await client.raw.post(body))
    else:
        told = told_of(await client.raw.send("tools/call", params, progressToken="t"))
    assert told[0]["params"] == {"progressToken": "t", "progress": 1, "total": 4, "message": "a quarter"}
    assert told[-1]["result"]["content"] == text("done")["content"]


async def test_calling_off(pair) -> None:
    client, server, _ = pair
    waiting = asyncio.create_task(client.call("wait"))
    await server.begun.wait()
    if client.era == "legacy":
        await client.raw.notify("notifications/cancelled", {"requestId": client.raw.number})
        assert (await waiting)["error"]["code"] == -32800
    else:
        waiting.cancel()
    async with asyncio.timeout(10):
        await server.cancelled.wait()


async def test_a_changed_list_is_told_within_a_second(pair) -> None:
    client, server, (backends, _) = pair
    if client.era == "legacy":
        await client.raw.initialize()
        listening = client.raw.stream()
    else:
        wanted = {"notifications": {"toolsListChanged": True}}
        body, headers = client.raw.modern("subscriptions/listen", wanted, {})
        listening = client.raw.stream(body, **headers)
    async with listening as stream:
        if client.era == "modern":
            await next_of(stream)
        server.definitions["new"] = {"name": "new", "inputSchema": {}}
        backends.changed("shop")
        started = time.monotonic()
        assert (await next_of(stream))["method"] == "notifications/tools/list_changed"
        assert time.monotonic() - started < 1
    again = await client.raw.ask("tools/list") if client.era == "legacy" else None
    listed = again["result"] if again else await client.raw.result("tools/list")
    assert listed["tools"][-1]["name"] == "shop__new"


async def test_a_question_is_answered_only_by_who_was_asked(small_world: World, raw) -> None:
    anna, bob = await small_world.person("anna"), await small_world.person("bob")
    async with fronted(small_world, played("legacy")) as (_, front):
        params = {"name": "shop__greet", "arguments": {}}
        able = {"elicitation": {}}
        result = await raw(anna).result("tools/call", params, able)
        said = {key: {"action": "accept", "content": {"name": "Eve"}} for key in result["inputRequests"]}
        again = {**params, "inputResponses": said, "requestState": result["requestState"]}
        for client, changed in ((raw(bob), {}), (raw(anna), {"name": "shop__say"})):
            refused = last_of(await client.send("tools/call", {**again, **changed}, able))
            assert refused["error"]["data"] == {"reason": "invalid_request_state"}
        without = await raw(anna).result("tools/call", {**params, "requestState": result["requestState"]}, able)
        assert without["resultType"] == "input_required"
        assert without["inputRequests"] == result["inputRequests"]
        front.rounds.close()
        over = last_of(await raw(anna).send("tools/call", again, able))
        assert over["error"]["code"] == -32602
