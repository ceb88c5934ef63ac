"""Collections are made, told of, emptied and dropped."""

from __future__ import annotations

import pytest

from entourage.kit.errors import Conflict, Invalid
from entourage.stores.vectors import Search, Vectors
from tests.conformance.vectors.opening import DIMENSIONS, point, some_vector


async def test_making_one_that_is_there_changes_nothing(store: Vectors, collection: str, owner: str) -> None:
    await store.upsert(collection, owner, [point(1)])
    await store.ensure(collection, DIMENSIONS)
    assert await store.count(collection, owner) == 1


async def test_other_dimensions_are_a_conflict(store: Vectors, collection: str) -> None:
    with pytest.raises(Conflict):
        await store.ensure(collection, DIMENSIONS + 1)


async def test_one_that_is_not_there_holds_nothing(store: Vectors, owner: str) -> None:
    assert await store.search("nowhere", owner, [Search(some_vector(1))]) == [[]]
    assert await store.count("nowhere", owner) == 0
    assert await store.ids("nowhere", owner) == []
    assert await store.vectors("nowhere", owner, [point(1).id]) == {}
    await store.delete("nowhere", owner, [point(1).id])
    await store.drop("nowhere")
    await store.rebuild("nowhere")


@pytest.mark.parametrize("name", ["", ".", "..", "../x", "a/b", "A", "a" * 101, "a b"])
async def test_names_that_are_no_folders_are_refused(store: Vectors, name: str, owner: str) -> None:
    with pytest.raises(Invalid):
        await store.ensure(name, DIMENSIONS)
    with pytest.raises(Invalid):
        await store.count(name, owner)


async def test_they_are_told_with_their_size(store: Vectors, collection: str, owner: str, stranger: str) -> None:
    await store.upsert(collection, owner, [point(number) for number in range(3)])
    await store.upsert(collection, stranger, [point(1)])
    (state,) = [each for each in await store.collections() if each.name == collection]
    assert (state.dimensions, state.points) == (DIMENSIONS, 4)


async def test_a_dropped_one_is_gone_and_can_be_made_anew(store: Vectors, collection: str, owner: str) -> None:
    await store.upsert(collection, owner, [point(1)])
    await store.drop(collection)
    assert await store.count(collection, owner) == 0
    assert collection not in {each.name for each in await store.collections()}
    await store.ensure(collection, DIMENSIONS + 8)
    assert await store.count(collection, owner) == 0


async def test_a_rebuilt_one_is_empty_and_can_be_filled(store: Vectors, collection: str, owner: str) -> None:
    await store.upsert(collection, owner, [point(1), point(2)])
    await store.rebuild(collection)
    await store.upsert(collection, owner, [point(3)])
    assert await store.ids(collection, owner) == [point(3).id]


async def test_the_engine_answers(store: Vectors, collection: str) -> None:
    await store.ping()
