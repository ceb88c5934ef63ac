"""Sessions of the handshake era: how they begin, what they carry, how they end."""

from __future__ import annotations

import asyncio

import pytest

from tests.tools.mcp.front.rig import LEGACY, Call, PlayedServer, fronted, last_of, next_of, text
from tests.world import World


def echo() -> PlayedServer:
    server = PlayedServer("echo")

    @server.tool("say", description="Says it again.")
    async def say(call: Call):
        return text(call.params["arguments"]["text"])

    return server


@pytest.mark.parametrize("version", ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"])
async def test_a_handshake_agrees_on_the_clients_version(small_world: World, raw, version: str) -> None:
    anna = await small_world.person("anna")
    async with fronted(small_world, echo()):
        client = raw(anna)
        answer = await client.initialize(version)
        assert answer.status_code == 200
        result = answer.json()["result"]
        assert result["protocolVersion"] == version
        assert result["serverInfo"]["name"] == "entourage"
        assert result["capabilities"]["tools"] == {"listChanged": True}
        assert await client.notify("notifications/initialized", {}) == 202
        assert (await client.ask("ping"))["result"] == {}
        assert (await client.ask("tools/call", {"name": "echo__say", "arguments": {"text": "hi"}}))["result"] == {
            **text("hi"),
            "isError": False,
        }


async def test_an_unknown_version_is_answered_with_the_newest(small_world: World, raw) -> None:
    anna = await small_world.person("anna")
    async with fronted(small_world, echo()):
        assert (await raw(anna).initialize("1999-01-01")).json()["result"]["protocolVersion"] == LEGACY


async def test_a_session_is_over_after_delete(small_world: World, raw) -> None:
    anna = await small_world.person("anna")
    async with fronted(small_world, echo()) as (_, front):
        client = raw(anna)
        assert (await client.post(client.request("tools/list"))).status_code == 400
        await client.initialize()
        assert (await client.http.delete(client.url, headers=client.session)).status_code == 204
        answer = await client.post(client.request("tools/list"))
        assert answer.status_code == 404
        assert answer.json()["id"] == client.number
        assert len(front.sessions) == 0


async def test_nobody_else_can_use_a_session(small_world: World, raw) -> None:
    anna, bob = await small_world.person("anna"), await small_world.person("bob")
    async with fronted(small_world, echo()):
        mine, other = raw(anna), raw(bob)
        await mine.initialize()
        other.session = mine.session
        assert (await other.post(other.request("tools/list"))).status_code == 404
        elsewhere = raw(anna, "/mcp/echo")
        elsewhere.session = mine.session
        assert (await elsewhere.post(elsewhere.request("tools/list"))).status_code == 404


async def test_500_sessions_that_are_dropped_leave_nothing(small_world: World, raw) -> None:
    anna = await small_world.person("anna")
    async with fronted(small_world, echo()) as (_, front):
        client = raw(anna)
        before = len(asyncio.all_tasks())
        for _ in range(500):
            client.session = {}
            await client.initialize()
        assert len(front.sessions) == 500
        front.sessions.expire(now=float("inf"))
        assert len(front.sessions) == 0
        await front.sessions.close()
        assert not front.changes._listeners
        assert len(front.heart) == 0
        async with asyncio.timeout(30):  # what the server does by itself comes and goes
            while len(asyncio.all_tasks()) > before + 1:  # noqa: ASYNC110
                await asyncio.sleep(0.05)


async def test_a_person_has_so_many_sessions_and_the_oldest_gives_way(
    small_world: World, raw, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("entourage.tools.mcp.front.sessions.MOST_OF_A_PERSON", 3)
    anna = await small_world.person("anna")
    async with fronted(small_world, echo()) as (_, front):
        first, client = raw(anna), raw(anna)
        await first.initialize()
        for _ in range(3):
            client.session = {}
            await client.initialize()
        assert len(front.sessions) == 3
        assert (await first.post(first.request("ping"))).status_code == 404
        assert (await client.ask("ping"))["result"] == {}


async def test_who_is_asked_answers_on_the_stream_of_the_call(small_world: World, raw) -> None:
    server, anna = PlayedServer("shop"), await small_world.person("anna")

    @server.tool("order")
    async def order(call: Call):
        said = await call.ask.ask("elicitation/create", {"message": "How many?", "requestedSchema": {"type": "object"}})
        return text(f"{said['action']} {said['content']['count']}")

    async with fronted(small_world, server):
        client = raw(anna)
        await client.initialize(elicitation={})
        call = client.request("tools/call", {"name": "shop__order", "arguments": {}})
        async with client.stream(call) as stream:
            question = await next_of(stream)
            assert question["method"] == "elicitation/create"
            assert question["params"]["message"] == "How many?"
            answer = {"jsonrpc": "2.0", "id": question["id"], "result": {"action": "accept", "content": {"count": 3}}}
            assert (await client.post(answer)).status_code == 202
            assert (await next_of(stream))["result"]["content"] == text("accept 3")["content"]


async def test_a_client_that_cannot_be_asked_is_not(small_world: World, raw) -> None:
    server, anna = PlayedServer("shop"), await small_world.person("anna")

    @server.tool("order")
    async def order(call: Call):
        await call.ask.ask("elicitation/create", {})
        return text("never")

    async with fronted(small_world, server):
        client = raw(anna)
        await client.initialize()
        answer = await client.ask("tools/call", {"name": "shop__order", "arguments": {}})
        assert answer["error"]["message"] == "This client does not know elicitation/create."


async def test_progress_and_logs_are_told_before_the_result(small_world: World, raw) -> None:
    server, anna = PlayedServer("long"), await small_world.person("anna")

    @server.tool("work")
    async def work(call: Call):
        call.progress(1, 2, "half")
        call.log({"level": "debug", "data": "quiet"})
        call.log({"level": "error", "data": "loud"})
        return text("done")

    async with fronted(small_world, server):
        client = raw(anna)
        await client.initialize()
        assert (await client.ask("logging/setLevel", {"level": "warning"}))["result"] == {}
        params = {"name": "long__work", "arguments": {}, "_meta": {"progressToken": "p1"}}
        async with client.stream(client.request("tools/call", params)) as stream:
            told = await next_of(stream)
            assert told["params"] == {"progressToken": "p1", "progress": 1, "total": 2, "message": "half"}
            assert (await next_of(stream))["params"]["data"] == "loud"
            assert "result" in await next_of(stream)
        assert (await client.ask("logging/setLevel", {"level": "shouting"}))["error"]["code"] == -32602


async def test_a_call_that_is_called_off_ends_at_the_server_and_is_answered(small_world: World, raw) -> None:
    server, anna = PlayedServer("long"), await small_world.person("anna")
    begun = asyncio.Event()

    @server.tool("wait")
    async def wait(_: Call):
        begun.set()
        await asyncio.Event().wait()

    async with fronted(small_world, server) as (_, front):
        client = raw(anna)
        await client.initialize()
        call = client.request("tools/call", {"name": "long__wait", "arguments": {}})
        answer = asyncio.create_task(client.post(call))
        await begun.wait()
        assert await client.notify("notifications/cancelled", {"requestId": call["id"]}) == 202
        assert last_of(await answer)["error"]["code"] == -32800
        assert server.cancelled.is_set()
        assert len(front.heart) == 0


async def test_who_lost_a_stream_comes_back_for_the_rest(small_world: World, raw) -> None:
    server, anna = PlayedServer("long"), await small_world.person("anna")
    goes_on = asyncio.Event()

    @server.tool("work")
    async def work(call: Call):
        call.progress(1, None, None)
        await goes_on.wait()
        call.progress(2, None, None)
        return text("done")

    async with fronted(small_world, server):
        client = raw(anna)
        await client.initialize()
        params = {"name": "long__work", "arguments": {}, "_meta": {"progressToken": 7}}
        async with client.stream(client.request("tools/call", params)) as stream:
            first = await anext(stream)
        goes_on.set()
        async with client.stream(last_event_id=first["id"]) as stream:
            assert (await next_of(stream))["params"]["progress"] == 2
            assert (await next_of(stream))["result"]["content"] == text("done")["content"]


async def test_batches_are_answered_where_the_version_has_them(small_world: World, raw) -> None:
    anna = await small_world.person("anna")
    async with fronted(small_world, echo()):
        old, new = raw(anna), raw(anna)
        await old.initialize("2025-03-26")
        await new.initialize()
        batch = [
            old.request("ping"),
            {"jsonrpc": "2.0", "method": "notifications/initialized"},
            old.request("tools/call", {"name": "echo__say", "arguments": {"text": "a"}}),
            old.request("no/such"),
        ]
        answers = (await old.post(batch)).json()
        assert [one["id"] for one in answers] == [batch[0]["id"], batch[2]["id"], batch[3]["id"]]
        assert answers[2]["error"]["code"] == -32601
        assert (await new.post(batch)).status_code == 400


async def test_subscribers_of_a_resource_hear_of_it(small_world: World, raw) -> None:
    server, anna = PlayedServer("files"), await small_world.person("anna")

    @server.answers("resources/list")
    async def resources(_: Call):
        return {"resources": [{"uri": "file:///a", "name": "a"}]}

    @server.answers("resources/templates/list")
    async def templates(_: Call):
        return {"resourceTemplates": []}

    async with fronted(small_world, server) as (backends, _):
        client = raw(anna)
        await client.initialize()
        assert (await client.ask("resources/subscribe", {"uri": "file:///b"}))["error"]["data"] == {"uri": "file:///b"}
        assert (await client.ask("resources/subscribe", {"uri": "file:///a"}))["result"] == {}
        async with client.stream() as stream:
            backends.subscribed["files", "file:///a"]("file:///a", {})
            assert (await next_of(stream))["params"] == {"uri": "file:///a"}
        assert (await client.ask("resources/unsubscribe", {"uri": "file:///a"}))["result"] == {}
        assert not backends.subscribed


async def test_a_revoked_key_ends_what_was_opened_with_it(small_world: World, raw) -> None:
    anna = await small_world.person("anna")
    made = await anna.post("/my/keys", {"name": "k", "scopes": ["read", "write"]}, 201)
    async with fronted(small_world, echo()) as (_, front):
        old, new, other = raw(None, token=made["key"]), raw(None, token=made["key"]), raw(anna)
        await old.initialize()
        await other.initialize()
        body, headers = new.modern("subscriptions/listen", {"notifications": {"toolsListChanged": True}}, {})
        async with new.stream(body, **headers) as stream, old.stream() as events:
            await next_of(stream)
            assert (await anna.client.delete(f"/my/keys/{made['id']}")).status_code == 204
            assert (await next_of(stream))["result"]["resultType"] == "complete"
            assert [one async for one in events] == []
        assert len(front.sessions) == 1
        assert (await other.ask("ping"))["result"] == {}
