"""memory_search, memory_store, memory_forget and graph_query, as programs and agents call them."""

from __future__ import annotations

from typing import Any

from tests.agents.remembering.talking import change_agent, indexed, store, texts
from tests.fakes.llm_server import FakeLLM
from tests.fakes.replies import Call, Reply, say
from tests.world import Person, World

Json = dict[str, Any]

HERON = "The staging server of our team is called heron."


async def called(person: Person, name: str, wait: float | None = None, **args: Any) -> Json:
    body = {"args": args} if wait is None else {"args": args, "wait_seconds": wait}
    return await person.post(f"/my/tools/{name}/call", body, 200)


async def test_what_was_stored_is_found_with_its_source(world: World) -> None:
    anna = await world.person("anna")
    stored = await called(anna, "memory_store", text=HERON)
    assert stored["status"] == "ok"
    await indexed(anna)
    found = await called(anna, "memory_search", query="what is the staging server called")
    assert f"> {HERON}" in found["text"]
    assert found["text"].startswith("[1] fact, ")
    assert "from person" in found["text"]


async def test_storing_twice_keeps_one(world: World) -> None:
    anna = await world.person("anna")
    for _ in range(2):
        await called(anna, "memory_store", text=HERON)
    assert await texts(anna, "fact") == [HERON]


async def test_nothing_is_found_of_what_others_know(world: World) -> None:
    anna, bob = await world.person("anna"), await world.person("bob")
    await store(anna, HERON)
    assert (await called(bob, "memory_search", query=HERON))["text"] == "Nothing is remembered of that."


async def test_a_kind_narrows_the_search(world: World) -> None:
    anna = await world.person("anna")
    await store(anna, HERON)
    await store(anna, "Runbook: the staging server heron is restarted on Sundays.", kind="document")
    found = await called(anna, "memory_search", query="staging server heron", kind="document")
    assert "Runbook" in found["text"]
    assert HERON not in found["text"]


async def test_forgetting_waits_for_the_person(world: World) -> None:
    anna = await world.person("anna")
    stored = await store(anna, HERON)
    asked = await called(anna, "memory_forget", wait=0, ids=[stored["id"]])
    assert asked["status"] == "waiting"
    assert await texts(anna, "fact") == [HERON]
    [waiting] = (await anna.get("/my/approvals", status="pending"))["items"]
    assert waiting["tool"] == "memory_forget"
    await anna.post(f"/my/approvals/{waiting['id']}/decide", {"decision": "approve"}, 200)
    assert (await called(anna, "memory_forget", wait=0, ids=[stored["id"]]))["text"] == "Forgot 1."
    assert await texts(anna, "fact") == []


async def test_forgetting_needs_one_way_to_say_what(world: World) -> None:
    anna = await world.person("anna")
    policy = {"subject": "*", "tool": "memory_forget", "grant": "allow"}
    await anna.post("/my/tool-policies", policy, 201)
    assert (await called(anna, "memory_forget"))["status"] == "failed"
    forgot = await called(anna, "memory_forget", query="nothing like this was ever said")
    assert forgot["text"] == "Nothing that is remembered fits that."


async def test_an_agents_search_ends_where_its_memory_ends(small_world: World, fake_llm: FakeLLM) -> None:
    anna = await small_world.person("anna")
    await anna.connect(fake_llm.openai_url, ["fake-1"])
    await store(anna, HERON)
    looks = Reply(calls=(Call("memory_search", {"query": "what is the staging server of our team called"}),))
    fake_llm.play(lambda c: say(c.results[-1].text) if c.results else looks)
    for scope, is_found in (("all", True), ("own", False), ("none", False)):
        await change_agent(anna, "coder", memory=scope)
        reply = (await anna.say(await anna.chat(), "@coder Please look that up for me."))["reply"]
        [made] = [part for part in reply["parts"] if part["type"] == "tool_call"]
        assert (HERON in str(made["result"])) == is_found, scope
        assert (made["status"] == "denied") == (scope == "none")


async def graph_of(person: Person) -> None:
    nodes = [{"id": f"concept:{name}", "kind": "Concept", "name": name.title()} for name in ("heron", "yard", "crane")]
    edges = [
        {"source": "concept:heron", "target": "concept:yard", "type": "PART_OF"},
        {"source": "concept:yard", "target": "concept:crane", "type": "CONTAINS"},
    ]
    answer = await person.client.post("/my/graph", json={"nodes": nodes, "edges": edges})
    assert answer.is_success, answer.text


async def test_the_graph_is_asked_by_name(world: World) -> None:
    anna, bob = await world.person("anna"), await world.person("bob")
    await graph_of(anna)
    found = await called(anna, "graph_query", action="search", node="heron")
    assert "Concept 'Heron' (id concept:heron" in found["text"]
    near = await called(anna, "graph_query", action="neighbours", node="yard")
    assert "Concept 'Heron' -[PART_OF]-> Concept 'Yard'" in near["text"]
    assert "Concept 'Yard' -[CONTAINS]-> Concept 'Crane'" in near["text"]
    way = await called(anna, "graph_query", action="path", node="Heron", to="Crane")
    assert way["text"].count("]->") == 2
    assert (await called(bob, "graph_query", action="neighbours", node="yard"))["status"] == "failed"


async def test_the_graph_says_what_it_lacks(world: World) -> None:
    anna = await world.person("anna")
    await graph_of(anna)
    assert (await called(anna, "graph_query", action="path", node="heron"))["status"] == "failed"
    assert "no node 'Nobody'" in (await called(anna, "graph_query", action="neighbours", node="Nobody"))["text"]
    assert "No node" in (await called(anna, "graph_query", action="search", node="zebra"))["text"]
