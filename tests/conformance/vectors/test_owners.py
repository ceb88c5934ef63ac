"""Nobody sees, changes or removes what is another's, whatever they ask for."""

from __future__ import annotations

from entourage.stores.vectors import Point, Search, Sparse, Vectors, Where
from tests.conformance.vectors.opening import any_id, point, some_vector


async def test_a_stranger_sees_nothing(store: Vectors, collection: str, owner: str, stranger: str) -> None:
    await store.upsert(collection, owner, [point(1, [5], kind="fact")])
    everything = [Search(some_vector(1)), Search(Sparse([5], [1])), Search(some_vector(1), 10, Where())]
    assert await store.search(collection, stranger, everything) == [[], [], []]
    assert await store.vectors(collection, stranger, [point(1).id]) == {}
    assert await store.ids(collection, stranger) == []
    assert await store.count(collection, stranger) == 0
    assert await store.count(collection, None) == 1


async def test_a_condition_cannot_ask_for_another_owner(
    store: Vectors, collection: str, owner: str, stranger: str
) -> None:
    await store.upsert(collection, owner, [point(1)])
    where = Where(equals={"owner": [owner, stranger]})
    assert await store.search(collection, stranger, [Search(some_vector(1), 10, where)]) == [[]]
    await store.delete(collection, stranger, where)
    assert await store.count(collection, owner) == 1


async def test_a_payload_cannot_claim_another_owner(store: Vectors, collection: str, owner: str, stranger: str) -> None:
    claimed = Point(any_id(), some_vector(1), None, {"owner": owner, "id": point(9).id})
    await store.upsert(collection, stranger, [claimed])
    assert await store.search(collection, owner, [Search(some_vector(1))]) == [[]]
    ((hit,),) = await store.search(collection, stranger, [Search(some_vector(1))])
    assert hit.id == claimed.id


async def test_the_same_id_of_another_owner_is_another_point(
    store: Vectors, collection: str, owner: str, stranger: str
) -> None:
    await store.upsert(collection, owner, [point(1, kind="mine")])
    await store.upsert(collection, stranger, [point(1, kind="theirs")])
    await store.delete(collection, stranger, [point(1).id])
    ((hit,),) = await store.search(collection, owner, [Search(some_vector(1))])
    assert (hit.id, hit.payload) == (point(1).id, {"kind": "mine"})
    assert await store.count(collection, stranger) == 0


async def test_removing_all_removes_only_ones_own(store: Vectors, collection: str, owner: str, stranger: str) -> None:
    await store.upsert(collection, owner, [point(number) for number in range(5)])
    await store.upsert(collection, stranger, [point(number) for number in range(5)])
    await store.delete(collection, stranger, Where())
    assert (await store.count(collection, owner), await store.count(collection, stranger)) == (5, 0)
