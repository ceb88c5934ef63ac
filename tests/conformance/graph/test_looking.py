"""Neighbours, surroundings, paths, pages and search."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from entourage.kit.ids import new_id
from entourage.stores.graph.base import Edge, Graph, Node
from tests.conformance.graph.conftest import Mine, edges_of, ids_of


async def test_neighbours_by_direction_and_type(mine: Mine) -> None:
    await mine.put(("a", "USES", "b"), ("c", "USES", "a"), ("a", "CREATED", "d"), ("b", "USES", "d"))

    async def found(**how: object) -> set[str]:
        part = await mine.store.neighbours(mine.owner, "a", **{"limit": 10, **how})  # type: ignore[arg-type]
        assert part.nodes[0].id == "a"
        return set(ids_of(part)[1:])

    assert await found() == {"b", "c", "d"}
    assert await found(direction="out") == {"b", "d"}
    assert await found(direction="in") == {"c"}
    assert await found(types=["CREATED"]) == {"d"}
    assert await found(types=["USES", "CREATED"], direction="out") == {"b", "d"}
    assert await found(types=["NEVER"]) == set()


async def test_neighbours_come_heaviest_first_and_say_when_there_are_more(mine: Mine) -> None:
    nodes = [Node("hub", "Concept", "hub"), *(Node(f"n{number}", "Concept", "x") for number in range(20))]
    edges = [Edge("hub", f"n{number}", "USES", weight=number) for number in range(20)]
    await mine.store.upsert(mine.owner, nodes, edges)
    part = await mine.store.neighbours(mine.owner, "hub", limit=3)
    assert (ids_of(part), part.truncated) == (["hub", "n19", "n18", "n17"], True)
    assert edges_of(part) == {("hub", "USES", f"n{number}") for number in (17, 18, 19)}
    assert not (await mine.store.neighbours(mine.owner, "hub", limit=20)).truncated


async def test_what_is_not_there_has_no_neighbours(mine: Mine) -> None:
    assert ids_of(await mine.store.neighbours(mine.owner, "nowhere", limit=5)) == []
    assert ids_of(await mine.around("nowhere")) == []
    assert await mine.store.edges(mine.owner, ["nowhere"], limit=5) == []


async def test_surroundings_by_depth_with_every_edge_between(mine: Mine) -> None:
    await mine.put(
        ("a", "USES", "b"), ("b", "USES", "c"), ("c", "USES", "d"), ("d", "USES", "e"), ("c", "CREATED", "b")
    )
    assert set(ids_of(await mine.around("a", depth=0))) == {"a"}
    assert set(ids_of(await mine.around("a", depth=1))) == {"a", "b"}
    two = await mine.around("a", depth=2)
    assert set(ids_of(two)) == {"a", "b", "c"}
    assert edges_of(two) == {("a", "USES", "b"), ("b", "USES", "c"), ("c", "CREATED", "b")}
    assert set(ids_of(await mine.around("a", depth=3))) == {"a", "b", "c", "d"}
    assert set(ids_of(await mine.around("a", "e", depth=1))) == {"a", "b", "d", "e"}


async def test_a_circle_ends(mine: Mine) -> None:
    await mine.put(("a", "USES", "b"), ("b", "USES", "c"), ("c", "USES", "a"), ("a", "USES", "a"))
    assert set(ids_of(await mine.around("a", depth=3))) == {"a", "b", "c"}
    assert await mine.path("a", "c") == ["a", "c"]


async def test_surroundings_are_no_larger_than_asked(mine: Mine) -> None:
    await mine.put(*[("hub", "USES", f"n{number}") for number in range(30)])
    part = await mine.around("hub", limit=10)
    assert (len(part.nodes), part.truncated, part.nodes[0].id) == (10, True, "hub")
    assert all(edge.source == "hub" and edge.target in ids_of(part) for edge in part.edges)
    assert len(part.edges) == 9
    assert not (await mine.around("hub", limit=31)).truncated


async def test_the_best_connected_when_nothing_is_named(mine: Mine) -> None:
    await mine.put(("a", "USES", "hub"), ("b", "USES", "hub"), ("c", "USES", "hub"), ("a", "USES", "b"))
    part = await mine.around(limit=3)
    assert (ids_of(part)[0], set(ids_of(part)), part.truncated) == ("hub", {"hub", "a", "b"}, True)
    assert edges_of(part) == {("a", "USES", "hub"), ("b", "USES", "hub"), ("a", "USES", "b")}


async def test_a_path_whatever_the_direction_of_its_edges(mine: Mine) -> None:
    await mine.put(("a", "USES", "b"), ("c", "USES", "b"), ("c", "CREATED", "d"), ("x", "USES", "y"))
    whole = await mine.store.path(mine.owner, "a", "d", max_hops=8)
    assert whole is not None
    assert ids_of(whole) == ["a", "b", "c", "d"]
    assert edges_of(whole) == {("a", "USES", "b"), ("c", "USES", "b"), ("c", "CREATED", "d")}
    assert await mine.path("d", "a") == ["d", "c", "b", "a"]
    assert await mine.path("a", "a") == ["a"]
    assert await mine.path("a", "x") is None
    assert await mine.path("a", "nowhere") is None
    assert await mine.path("nowhere", "nowhere") is None
    assert await mine.path("a", "d", max_hops=2) is None
    assert await mine.path("a", "d", max_hops=3) == ["a", "b", "c", "d"]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    pairs=st.lists(st.tuples(st.integers(0, 14), st.integers(0, 14)), min_size=1, max_size=30),
    ends=st.tuples(st.integers(0, 14), st.integers(0, 14)),
)
async def test_paths_are_as_short_as_they_can_be(
    store: Graph, pairs: list[tuple[int, int]], ends: tuple[int, int]
) -> None:
    mine = Mine(store, new_id())
    await mine.put(*[(str(one), "USES", str(other)) for one, other in pairs])
    path = await mine.path(str(ends[0]), str(ends[1]))
    await store.drop_owner(mine.owner)
    assert (None if path is None else len(path) - 1) == _distance(pairs, *ends)
    linked = {frozenset(map(str, pair)) for pair in pairs}
    assert path is None or all(frozenset(step) in linked for step in pairwise(path))


def _distance(pairs: list[tuple[int, int]], start: int, end: int) -> int | None:
    known = {node for pair in pairs for node in pair}
    if start not in known or end not in known:
        return None
    reached, ring, hops = {start}, {start}, 0
    while ring:
        if end in ring:
            return hops if hops <= 8 else None
        ring = {b if a in ring else a for a, b in pairs if (a in ring) != (b in ring)} - reached
        reached |= ring
        hops += 1
    return None


async def test_pages_go_by_id(mine: Mine) -> None:
    ids = ["Z", "a", "b", "É", "東"]
    kinds = ["Tool", "Concept", "Tool", "Concept", "Tool"]
    nodes = [Node(one, kind, one) for one, kind in zip(ids, kinds, strict=True)]
    await mine.store.upsert(mine.owner, nodes[::-1], [])
    assert await mine.store.page(mine.owner, after=None, limit=3) == nodes[:3]
    assert await mine.store.page(mine.owner, after="b", limit=3) == nodes[3:]
    assert await mine.store.page(mine.owner, kinds=["Tool"], after="Z", limit=5) == [nodes[2], nodes[4]]


async def test_names_are_found_by_the_beginnings_of_their_words(mine: Mine) -> None:
    names = [
        "Qdrant Edge",
        "Edge computing",
        "Ponte São João",
        "Красная площадь",
        "parseConfigFile",
        "read_file",
        "C++",
    ]
    nodes = [Node(f"n{number}", "Concept", name) for number, name in enumerate(names)]
    await mine.store.upsert(mine.owner, [*nodes, Node("t", "Tool", "Edge")], [Edge("n1", "n0", "USES")])
    assert await mine.names("edge") == ["Edge", "Qdrant Edge", "Edge computing"]
    assert await mine.names("EDGE qd") == ["Qdrant Edge"]
    assert await mine.names("sao joa") == ["Ponte São João"]
    assert await mine.names("красн") == ["Красная площадь"]
    assert await mine.names("config") == ["parseConfigFile"]
    assert await mine.names("parseconf") == ["parseConfigFile"]
    assert await mine.names("file") == ["parseConfigFile", "read_file"]
    assert await mine.names("c++") == ["C++", "Edge computing", "parseConfigFile"]
    assert await mine.names("dge") == []
    assert await mine.names("edge", kinds=["Tool"]) == ["Edge"]
    assert await mine.names("edge", limit=1, offset=1) == ["Qdrant Edge"]
    assert await mine.names("") == []
    assert await mine.names("* OR (") == []


async def test_a_new_name_is_found_and_the_old_one_is_not(mine: Mine) -> None:
    await mine.store.upsert(mine.owner, [Node("a", "Concept", "before")], [])
    await mine.store.upsert(mine.owner, [Node("a", "Concept", "after")], [])
    assert (await mine.names("before"), await mine.names("after")) == ([], ["after"])


async def test_another_persons_graph_is_not_there(mine: Mine, theirs: Mine) -> None:
    await mine.put(("a", "USES", "b"), ("b", "USES", "mine-only"))
    await theirs.put(("a", "CREATED", "secret"), ("secret", "USES", "b"))
    for depth in (1, 2, 3):
        assert "secret" not in ids_of(await mine.around("a", depth=depth))
    assert ids_of(await mine.store.neighbours(mine.owner, "secret", limit=5)) == []
    assert "secret" not in ids_of(await mine.around())
    assert await mine.path("a", "secret") is None
    assert await mine.names("secret") == []
    assert await mine.store.edges(mine.owner, ["a", "b", "secret"], types=["CREATED"], limit=9) == []
    assert [node.id for node in await mine.store.page(mine.owner, after=None, limit=9)] == ["a", "b", "mine-only"]
    assert await mine.store.delete(mine.owner, ["secret", "a"]) == 1
    assert edges_of(await theirs.around("a")) == {("a", "CREATED", "secret")}
    assert (await theirs.store.counts(theirs.owner)).nodes == 3
    await mine.store.drop_owner(mine.owner)
    assert (await theirs.store.counts(theirs.owner)).edges == 2
