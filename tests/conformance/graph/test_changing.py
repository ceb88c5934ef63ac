"""Nodes and edges are made, replaced and removed."""

from __future__ import annotations

import asyncio

import pytest

from entourage.kit.errors import Invalid
from entourage.stores.graph.base import Counts, Edge, EdgeKey, Graph, Node
from tests.conformance.graph.conftest import Mine, edges_of, ids_of

PROPS = {
    "text": "naïve ☃ \"quoted\" 'single' \\ back",
    "number": 3,
    "large": 2**70,
    "share": 0.25,
    "yes": True,
    "nothing": None,
    "list": [1, "two", [3]],
    "map": {"deep": {"er": []}},
    "owner": "somebody else",
    "id": "another",
}


async def test_a_node_comes_back_as_it_was_given(mine: Mine) -> None:
    node = Node("concept:x", "Concept", "Ångström x Москва 東京", PROPS)
    await mine.store.upsert(mine.owner, [node], [])
    assert await mine.store.nodes(mine.owner, ["concept:x", "concept:y"]) == [node]


async def test_an_edge_comes_back_as_it_was_given(mine: Mine) -> None:
    edge = Edge("a", "b", "RELATES_TO", 0.5, PROPS)
    await mine.store.upsert(mine.owner, [Node("a", "Concept", "A"), Node("b", "Tool", "B")], [edge])
    assert await mine.store.edges(mine.owner, ["a"], limit=10) == [edge]


async def test_to_do_it_again_changes_nothing_and_another_time_replaces(mine: Mine) -> None:
    for _ in range(2):
        await mine.put(("a", "USES", "b"))
    changed = Node("a", "Tool", "Renamed", {"k": 1})
    await mine.store.upsert(mine.owner, [changed], [Edge("a", "b", "USES", 2.0, {"n": 1})])
    assert await mine.store.counts(mine.owner) == Counts(2, 1, {"Concept": 1, "Tool": 1}, {"USES": 1})
    found = (await mine.store.nodes(mine.owner, ["a"]))[0]
    assert (found.kind, found.name, found.props, found.degree) == ("Tool", "Renamed", {"k": 1}, 1)
    assert (await mine.store.edges(mine.owner, ["b"], limit=5)) == [Edge("a", "b", "USES", 2.0, {"n": 1})]


async def test_nodes_between_which_there_are_edges_of_several_types(mine: Mine) -> None:
    await mine.put(("a", "USES", "b"), ("a", "CREATED", "b"), ("b", "USES", "a"))
    assert edges_of(await mine.around("a")) == {("a", "USES", "b"), ("a", "CREATED", "b"), ("b", "USES", "a")}
    assert [node.degree for node in await mine.store.nodes(mine.owner, ["a", "b"])] == [3, 3]


async def test_an_edge_without_an_end_is_refused_and_nothing_is_changed(mine: Mine) -> None:
    with pytest.raises(Invalid, match="nowhere"):
        await mine.store.upsert(mine.owner, [Node("a", "Concept", "A")], [Edge("a", "nowhere", "USES")])
    assert (await mine.store.counts(mine.owner)).nodes == 0


async def test_an_edge_to_a_node_that_was_there_before(mine: Mine) -> None:
    await mine.put(("a", "USES", "b"))
    await mine.store.upsert(mine.owner, [Node("c", "Concept", "C")], [Edge("c", "a", "USES")])
    assert set(ids_of(await mine.around("a"))) == {"a", "b", "c"}


@pytest.mark.parametrize(
    ("nodes", "edges"),
    [
        ([Node("", "Concept", "x")], []),
        ([Node("x" * 201, "Concept", "x")], []),
        ([Node("nul\x00", "Concept", "x")], []),
        ([Node("\ud800", "Concept", "x")], []),
        ([Node("x", "not a label", "x")], []),
        ([Node("x", "`) DETACH DELETE n //", "x")], []),
        ([Node("x", "Concept\n", "x")], []),
        ([Node("x", "Concept", "")], []),
        ([Node("x", "Concept", "x" * 301)], []),
        ([Node("x", "Concept", "x")], [Edge("x", "x", "NO-TYPE")]),
    ],
)
async def test_what_no_engine_can_hold_is_refused(mine: Mine, nodes: list[Node], edges: list[Edge]) -> None:
    with pytest.raises(Invalid):
        await mine.store.upsert(mine.owner, nodes, edges)


@pytest.mark.parametrize("id", ["a/b?c=d#e%20", "☃", "x" * 200, "東" * 200, "' OR 1=1 --", "`{}[]$", "a\nb", "\u202e"])
async def test_any_text_is_an_id(mine: Mine, id: str) -> None:
    await mine.put((id, "USES", "b"))
    assert ids_of(await mine.around(id)) == [id, "b"]
    assert await mine.path(id, "b") == [id, "b"]
    assert await mine.store.delete(mine.owner, [id]) == 1


async def test_text_that_engines_refuse_is_kept_without_it(mine: Mine) -> None:
    await mine.store.upsert(mine.owner, [Node("a", "Concept", "nul\x00 \ud800", {"k": "a\x00b"})], [])
    found = (await mine.store.nodes(mine.owner, ["a"]))[0]
    assert found.name == "nul\ufffd \ufffd"
    assert "\x00" not in found.props["k"]


async def test_removed_nodes_take_their_edges_with_them(mine: Mine) -> None:
    await mine.put(("a", "USES", "hub"), ("b", "USES", "hub"), ("a", "USES", "b"), ("hub", "USES", "hub"))
    assert await mine.store.delete(mine.owner, ["hub", "never-there"]) == 1
    assert await mine.store.counts(mine.owner) == Counts(2, 1, {"Concept": 2}, {"USES": 1})
    assert [node.degree for node in await mine.store.nodes(mine.owner, ["a", "b"])] == [1, 1]
    assert await mine.names("hub") == []


async def test_single_edges_are_removed(mine: Mine) -> None:
    await mine.put(("a", "USES", "b"), ("a", "CREATED", "b"))
    gone = [EdgeKey("a", "b", "USES"), EdgeKey("b", "a", "CREATED"), EdgeKey("x", "y", "USES")]
    assert await mine.store.delete(mine.owner, [], gone) == 0
    assert edges_of(await mine.around("a")) == {("a", "CREATED", "b")}
    assert [node.degree for node in await mine.store.nodes(mine.owner, ["a", "b"])] == [1, 1]


async def test_an_edge_from_a_node_to_itself_is_one(mine: Mine) -> None:
    await mine.put(("a", "USES", "a"))
    around = await mine.around("a")
    assert (ids_of(around), edges_of(around), around.nodes[0].degree) == (["a"], {("a", "USES", "a")}, 1)


async def test_many_at_once(mine: Mine) -> None:
    nodes = [Node(f"n{number:04}", "Concept", f"Name {number}") for number in range(2_000)]
    edges = [Edge(f"n{number:04}", f"n{(number * 7) % 2_000:04}", "USES") for number in range(2_000)]
    await mine.store.upsert(mine.owner, nodes, edges)
    counts = await mine.store.counts(mine.owner)
    assert (counts.nodes, counts.edges) == (2_000, 2_000)


async def test_two_who_write_the_same_at_once_both_succeed(mine: Mine, store: Graph) -> None:
    async def write(number: int) -> None:
        await mine.put(*[(f"n{other}", "USES", "hub") for other in range(number, number + 6)])

    await asyncio.gather(*(write(number) for number in range(8)))
    hub = (await store.nodes(mine.owner, ["hub"]))[0]
    assert hub.degree == (await store.counts(mine.owner)).edges == 13
