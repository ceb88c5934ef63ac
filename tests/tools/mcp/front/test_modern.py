"""The stateless era: each request says what it is, and is believed only where header and body agree."""

from __future__ import annotations

import asyncio

import pytest

from tests.tools.mcp.front.rig import (
    LEGACY,
    META,
    MODERN,
    Call,
    PlayedServer,
    fronted,
    last_of,
    next_of,
    text,
    told_of,
)
from tests.world import World


def echo() -> PlayedServer:
    server = PlayedServer("echo", era="modern")
    region = {"type": "string", "x-mcp-header": "Region"}

    @server.tool("say", inputSchema={"type": "object", "properties": {"text": {"type": "string"}, "region": region}})
    async def say(call: Call):
        return text(call.params["arguments"].get("text", ""))

    return server


async def test_a_server_says_what_it_is_without_a_session(small_world: World, raw) -> None:
    anna = await small_world.person("anna")
    async with fronted(small_world, echo()):
        answer = await raw(anna).send("server/discover")
        assert "mcp-session-id" not in answer.headers
        result = answer.json()["result"]
        assert result["supportedVersions"][0] == MODERN
        assert LEGACY in result["supportedVersions"]
        assert result["resultType"] == "complete"
        assert result["_meta"][f"{META}serverInfo"]["name"] == "entourage"


async def test_lists_say_how_long_they_hold(small_world: World, raw) -> None:
    anna = await small_world.person("anna")
    async with fronted(small_world, echo()):
        result = await raw(anna).result("tools/list")
        assert result["ttlMs"] > 0
        assert result["cacheScope"] == "private"
        assert [tool["name"] for tool in result["tools"]] == ["echo__say"]


@pytest.mark.parametrize(
    ("headers", "code", "status"),
    [
        ({"mcp_name": "echo__shout"}, -32020, 400),
        ({"mcp_name": ""}, -32020, 400),
        ({"mcp_method": "tools/list"}, -32020, 400),
        ({"mcp_protocol_version": "2027-01-01"}, -32020, 400),
    ],
)
async def test_nothing_is_executed_when_headers_and_body_differ(
    small_world: World, raw, headers: dict[str, str], code: int, status: int
) -> None:
    server, anna = echo(), await small_world.person("anna")
    async with fronted(small_world, server):
        client = raw(anna)
        body, said = client.modern("tools/call", {"name": "echo__say", "arguments": {}}, {})
        said = {name.replace("-", "_"): value for name, value in said.items()} | headers
        answer = await client.post(body, **said)
        assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
        assert answer.json()["id"] == body["id"]
        assert not server.calls


async def test_names_may_be_encoded(small_world: World, raw) -> None:
    anna = await small_world.person("anna")
    async with fronted(small_world, echo()):
        client = raw(anna)
        body, headers = client.modern("tools/call", {"name": "echo__say", "arguments": {}}, {})
        answer = await client.post(body, **{**headers, "mcp-name": "=?base64?ZWNob19fc2F5?="})
        assert answer.status_code == 200, answer.text


@pytest.mark.parametrize(
    ("header", "status"), [("eu", 200), ("us", 400), (None, 400), ("=?base64?ZXU=?=", 200), ("=?base64?ZXU?=", 400)]
)
async def test_arguments_in_headers_must_agree_with_the_body(
    small_world: World, raw, header: str | None, status: int
) -> None:
    server, anna = echo(), await small_world.person("anna")
    async with fronted(small_world, server):
        client = raw(anna)
        body, headers = client.modern("tools/call", {"name": "echo__say", "arguments": {"region": "eu"}}, {})
        answer = await client.post(body, **headers, **({"mcp-param-region": header} if header else {}))
        assert answer.status_code == status
        assert bool(server.calls) == (status == 200)


async def test_a_version_nobody_speaks_is_refused_with_those_we_do(small_world: World, raw) -> None:
    anna = await small_world.person("anna")
    async with fronted(small_world, echo()):
        client = raw(anna)
        meta = {f"{META}protocolVersion": "2030-01-01"}
        answer = await client.send("tools/list", **meta)
        assert answer.json()["error"]["code"] == -32020
        body, headers = client.modern("tools/list", {}, {}, **meta)
        answer = await client.post(body, **{**headers, "mcp-protocol-version": "2030-01-01"})
        assert answer.status_code == 400
        assert answer.json()["error"]["code"] == -32022
        assert MODERN in answer.json()["error"]["data"]["supported"]


async def test_what_the_era_does_not_have_is_not_found(small_world: World, raw) -> None:
    anna = await small_world.person("anna")
    async with fronted(small_world, echo()):
        client = raw(anna)
        for method in ("initialize", "ping", "logging/setLevel", "resources/subscribe", "no/such", "tasks/get"):
            answer = await client.send(method)
            assert (answer.status_code, answer.json()["error"]["code"]) == (404, -32601), method
        for method in ("GET", "DELETE"):
            answer = await client.http.request(method, client.url, headers={"mcp-protocol-version": MODERN})
            assert answer.status_code == 405


async def test_logs_come_only_to_who_asks_for_them(small_world: World, raw) -> None:
    server, anna = PlayedServer("chatty", era="modern"), await small_world.person("anna")

    @server.tool("talk")
    async def talk(call: Call):
        call.log({"level": "info", "data": "x"})
        call.log({"level": "error", "data": "y"})
        return text("done")

    async with fronted(small_world, server):
        client, params = raw(anna), {"name": "chatty__talk", "arguments": {}}
        assert len(told_of(await client.send("tools/call", params))) == 0
        told = told_of(await client.send("tools/call", params, **{f"{META}logLevel": "warning"}))
        assert [one["params"]["data"] for one in told[:-1]] == ["y"]
        assert server.calls[-1].meta[f"{META}logLevel"] == "warning"


async def test_who_hangs_up_ends_the_call_at_the_server(small_world: World, raw) -> None:
    server, anna = PlayedServer("long", era="modern"), await small_world.person("anna")
    begun = asyncio.Event()

    @server.tool("wait")
    async def wait(_: Call):
        begun.set()
        await asyncio.Event().wait()

    async with fronted(small_world, server) as (_, front):
        client = raw(anna)
        answer = asyncio.create_task(client.send("tools/call", {"name": "long__wait", "arguments": {}}))
        await begun.wait()
        answer.cancel()
        async with asyncio.timeout(10):
            await server.cancelled.wait()
        assert len(front.heart) == 0


async def test_a_servers_own_error_reaches_the_client_as_it_is(small_world: World, raw) -> None:
    from entourage.tools.mcp.links.errors import McpError

    server, anna = PlayedServer("shop", era="modern"), await small_world.person("anna")

    @server.tool("sample")
    async def sample(_: Call):
        raise McpError(-32021, "needs sampling", {"requiredCapabilities": {"sampling": {}}})

    async with fronted(small_world, server):
        answer = await raw(anna).send("tools/call", {"name": "shop__sample", "arguments": {}})
        assert answer.status_code == 400
        error = {"code": -32021, "message": "needs sampling", "data": {"requiredCapabilities": {"sampling": {}}}}
        assert answer.json()["error"] == error


async def test_a_stream_tells_what_was_asked_for_and_no_more(small_world: World, raw) -> None:
    server, anna = echo(), await small_world.person("anna")
    async with fronted(small_world, server) as (backends, front):
        client = raw(anna)
        wanted = {"toolsListChanged": True}
        body, headers = client.modern("subscriptions/listen", {"notifications": wanted}, {})
        async with client.stream(body, **headers) as stream:
            acknowledged = await next_of(stream)
            assert acknowledged["method"] == "notifications/subscriptions/acknowledged"
            assert acknowledged["params"]["notifications"] == wanted
            assert acknowledged["params"]["_meta"] == {f"{META}subscriptionId": body["id"]}
            backends.changed("echo", "prompts")
            backends.changed("echo", "tools")
            changed = await next_of(stream)
            assert changed["method"] == "notifications/tools/list_changed"
            assert changed["params"]["_meta"] == {f"{META}subscriptionId": body["id"]}
            front.end_streams()
            assert (await next_of(stream))["result"]["resultType"] == "complete"
        assert not front.listening
        assert not front.changes._listeners


async def test_an_unknown_tool_is_a_result_the_model_can_read(small_world: World, raw) -> None:
    anna = await small_world.person("anna")
    async with fronted(small_world, echo()):
        answer = await raw(anna).send("tools/call", {"name": "nobody", "arguments": {}})
        assert last_of(answer)["result"]["isError"] is True
