"""Stores of vectors to test, and short ways to make points."""

from __future__ import annotations

import os
import random
from array import array
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID, uuid4

from entourage.kit.ids import new_id
from entourage.stores.vectors import Point, Sparse, Vector, Vectors
from entourage.stores.vectors.base import Plain
from entourage.stores.vectors.edge.store import EdgeVectors
from entourage.stores.vectors.server.store import ServerVectors

DIMENSIONS = 8
ENGINES = ["edge", "qdrant"]


@asynccontextmanager
async def opened(engine: str, folder: Path) -> AsyncIterator[Vectors]:
    """An empty store. `qdrant` is the server `ENTOURAGE_TEST_QDRANT_URL` names, else one that speaks like it."""
    if engine == "edge":
        edge = EdgeVectors(folder)
        try:
            yield edge
        finally:
            await edge.close()
        return
    if url := os.environ.get("ENTOURAGE_TEST_QDRANT_URL"):
        async with _served(url) as server:
            yield server
        return
    from tests.fakes.qdrant import FakeQdrant  # its models take two seconds, which every worker would wait for

    with FakeQdrant() as fake:
        async with _served(fake.url) as server:
            yield server


@asynccontextmanager
async def _served(url: str) -> AsyncIterator[ServerVectors]:
    server = ServerVectors(url, prefix=f"test-{new_id()}-")
    try:
        yield server
    finally:
        for state in await server.collections():
            await server.drop(state.name)
        await server.close()


def vector(*values: float, dimensions: int = DIMENSIONS) -> Vector:
    """A vector that begins with `values` and goes on with zeros."""
    return array("f", [*values, *([0.0] * (dimensions - len(values)))])


def some_vector(seed: int, dimensions: int = DIMENSIONS) -> Vector:
    """A vector like no other."""
    chance = random.Random(seed)
    return array("f", [chance.gauss(0, 1) for _ in range(dimensions)])


def point(number: int, terms: Sequence[int] = (), dense: Vector | None = None, **payload: Plain) -> Point:
    """The point of that number: always the same id and vector."""
    sparse = Sparse(list(terms), [1.0] * len(terms)) if terms else None
    return Point(str(UUID(int=number + 1)), dense or some_vector(number), sparse, payload)


def any_id() -> str:
    return str(uuid4())
