"""Memory and graph for any MCP client: bundles that everybody has, and catalogue entries that call them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.agents.remembering.talking import indexed, store, texts
from tests.world import World

mcp = pytest.importorskip("mcp")
httpx2 = pytest.importorskip("httpx2")

HERON = "The staging server of our team is called heron."
URL = "/api/v1/mcp/servers"


@pytest.mark.parametrize("mode", ["legacy", "auto"])
async def test_the_sdks_client_stores_and_searches(small_world: World, mode: Any) -> None:
    from mcp.client.streamable_http import streamable_http_client

    anna = await small_world.person("anna")
    async with httpx2.AsyncClient(headers={"authorization": f"Bearer {anna.token}"}, timeout=60) as http:
        transport = streamable_http_client(f"{small_world.url}/mcp/b/memory", http_client=http)
        async with mcp.Client(transport, mode=mode) as client:
            names = [tool.name for tool in (await client.list_tools()).tools]
            assert names == ["memory_forget", "memory_search", "memory_store"]
            assert not (await client.call_tool("memory_store", {"text": HERON})).is_error
            await indexed(anna)
            found = await client.call_tool("memory_search", {"query": "what is the staging server called"})
            assert f"> {HERON}" in found.content[0].text
            assert (await client.list_resources()).resources == []
    assert await texts(anna, "fact") == [HERON]


async def test_the_graph_is_a_place_of_its_own(small_world: World, raw: Any) -> None:
    anna = await small_world.person("anna")
    node = {"id": "concept:heron", "kind": "Concept", "name": "Heron"}
    await anna.post("/my/graph", {"nodes": [node], "edges": []})
    client = raw(anna, "/mcp/b/graph")
    assert [tool["name"] for tool in (await client.result("tools/list"))["tools"]] == ["graph_query"]
    asked = {"name": "graph_query", "arguments": {"action": "search", "node": "heron"}}
    assert "Heron" in (await client.result("tools/call", asked))["content"][0]["text"]


async def test_a_bundle_of_the_same_name_goes_first(small_world: World, raw: Any) -> None:
    anna = await small_world.person("anna")
    await anna.post("/my/mcp-bundles", {"name": "memory", "tools": ["list_files"]}, 201)
    client = raw(anna, "/mcp/b/memory")
    assert [tool["name"] for tool in (await client.result("tools/list"))["tools"]] == ["list_files"]


async def test_entries_call_an_entourage_with_a_key_from_the_vault(small_world: World) -> None:
    anna = await small_world.person("anna", is_admin=True)
    await store(anna, HERON)
    key = (await anna.post("/my/keys", {"name": "memory", "scopes": ["read", "write"]}, 201))["key"]
    values = {"URL": small_world.url, "ENTOURAGE_KEY": key}
    for name, tool in (("qdrant", "memory_search"), ("neo4j", "graph_query")):
        made = await anna.post(URL, {"name": name, "entry": name, "values": values}, 201)
        assert key not in str(made)
        check = await anna.post(f"{URL}/{made['id']}/check", status=200)
        assert check["ok"], check
        names = [one["name"] for one in (await anna.get("/my/tools"))["items"]]
        assert f"{name}.{tool}" in names
    await anna.post("/my/tool-policies", {"subject": "*", "tool": "qdrant.*", "grant": "allow"}, 201)
    asked = {"args": {"query": "what is the staging server called"}}
    assert HERON in (await anna.post("/my/tools/qdrant.memory_search/call", asked, 200))["text"]


async def test_entries_are_in_the_catalogue_with_what_they_need(small_world: World) -> None:
    anna = await small_world.person("anna")
    items = {one["id"]: one for one in (await anna.get("/api/v1/mcp/catalogue"))["items"]}
    for name, path in (("qdrant", "/mcp/b/memory"), ("neo4j", "/mcp/b/graph")):
        assert (items[name]["transport"], items[name]["command"]) == ("http", "")
        assert items[name]["url"] == f"${{URL}}{path}"
        assert [(need["name"], need["secret"]) for need in items[name]["needs"]] == [
            ("URL", False),
            ("ENTOURAGE_KEY", True),
        ]
