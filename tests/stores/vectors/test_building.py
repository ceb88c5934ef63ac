"""An index is built in a copy, while the collection goes on being read and written."""

from __future__ import annotations

import asyncio
import os
import random
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from entourage.stores.vectors import Search, Where
from entourage.stores.vectors.edge.store import EdgeVectors
from tests.conformance.vectors.opening import DIMENSIONS, point, some_vector
from tests.stores.vectors.rig import all_gone


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[EdgeVectors]:
    """One that builds from 200 points."""
    edge = EdgeVectors(tmp_path, build_points=200)
    await edge.ensure("text", DIMENSIONS)
    yield edge
    await edge.close()


async def test_a_new_child_takes_over_with_everything(store: EdgeVectors) -> None:
    await store.upsert("text", "ann", [point(number) for number in range(250)])
    old = store.pids()
    await store.built()
    (state,) = await store.collections()
    assert (state.points, state.indexed) == (250, 250)
    assert not set(old[:1]) & set(store.pids())
    await all_gone(old[:1])
    ((hit,),) = await store.search("text", "ann", [Search(some_vector(77), 1)])
    assert hit.id == point(77).id


async def test_what_changes_meanwhile_is_not_lost(store: EdgeVectors) -> None:
    await store.upsert("text", "ann", [point(number) for number in range(200)])
    assert store.builds() == 1
    await store.upsert("text", "ann", [point(number, kind="new") for number in range(150, 900)])
    await store.delete("text", "ann", [point(number).id for number in range(50)])
    await store.delete("text", "ann", Where(equals={"kind": "new"}))
    await store.upsert("text", "bob", [point(1)])
    await store.built()
    assert set(await store.ids("text", "ann")) == {point(number).id for number in range(50, 150)}
    assert await store.ids("text", "bob") == [point(1).id]


async def test_searches_are_answered_all_the_time(store: EdgeVectors) -> None:
    await store.upsert("text", "ann", [point(number) for number in range(250)])
    answered = 0
    while store.builds():
        ((hit,),) = await store.search("text", "ann", [Search(some_vector(answered % 250), 1)])
        assert hit.id == point(answered % 250).id
        answered += 1
    assert answered


async def test_only_what_counts_stays_on_disk(store: EdgeVectors, tmp_path: Path) -> None:
    for start in range(0, 1000, 250):
        await store.upsert("text", "ann", [point(number) for number in range(start, start + 250)])
        await store.built()
    assert sorted(entry.name for entry in (tmp_path / "text").iterdir())[1:] == ["state.json"]


@pytest.mark.parametrize("which", [0, 1, slice(None)], ids=["serving", "building", "both"])
async def test_a_child_killed_while_building_costs_nothing(store: EdgeVectors, which: int | slice) -> None:
    await store.upsert("text", "ann", [point(number) for number in range(250)])
    pids = store.pids()
    for pid in pids[which] if isinstance(which, slice) else pids[which : which + 1]:
        os.kill(pid, signal.SIGKILL)
    await store.upsert("text", "ann", [point(number) for number in range(250, 300)])
    await store.built()
    assert await store.count("text", "ann") == 300


async def test_writers_and_readers_hold_on_while_collections_are_swapped(store: EdgeVectors) -> None:
    async def write(owner: str) -> None:
        for start in range(0, 600, 60):
            await store.upsert("text", owner, [point(number) for number in range(start, start + 60)])

    async def read(owner: str) -> None:
        chance = random.Random(owner)
        for _ in range(60):
            known = await store.count("text", owner)
            (hits,) = await store.search("text", owner, [Search(some_vector(chance.randrange(max(1, known))), 3)])
            assert len(hits) >= min(known, 3)

    owners = ["ann", "bob", "cid"]
    await asyncio.gather(*map(write, owners), *map(read, owners))
    await store.built()
    assert [await store.count("text", owner) for owner in owners] == [600] * 3
