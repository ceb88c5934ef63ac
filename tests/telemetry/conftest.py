"""Instruments count everything that happens in a server, so these tests have servers of their own."""

from __future__ import annotations

import pytest

from tests.world import World


@pytest.fixture
async def world(own_world: World) -> World:
    return own_world


@pytest.fixture
async def small_world(small_own_world: World) -> World:
    return small_own_world
