"""One store of vectors on each engine, and one owner."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from entourage.kit.ids import new_id
from entourage.stores.vectors import Vectors
from tests.conformance.vectors.opening import DIMENSIONS, ENGINES, opened


@pytest.fixture(params=ENGINES, scope="session")
async def store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Vectors]:
    """Each engine, shared by tests that have collections of their own."""
    async with opened(request.param, tmp_path_factory.mktemp("vectors")) as vectors:
        yield vectors


@pytest.fixture
async def collection(store: Vectors) -> AsyncIterator[str]:
    """An empty collection, gone after the test."""
    name = f"text-test-{new_id().lower()}"
    await store.ensure(name, DIMENSIONS)
    yield name
    await store.drop(name)


@pytest.fixture
def owner() -> str:
    return new_id()


@pytest.fixture
def stranger() -> str:
    return new_id()
