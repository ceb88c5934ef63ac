"""The doors of the graph."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from tests.world import Person, World

CONCEPTS = [{"id": one, "kind": "Concept", "name": one.title()} for one in ("alpha", "beta", "gamma", "delta")]
CHAIN = [
    {"source": "alpha", "target": "beta", "type": "DEPENDS_ON"},
    {"source": "gamma", "target": "beta", "type": "USES", "weight": 2.5, "props": {"since": 2020}},
    {"source": "gamma", "target": "delta", "type": "USES"},
]


async def given(person: Person) -> None:
    assert await person.post("/my/graph", {"nodes": CONCEPTS, "edges": CHAIN}, 200) == {"nodes": 4, "edges": 3}


def ids(part: dict[str, Any]) -> list[str]:
    return [node["id"] for node in part["nodes"]]


async def test_nodes_and_edges_are_made_and_looked_at(world: World) -> None:
    ana = await world.person("ana")
    await given(ana)
    beta = await ana.get("/my/graph/nodes/beta")
    assert beta == {"id": "beta", "kind": "Concept", "name": "Beta", "props": {}, "degree": 2}
    part = await ana.get("/my/graph/neighbours", id="beta")
    assert (ids(part), part["truncated"]) == (["beta", "gamma", "alpha"], False)
    assert part["edges"][0] == CHAIN[1]
    assert (
        ids(await ana.get("/my/graph/neighbours", id="gamma", types=["USES"], direction="out", limit=1))[0] == "gamma"
    )
    assert set(ids(await ana.get("/my/graph/subgraph", ids=["alpha"], depth=2))) == {"alpha", "beta", "gamma"}
    assert len(ids(await ana.get("/my/graph/subgraph", limit=5000))) == 4
    assert ids(await ana.get("/my/graph/path", **{"from": "alpha", "to": "delta"})) == [
        "alpha",
        "beta",
        "gamma",
        "delta",
    ]
    stats = await ana.get("/my/graph/stats")
    assert stats == {
        "nodes": 4,
        "edges": 3,
        "kinds": {"Concept": 4},
        "types": {"DEPENDS_ON": 1, "USES": 2},
        "engine": "sql",
    }


async def test_nodes_come_in_pages_and_by_name(world: World) -> None:
    ana = await world.person("ana")
    await given(ana)
    first = await ana.get("/my/graph/nodes", limit=3)
    second = await ana.get("/my/graph/nodes", limit=3, cursor=first["next_cursor"])
    assert [node["id"] for node in first["items"] + second["items"]] == ["alpha", "beta", "delta", "gamma"]
    assert second["next_cursor"] is None
    found = await ana.get("/my/graph/nodes", q="be", kind=["Concept"])
    assert [node["id"] for node in found["items"]] == ["beta"]
    await ana.post("/my/graph", {"nodes": [{"id": f"b{n}", "kind": "Tool", "name": f"Bee {n}"} for n in range(5)]}, 200)
    one = await ana.get("/my/graph/nodes", q="bee", limit=3)
    two = await ana.get("/my/graph/nodes", q="bee", limit=3, cursor=one["next_cursor"])
    assert [node["id"] for node in one["items"] + two["items"]] == [f"b{n}" for n in range(5)]
    assert (await ana.client.get("/my/graph/nodes", params={"cursor": "nonsense"})).status_code == 422


@pytest.mark.parametrize("id", ["a/b/c?d#e", "/etc/passwd", "Москва ☃", "100%", "' OR 1=1 --", "a\nb", "..", "x" * 200])
async def test_any_text_is_an_id(small_world: World, id: str) -> None:
    ana = await small_world.person("ana")
    await ana.post("/my/graph", {"nodes": [{"id": id, "kind": "Concept", "name": "x"}]}, 200)
    assert ids(await ana.get("/my/graph/neighbours", id=id)) == [id]
    path = f"/my/graph/nodes/{quote(id, safe='')}"
    if id != "..":  # clients resolve it before they ask
        assert (await ana.get(path))["id"] == id
        assert (await ana.client.delete(path)).status_code == 204
        assert (await ana.client.delete(path)).status_code == 404


async def test_a_stranger_sees_nothing_and_changes_nothing(world: World) -> None:
    ana, eve = await world.person("ana"), await world.person("eve")
    await given(ana)
    for path in ("/my/graph/nodes/beta", "/my/graph/neighbours?id=beta", "/my/graph/path?from=alpha&to=beta"):
        assert (await eve.client.get(path)).status_code == 404, path
    assert (await eve.client.delete("/my/graph/nodes/beta")).status_code == 404
    assert ids(await eve.get("/my/graph/subgraph", ids=["alpha", "beta"], depth=3)) == []
    assert (await eve.get("/my/graph/nodes", q="beta"))["items"] == []
    await eve.post("/my/graph", {"edges": [{"source": "alpha", "target": "beta", "type": "USES"}]}, 422)
    await eve.post("/my/graph", {"nodes": [{"id": "beta", "kind": "Tool", "name": "Mine"}]}, 200)
    assert (await ana.get("/my/graph/nodes/beta"))["name"] == "Beta"
    assert (await ana.get("/my/graph/stats"))["nodes"] == 4


@pytest.mark.parametrize(
    "params",
    [
        {"depth": 4},
        {"depth": -1},
        {"limit": 5001},
        {"limit": 0},
        {"ids": ["x" * 201]},
        {"ids": [""]},
    ],
)
async def test_too_much_is_not_asked_for(small_world: World, params: dict[str, Any]) -> None:
    ana = await small_world.person("ana")
    assert (await ana.client.get("/my/graph/subgraph", params=params)).status_code == 422


@pytest.mark.parametrize(
    "body",
    [
        {"nodes": [{"id": "a", "kind": "no label", "name": "x"}]},
        {"nodes": [{"id": "a", "kind": "Concept\n", "name": "x"}]},
        {"nodes": [{"id": "", "kind": "Concept", "name": "x"}]},
        {"nodes": [{"id": "a", "kind": "Concept", "name": ""}]},
        {"nodes": [{"id": "a", "kind": "Concept", "name": "x", "owner_id": "me"}]},
        {"nodes": [{"id": "a", "kind": "Concept", "name": "x", "props": {"k": "v" * 20_000}}]},
        {"nodes": [{"id": f"n{n}", "kind": "Concept", "name": "x"} for n in range(1001)]},
        {"edges": [{"source": "a", "target": "b", "type": "USES"}]},
        {"edges": [{"source": "a", "target": "b", "type": "USES", "weight": -1}]},
    ],
)
async def test_what_is_no_graph_is_refused(small_world: World, body: dict[str, Any]) -> None:
    ana = await small_world.person("ana")
    problem = await ana.post("/my/graph", body, 422)
    assert problem["type"] == "/problems/invalid"
    assert (await ana.get("/my/graph/stats"))["nodes"] == 0


async def test_a_body_that_is_too_large_is_refused(small_world: World) -> None:
    ana = await small_world.person("ana")
    nodes = [{"id": f"n{n}", "kind": "Concept", "name": "x", "props": {"k": "v" * 4_000}} for n in range(300)]
    await ana.post("/my/graph", {"nodes": nodes}, 413)
    assert (await ana.client.get("/my/graph/subgraph")).json()["nodes"] == []


async def test_a_path_that_is_not_there_has_no_nodes(small_world: World) -> None:
    ana = await small_world.person("ana")
    await given(ana)
    await ana.post("/my/graph", {"nodes": [{"id": "island", "kind": "Concept", "name": "Island"}]}, 200)
    assert ids(await ana.get("/my/graph/path", **{"from": "alpha", "to": "island"})) == []
    assert (await ana.client.get("/my/graph/path?from=alpha&to=atlantis")).status_code == 404
    assert ids(await ana.get("/my/graph/path", **{"from": "alpha", "to": "delta", "max_hops": 2})) == []


async def test_tables_do_not_speak_cypher_and_say_so(small_world: World) -> None:
    ana = await small_world.person("ana")
    problem = await ana.post("/my/graph/cypher", {"query": "MATCH (n) RETURN n"}, 409)
    assert "ENTOURAGE_GRAPH_URL" in problem["hint"]
