"""What each endpoint offers: everything, one server, a choice; and many tools by way of a search."""

from __future__ import annotations

from typing import Any

import pytest

from tests.tools.mcp.front.rig import Call, PlayedServer, fronted, text, tool_of
from tests.world import World


def server(name: str, *tools: str) -> PlayedServer:
    played = PlayedServer(name)
    for one in tools:

        @played.tool(one, description=f"Does {one}.")
        async def handler(call: Call):
            return text(f"{call.params['name']}")

    @played.answers("resources/list")
    async def resources(_: Call):
        return {"resources": [{"uri": f"{name}://a", "name": "a"}]}

    @played.answers("resources/templates/list")
    async def templates(_: Call):
        return {"resourceTemplates": [{"uriTemplate": f"{name}://by/{{id}}", "name": "by"}]}

    @played.answers("resources/read")
    async def read(call: Call):
        return {"contents": [{"uri": call.params["uri"], "text": name}]}

    @played.answers("prompts/list")
    async def prompts(_: Call):
        return {"prompts": [{"name": "ask.me"}]}

    @played.answers("prompts/get")
    async def prompt(call: Call):
        return {"messages": [], "description": f"{name} {call.params['name']}"}

    @played.answers("completion/complete")
    async def complete(call: Call):
        return {"completion": {"values": [name, call.params["ref"].get("name", "")]}}

    return played


async def test_everything_is_at_one_address_under_names_that_tell_whose_it_is(small_world: World, raw) -> None:
    anna = await small_world.person("anna")
    async with fronted(small_world, server("one", "go"), server("two", "go")):
        client = raw(anna)
        names = [tool["name"] for tool in (await client.result("tools/list"))["tools"]]
        assert names == ["one__go", "two__go"]
        assert (await client.result("tools/call", {"name": "two__go"}))["content"] == text("go")["content"]
        uris = [one["uri"] for one in (await client.result("resources/list"))["resources"]]
        assert uris == ["one://a", "two://a"]
        for uri in ("two://a", "two://by/7"):
            assert (await client.result("resources/read", {"uri": uri}))["contents"][0]["text"] == "two"
        prompts = [one["name"] for one in (await client.result("prompts/list"))["prompts"]]
        assert len(prompts) == 2
        described = (await client.result("prompts/get", {"name": prompts[1]}))["description"]
        assert described == "two ask.me"
        ref = {"ref": {"type": "ref/prompt", "name": prompts[0]}, "argument": {"name": "x", "value": ""}}
        assert (await client.result("completion/complete", ref))["completion"]["values"] == ["one", "ask.me"]


async def test_a_servers_own_address_has_its_own_names(small_world: World, raw) -> None:
    anna, one = await small_world.person("anna"), server("one", "go")
    one.instructions = "Go."
    async with fronted(small_world, one, server("two", "go")):
        client = raw(anna, "/mcp/one")
        about = await client.result("server/discover")
        assert about["instructions"] == "Go."
        assert about["_meta"]["io.modelcontextprotocol/serverInfo"]["name"] == "one"
        assert about["capabilities"]["tools"] == {"listChanged": True}
        assert [tool["name"] for tool in (await client.result("tools/list"))["tools"]] == ["go"]
        assert (await client.result("tools/call", {"name": "one__go"}))["isError"] is True
        assert (await client.result("prompts/get", {"name": "ask.me"}))["description"] == "one ask.me"
        nobody = await raw(anna, "/mcp/nobody").initialize()
        assert (nobody.status_code, nobody.json()["error"]["code"]) == (404, -32602)


async def test_a_dead_server_is_left_out_of_lists_and_harms_nobody(small_world: World, raw) -> None:
    anna, dead = await small_world.person("anna"), server("dead", "go")
    dead.is_dead = True
    async with fronted(small_world, dead, server("two", "go")):
        client = raw(anna)
        assert [one["uri"] for one in (await client.result("resources/list"))["resources"]] == ["two://a"]
        assert (await raw(anna, "/mcp/dead").initialize()).status_code == 503


async def test_many_tools_are_searched(small_world: World, raw) -> None:
    anna = await small_world.person("anna")
    many = server("many", "open_window", *(f"other_{number}" for number in range(60)))
    async with fronted(small_world, many):
        client = raw(anna)
        listed = (await client.result("tools/list"))["tools"]
        assert [tool["name"] for tool in listed] == ["find_tools", "call_tool"]
        found = await client.result("tools/call", {"name": "find_tools", "arguments": {"query": "opening windows"}})
        assert found["structuredContent"]["tools"][0]["name"] == "many__open_window"
        args = {"name": "many__open_window", "args": {}}
        called = await client.result("tools/call", {"name": "call_tool", "arguments": args})
        assert called["content"] == text("open_window")["content"]
        assert len((await raw(anna, "/mcp/many").result("tools/list"))["tools"]) == 61


async def test_a_thousand_tools_are_encoded_once(small_world: World, raw) -> None:
    anna = await small_world.person("anna")
    async with fronted(small_world, PlayedServer("big")) as (backends, front):
        backends.extra = [tool_of("big", {"name": f"t{number}", "inputSchema": {}}) for number in range(1000)]
        client = raw(anna, "/mcp/big")
        assert len((await client.result("tools/list"))["tools"]) == 1000
        *_, (shown, _) = front.lists._kept.values()
        before = shown.encoded
        front.lists.changed("big", "tools")
        await client.result("tools/list")
        *_, (again, _) = front.lists._kept.values()
        assert again.encoded is before
        backends.extra.append(tool_of("big", {"name": "one more", "inputSchema": {}}))
        backends.changed("big")
        assert len((await client.result("tools/list"))["tools"]) == 1001
        *_, (other, _) = front.lists._kept.values()
        assert other.encoded is not before


async def test_a_change_while_tools_are_looked_up_is_in_the_next_answer(
    small_world: World, raw, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna = await small_world.person("anna")
    async with fronted(small_world, server("one", "go")) as (backends, front):
        look_up = front.lists._tools.catalogue

        async def overtaken(caller: Any) -> Any:
            found = await look_up(caller)
            monkeypatch.undo()
            backends.extra.append(tool_of("one", {"name": "late", "inputSchema": {}}))
            backends.changed("one")
            return found

        monkeypatch.setattr(front.lists._tools, "catalogue", overtaken)
        client = raw(anna, "/mcp/one")
        before, after = [{tool["name"] for tool in (await client.result("tools/list"))["tools"]} for _ in range(2)]
        assert (before, after) == ({"go"}, {"go", "late"})


async def test_sampling_is_done_by_the_persons_models_where_they_allow_it(small_world: World, raw, fake_llm) -> None:
    anna, shop = await small_world.person("anna"), PlayedServer("shop")
    await anna.connect(f"{fake_llm.url}/v1", ["fake"])

    @shop.tool("ask")
    async def ask(call: Call):
        message = {"role": "user", "content": {"type": "text", "text": "say: hello"}}
        said = await call.ask.ask("sampling/createMessage", {"messages": [message], "maxTokens": 100})
        return text(f"{said['role']} {bool(said['content']['text'])}")

    async with fronted(small_world, shop):
        client = raw(anna)
        refused = await client.send("tools/call", {"name": "shop__ask"})
        assert "does not know" in refused.json()["error"]["message"]
        answer = await anna.client.patch("/my/preferences", json={"mcp": {"sampling": True}})
        assert answer.status_code == 200
        await client.initialize()
        allowed = await client.ask("tools/call", {"name": "shop__ask"})
        assert allowed["result"]["content"] == text("assistant True")["content"], allowed
