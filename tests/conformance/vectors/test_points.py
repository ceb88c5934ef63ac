"""Points are written, read and removed the same on every engine."""

from __future__ import annotations

import pytest

from entourage.kit.errors import Invalid, NotFound
from entourage.stores.vectors import Point, Search, Sparse, Vectors, Where
from tests.conformance.vectors.opening import any_id, point, some_vector, vector


async def test_a_point_is_found_as_soon_as_it_is_written(store: Vectors, collection: str, owner: str) -> None:
    await store.upsert(collection, owner, [point(1, kind="fact", tags=["a", "b"], created_ms=7)])
    ((hit,),) = await store.search(collection, owner, [Search(some_vector(1))])
    assert hit.id == point(1).id
    assert hit.score == pytest.approx(1, abs=1e-5)
    assert hit.payload == {"kind": "fact", "tags": ["a", "b"], "created_ms": 7}


async def test_writing_again_replaces_vector_terms_and_payload(store: Vectors, collection: str, owner: str) -> None:
    await store.upsert(collection, owner, [point(1, [5], kind="fact", source="x")])
    await store.upsert(collection, owner, [point(1, [6], vector(1), kind="document")])
    dense, old, new = await store.search(
        collection, owner, [Search(vector(1)), Search(Sparse([5], [1])), Search(Sparse([6], [1]))]
    )
    assert await store.count(collection, owner) == 1
    assert [hit.payload for hit in dense] == [{"kind": "document"}]
    assert dense[0].score == pytest.approx(1, abs=1e-5)
    assert [hit.id for hit in new] == [point(1).id]
    assert old == []


async def test_many_points_at_once_are_all_there(store: Vectors, collection: str, owner: str) -> None:
    points = [point(number) for number in range(500)]
    await store.upsert(collection, owner, points)
    await store.upsert(collection, owner, points[:250])
    assert await store.count(collection, owner) == 500
    assert set(await store.ids(collection, owner)) == {each.id for each in points}


async def test_nothing_is_written_for_nothing(store: Vectors, collection: str, owner: str) -> None:
    await store.upsert(collection, owner, [])
    await store.delete(collection, owner, [])
    assert await store.search(collection, owner, []) == []
    assert await store.vectors(collection, owner, []) == {}
    assert await store.count(collection, owner) == 0


async def test_vectors_come_back_at_unit_length(store: Vectors, collection: str, owner: str) -> None:
    await store.upsert(collection, owner, [point(1, dense=vector(3, 4)), point(2)])
    found = await store.vectors(collection, owner, [point(1).id, any_id()])
    assert list(found) == [point(1).id]
    assert list(found[point(1).id]) == pytest.approx([0.6, 0.8, 0, 0, 0, 0, 0, 0], abs=1e-6)


async def test_ids_are_given_in_pages_without_gap_or_double(store: Vectors, collection: str, owner: str) -> None:
    points = [point(number) for number in range(25)]
    await store.upsert(collection, owner, points)
    seen: list[str] = []
    while page := await store.ids(collection, owner, seen[-1] if seen else None, 10):
        seen += page
    assert sorted(seen) == sorted(each.id for each in points)


async def test_a_page_follows_an_id_that_is_gone(store: Vectors, collection: str, owner: str) -> None:
    await store.upsert(collection, owner, [point(number) for number in range(9)])
    first, *rest = await store.ids(collection, owner)
    await store.delete(collection, owner, [first])
    assert await store.ids(collection, owner, first) == rest


async def test_points_are_removed_by_id_and_by_condition(store: Vectors, collection: str, owner: str) -> None:
    kinds = ["fact", "document"]
    await store.upsert(collection, owner, [point(number, kind=kinds[number % 2]) for number in range(10)])
    await store.delete(collection, owner, [point(0).id, point(2).id, any_id()])
    assert await store.count(collection, owner) == 8
    await store.delete(collection, owner, Where(equals={"kind": "document"}))
    assert set(await store.ids(collection, owner)) == {point(4).id, point(6).id, point(8).id}


async def test_removed_points_are_found_no_more(store: Vectors, collection: str, owner: str) -> None:
    await store.upsert(collection, owner, [point(1, [5]), point(2, [5])])
    await store.delete(collection, owner, [point(1).id])
    dense, sparse = await store.search(collection, owner, [Search(some_vector(1)), Search(Sparse([5], [1]))])
    assert {hit.id for hit in dense} == {hit.id for hit in sparse} == {point(2).id}
    assert await store.vectors(collection, owner, [point(1).id]) == {}


async def test_texts_of_every_script_and_length_come_back(store: Vectors, collection: str, owner: str) -> None:
    payload = {"source": "документ 📄\u0000 \"'", "document": "я" * 32_000, "tags": ["", "é", "e\u0301"]}
    await store.upsert(collection, owner, [Point(point(1).id, some_vector(1), None, payload)])
    ((hit,),) = await store.search(collection, owner, [Search(some_vector(1))])
    assert hit.payload == payload


@pytest.mark.parametrize(
    "wrong",
    [
        Point("not-an-id", vector(1)),
        Point(any_id(), vector(float("nan"))),
        Point(any_id(), vector(float("inf"))),
        Point(any_id(), vector(1, dimensions=7)),
        Point(any_id(), vector(1), Sparse([1, 1], [1, 1])),
        Point(any_id(), vector(1), Sparse([1], [1, 1])),
        Point(any_id(), vector(1), Sparse([-1], [1])),
    ],
)
async def test_what_cannot_be_kept_is_refused(store: Vectors, collection: str, owner: str, wrong: Point) -> None:
    with pytest.raises(Invalid):
        await store.upsert(collection, owner, [wrong])
    assert await store.count(collection, owner) == 0


@pytest.mark.parametrize("limit", [0, -1, 10_001])
async def test_a_search_for_no_or_too_many_hits_is_refused(
    store: Vectors, collection: str, owner: str, limit: int
) -> None:
    with pytest.raises(Invalid):
        await store.search(collection, owner, [Search(vector(1), limit)])


async def test_writing_without_the_collection_is_refused(store: Vectors, owner: str) -> None:
    with pytest.raises(NotFound):
        await store.upsert("nowhere", owner, [point(1)])
