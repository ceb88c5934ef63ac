"""Virtual servers: what they show, who may open them, and how their tokens end."""

from __future__ import annotations

import pytest

from tests.tools.mcp.front.rig import PlayedServer, fronted, next_of, text
from tests.tools.mcp.front.test_places import server
from tests.world import World


@pytest.fixture
def both() -> list[PlayedServer]:
    return [server("one", "go", "stay"), server("two", "go")]


async def test_a_bundle_shows_what_was_chosen(world: World, raw, both) -> None:
    anna = await world.person("anna")
    async with fronted(world, *both) as (backends, _):
        body = {"name": "pick", "tools": ["one.*"], "resources": ["two.*"], "prompts": [], "agent": "coder"}
        made = await anna.post("/my/mcp-bundles", body, 201)
        assert made["url"].endswith("/mcp/b/pick")
        client = Rawed(raw, world)(anna, "/mcp/b/pick")
        assert [tool["name"] for tool in (await client.result("tools/list"))["tools"]] == ["one__go", "one__stay"]
        assert (await client.result("tools/call", {"name": "two__go"}))["isError"] is True
        assert (await client.result("tools/call", {"name": "one__go"}))["content"] == text("go")["content"]
        assert backends.callers[-1].agent == "coder"
        assert backends.callers[-1].scope == frozenset({"one.*"})
        assert [one["uri"] for one in (await client.result("resources/list"))["resources"]] == ["two://a"]
        assert (await client.send("resources/read", {"uri": "one://a"})).status_code == 400
        assert (await client.result("prompts/list"))["prompts"] == []


async def test_a_token_opens_its_bundle_and_nothing_else(world: World, raw, both) -> None:
    anna = await world.person("anna")
    make = Rawed(raw, world)
    async with fronted(world, *both):
        made = await anna.post("/my/mcp-bundles", {"name": "pick", "tools": ["one.*"]}, 201)
        await anna.post("/my/mcp-bundles", {"name": "other"}, 201)
        given = {"name": "laptop", "tools": ["*.go"]}
        token = await anna.post(f"/my/mcp-bundles/{made['id']}/tokens", given, 201)
        assert token["token"].startswith(token["prefix"])
        for path in ("/mcp/b/pick", "/mcp"):
            listed = await make(None, path, token["token"]).result("tools/list")
            assert [tool["name"] for tool in listed["tools"]] == ["one__go"]
        for path in ("/mcp/one", "/mcp/b/other"):
            assert (await make(None, path, token["token"]).send("tools/list")).status_code == 403
        elsewhere = await anna.client.get("/my", headers={"authorization": f"Bearer {token['token']}"})
        assert elsewhere.status_code in {401, 404}
        listed = await anna.get(f"/my/mcp-bundles/{made['id']}/tokens")
        assert [one["name"] for one in listed["items"]] == ["laptop"]
        assert "token" not in listed["items"][0]


async def test_a_revoked_token_ends_at_once_with_all_it_opened(world: World, raw, both) -> None:
    anna = await world.person("anna")
    make = Rawed(raw, world)
    async with fronted(world, *both) as (_, front):
        made = await anna.post("/my/mcp-bundles", {"name": "pick"}, 201)
        token = await anna.post(f"/my/mcp-bundles/{made['id']}/tokens", {"name": "laptop"}, 201)
        old, new = make(None, "/mcp/b/pick", token["token"]), make(None, "/mcp/b/pick", token["token"])
        await old.initialize()
        body, headers = new.modern("subscriptions/listen", {"notifications": {"toolsListChanged": True}}, {})
        async with new.stream(body, **headers) as stream:
            await next_of(stream)
            gone = await anna.client.delete(f"/my/mcp-bundles/{made['id']}/tokens/{token['id']}")
            assert gone.status_code == 204
            assert (await next_of(stream))["result"]["resultType"] == "complete"
        assert (await old.post(old.request("ping"))).status_code == 401
        assert len(front.sessions) == 0


async def test_a_deleted_bundle_takes_its_tokens_along(world: World, raw, both) -> None:
    anna = await world.person("anna")
    make = Rawed(raw, world)
    async with fronted(world, *both):
        made = await anna.post("/my/mcp-bundles", {"name": "pick"}, 201)
        token = await anna.post(f"/my/mcp-bundles/{made['id']}/tokens", {"name": "laptop"}, 201)
        assert (await make(None, "/mcp/b/pick", token["token"]).send("tools/list")).status_code == 200
        assert (await anna.client.delete(f"/my/mcp-bundles/{made['id']}")).status_code == 204
        assert (await make(None, "/mcp/b/pick", token["token"]).send("tools/list")).status_code == 401
        assert (await make(anna, "/mcp/b/pick").send("tools/list")).status_code == 404


async def test_a_change_holds_from_the_next_request_on(world: World, raw, both) -> None:
    anna = await world.person("anna")
    async with fronted(world, *both):
        made = await anna.post("/my/mcp-bundles", {"name": "pick", "tools": ["one.*"]}, 201)
        client = Rawed(raw, world)(anna, "/mcp/b/pick")
        assert len((await client.result("tools/list"))["tools"]) == 2
        path = f"/my/mcp-bundles/{made['id']}"
        changed = await anna.client.patch(path, json={"tools": ["two.go"]}, headers={"if-match": '"no"'})
        assert changed.status_code == 412
        assert (await anna.client.patch(path, json={"tools": ["two.go"], "search": "on"})).status_code == 200
        names = [tool["name"] for tool in (await client.result("tools/list"))["tools"]]
        assert names == ["find_tools", "call_tool"]


async def test_strangers_see_nothing_and_admins_share(world: World, raw, both) -> None:
    anna, bob = await world.person("anna"), await world.person("bob")
    admin = await world.person("admin", is_admin=True)
    async with fronted(world, *both):
        made = await anna.post("/my/mcp-bundles", {"name": "mine"}, 201)
        await anna.post("/my/mcp-bundles", {"name": "mine"}, 409)
        await anna.post("/my/mcp-bundles", {"name": "ours", "is_shared": True}, 403)
        assert (await bob.client.get(f"/my/mcp-bundles/{made['id']}")).status_code == 404
        assert (await bob.client.get(f"/my/mcp-bundles/{made['id']}/tokens")).status_code == 404
        assert (await bob.client.post(f"/my/mcp-bundles/{made['id']}/tokens", json={"name": "x"})).status_code == 404
        assert (await Rawed(raw, world)(bob, "/mcp/b/mine").send("tools/list")).status_code == 404
        shared = await admin.post("/my/mcp-bundles", {"name": "ours", "tools": ["one.go"], "is_shared": True}, 201)
        listed = await Rawed(raw, world)(bob, "/mcp/b/ours").result("tools/list")
        assert [tool["name"] for tool in listed["tools"]] == ["one__go"]
        seen = await bob.get(f"/my/mcp-bundles/{shared['id']}")
        assert (seen["is_own"], seen["is_shared"]) == (False, True)
        assert (await bob.client.delete(f"/my/mcp-bundles/{shared['id']}")).status_code == 404
        await admin.client.delete(f"/my/mcp-bundles/{shared['id']}")


async def test_clients_are_told_what_to_paste(world: World, both) -> None:
    anna = await world.person("anna")
    async with fronted(world, *both):
        await anna.post("/my/mcp-bundles", {"name": "pick"}, 201)
        told = await anna.get("/my/mcp/connect", bundle="pick")
        assert told["url"].endswith("/mcp/b/pick")
        assert f"--transport http entourage-pick {told['url']}" in told["claude"]
        assert (await anna.client.get("/my/mcp/connect", params={"bundle": "nobody"})).status_code == 404
        assert (await anna.get("/my/mcp/connect", server="one"))["url"].endswith("/mcp/one")


class Rawed:
    """Clients of this world, whatever its engine."""

    def __init__(self, raw, world: World) -> None:
        self._raw, self._world = raw, world

    def __call__(self, person, path: str, token: str | None = None):
        client = self._raw(person, path, token)
        client.url = self._world.url + path
        return client
