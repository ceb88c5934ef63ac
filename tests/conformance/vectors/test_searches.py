"""Searches by vector and by terms, alone and together, with conditions."""

from __future__ import annotations

import math

import pytest

from entourage.stores.vectors import Search, Sparse, Vectors, Where
from tests.conformance.vectors.opening import point, some_vector, vector


async def test_the_nearest_come_first(store: Vectors, collection: str, owner: str) -> None:
    near = [point(number, dense=vector(1, number / 10)) for number in range(20)]
    await store.upsert(collection, owner, near)
    (hits,) = await store.search(collection, owner, [Search(vector(2), limit=5)])
    assert [hit.id for hit in hits] == [each.id for each in near[:5]]
    cosines = [1 / math.hypot(1, number / 10) for number in range(5)]
    assert [hit.score for hit in hits] == pytest.approx(cosines, abs=1e-5)


async def test_rare_terms_weigh_more_than_common_ones(store: Vectors, collection: str, owner: str) -> None:
    common = [point(number, [1]) for number in range(20)]
    await store.upsert(collection, owner, [*common, point(100, [2]), point(101, [3], dense=vector(1))])
    (hits,) = await store.search(collection, owner, [Search(Sparse([1, 2], [1, 1]), limit=50)])
    assert hits[0].id == point(100).id
    assert {hit.id for hit in hits[1:]} == {each.id for each in common}
    assert hits[0].score > hits[1].score > 0


async def test_rareness_is_what_it_is_among_the_owners_own_points(
    store: Vectors, collection: str, owner: str, stranger: str
) -> None:
    await store.upsert(collection, owner, [point(1, [1]), point(2, [2])])
    before = await store.search(collection, owner, [Search(Sparse([1], [1]))])
    await store.upsert(collection, stranger, [point(number, [1]) for number in range(50)])
    assert await store.search(collection, owner, [Search(Sparse([1], [1]))]) == before


async def test_weights_of_terms_count(store: Vectors, collection: str, owner: str) -> None:
    from entourage.stores.vectors import Point

    weighty = Point(point(1).id, some_vector(1), Sparse([7, 9], [3.0, 0.5]))
    await store.upsert(collection, owner, [weighty, point(2, [7]), point(3, [8])])
    (hits,) = await store.search(collection, owner, [Search(Sparse([7], [2.0]))])
    assert [hit.id for hit in hits] == [point(1).id, point(2).id]
    assert hits[0].score == pytest.approx(3 * hits[1].score, rel=1e-4)


async def test_vector_and_terms_are_answered_in_one_visit(store: Vectors, collection: str, owner: str) -> None:
    await store.upsert(collection, owner, [point(number, [number]) for number in range(10)])
    dense, sparse, none = await store.search(
        collection, owner, [Search(some_vector(3), 1), Search(Sparse([4], [1]), 3), Search(Sparse([99], [1]), 3)]
    )
    assert [hit.id for hit in dense] == [point(3).id]
    assert [hit.id for hit in sparse] == [point(4).id]
    assert none == []


async def test_order_of_terms_does_not_matter(store: Vectors, collection: str, owner: str) -> None:
    await store.upsert(collection, owner, [point(1, [900, 3, 4_000_000_000, 77]), point(2, [5])])
    (hits,) = await store.search(collection, owner, [Search(Sparse([4_000_000_000, 3], [1, 1]))])
    assert [hit.id for hit in hits] == [point(1).id]


SOME = [
    point(0, kind="fact", agent="a", tags=["x"], created_ms=10),
    point(1, kind="fact", agent="b", tags=["x", "y"], created_ms=20),
    point(2, kind="document", agent="a", tags=["y"], created_ms=30),
    point(3, kind="document", created_ms=40),
]


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        (Where(), {0, 1, 2, 3}),
        (Where(equals={"kind": "fact"}), {0, 1}),
        (Where(equals={"kind": "fact", "agent": "a"}), {0}),
        (Where(equals={"agent": ["a", "b"]}), {0, 1, 2}),
        (Where(equals={"tags": "x"}), {0, 1}),
        (Where(equals={"tags": ["x", "y"]}), {0, 1, 2}),
        (Where(not_equals={"tags": "x"}), {2, 3}),
        (Where(not_equals={"kind": "fact", "agent": "a"}), {3}),
        (Where(not_equals={"agent": ["a", "b"]}), {3}),
        (Where(between={"created_ms": (20, 30)}), {1, 2}),
        (Where(between={"created_ms": (21, None)}), {2, 3}),
        (Where(between={"created_ms": (None, 20)}), {0, 1}),
        (Where(equals={"kind": "fact"}, not_equals={"agent": "b"}, between={"created_ms": (None, 25)}), {0}),
        (Where(equals={"kind": "nothing"}), set()),
        (Where(equals={"agent": []}), set()),
    ],
)
async def test_conditions_hold_for_searches_counts_and_removals(
    store: Vectors, collection: str, owner: str, where: Where, expected: set[int]
) -> None:
    await store.upsert(collection, owner, SOME)
    ids = {SOME[number].id for number in expected}
    (hits,) = await store.search(collection, owner, [Search(some_vector(9), 10, where)])
    assert {hit.id for hit in hits} == ids
    assert await store.count(collection, owner, where) == len(ids)
    await store.delete(collection, owner, where)
    assert set(await store.ids(collection, owner)) == {each.id for each in SOME} - ids


async def test_conditions_hold_for_terms(store: Vectors, collection: str, owner: str) -> None:
    await store.upsert(collection, owner, [point(number, [7], kind=f"k{number % 3}") for number in range(9)])
    (hits,) = await store.search(collection, owner, [Search(Sparse([7], [1]), 10, Where(equals={"kind": "k1"}))])
    assert {hit.id for hit in hits} == {point(1).id, point(4).id, point(7).id}
