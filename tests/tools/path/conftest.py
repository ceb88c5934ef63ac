"""A person with a shelf of tools."""

from __future__ import annotations

import pytest

from tests.tools.path.shelf import Shelf, shelf_of
from tests.world import Person, World


@pytest.fixture
async def ana(small_world: World) -> Person:
    return await small_world.person("ana")


@pytest.fixture
async def ben(small_world: World) -> Person:
    return await small_world.person("ben")


@pytest.fixture
def shelf(small_world: World) -> Shelf:
    return shelf_of(small_world)
