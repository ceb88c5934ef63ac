"""A thousand owners in one collection, whose vectors are nearly the same."""

from __future__ import annotations

import random
from array import array
from pathlib import Path

import pytest

from entourage.stores.vectors import Point, Search, Sparse, Where
from tests.conformance.vectors.opening import DIMENSIONS, opened, point, some_vector

OWNERS, EACH, SEARCHES = 1000, 3, 2000


def _near(number: int) -> Point:
    """All but the same for everybody, with the same terms."""
    chance = random.Random(number)
    dense = array("f", [value + chance.gauss(0, 1e-3) for value in some_vector(1)])
    return Point(point(number).id, dense, Sparse([1, 2], [1.0, 1.0]), {"kind": "fact"})


@pytest.mark.parametrize("is_built", [False, True], ids=["unbuilt", "built"])
async def test_no_search_finds_what_is_anothers(tmp_path: Path, is_built: bool) -> None:
    async with opened("edge", tmp_path) as store:
        store._build_points = OWNERS * EACH // 2 if is_built else 10**9
        await store.ensure("text", DIMENSIONS)
        for owner in range(OWNERS):
            await store.upsert("text", f"o{owner}", [_near(owner * EACH + each) for each in range(EACH)])
        await store.built()
        chance = random.Random(1)
        where = Where(equals={"kind": "fact"})
        for _ in range(SEARCHES // 4):
            owner = chance.randrange(OWNERS)
            mine = {point(owner * EACH + each).id for each in range(EACH)}
            searches = [Search(vector, 10, condition) for vector in _asked() for condition in (None, where)]
            for hits in await store.search("text", f"o{owner}", searches):
                assert {hit.id for hit in hits} == mine


def _asked() -> tuple[array[float], Sparse]:
    return some_vector(1), Sparse([1, 2], [1.0, 1.0])
