"""Vectors are an index of the rows: one that is gone or broken is made again, and what was remembered is found."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.agents.control.test_restarts import again
from tests.memory.remembering import remember, search, settled
from tests.memory.test_embedders import until
from tests.world import Person, open_world

FACT = "The spare key lies under the third flower pot."


def lose(folder: Path) -> None:
    shutil.rmtree(folder)


def break_states(folder: Path) -> None:
    for state in folder.glob("*/state.json"):
        state.write_bytes(b"{")


async def found(person: Person) -> bool:
    answer = await person.client.post("/my/memory/search", json={"query": "spare key", "limit": 1})
    assert answer.status_code in (200, 503), answer.text
    return answer.status_code == 200 and [item["memory"]["text"] for item in answer.json()["items"]] == [FACT]


@pytest.mark.parametrize("harm", [lose, break_states])
async def test_an_index_that_is_gone_or_broken_is_made_again(tmp_path: Path, harm: Callable[[Path], None]) -> None:
    async with open_world(tmp_path) as world:
        anna = await world.person("anna")
        await remember(anna, FACT)
        await settled(world, anna)
        assert len((await search(anna, "spare key"))["items"]) == 1
    harm(tmp_path / "vectors")
    async with open_world(tmp_path) as world:
        anna = await again(world, anna)
        await found(anna)
        await until(anna, lambda stats: stats["pending"] == 0 and len(stats["collections"]) == 1)
        assert await found(anna)
