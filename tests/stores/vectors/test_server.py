"""What goes over the wire to a Qdrant server, and what its failures are told as."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from entourage.kit.errors import Conflict, Unavailable
from entourage.stores.vectors import Search, Sparse, Vectors, Where, open_vectors
from entourage.stores.vectors.server.store import ServerVectors
from tests.conformance.vectors.opening import DIMENSIONS, point, some_vector

if TYPE_CHECKING:
    from tests.fakes.qdrant import FakeQdrant

KEY = "s3cret"


@pytest.fixture
def fake() -> Iterator[FakeQdrant]:
    """A server that wants a key."""
    from tests.fakes.qdrant import FakeQdrant

    with FakeQdrant(api_key=KEY) as qdrant:
        yield qdrant


@pytest.fixture
async def store(fake: FakeQdrant, tmp_path: Path) -> AsyncIterator[Vectors]:
    vectors = open_vectors(f"{fake.url}?api_key={KEY}", tmp_path)
    assert isinstance(vectors, ServerVectors)
    yield vectors
    await vectors.close()


async def test_the_owner_is_in_every_filter_and_in_the_corpus_of_terms(store: Vectors, fake: FakeQdrant) -> None:
    await store.ensure("text", DIMENSIONS)
    await store.upsert("text", "ann", [point(1, [5])])
    where = Where(equals={"kind": "fact"})
    await store.search("text", "ann", [Search(some_vector(1), 3, where), Search(Sparse([5], [1]), 3)])
    dense, sparse = fake.requests[-1][2]["searches"]
    owner = {"key": "owner", "match": {"value": "ann"}}
    assert dense["filter"]["must"] == [owner, {"key": "kind", "match": {"value": "fact"}}]
    assert sparse["filter"]["must"] == [owner]
    assert sparse["params"]["idf"]["corpus"]["must"] == [owner]
    assert (dense["using"], dense["limit"], dense["with_payload"]) == ("dense", 3, True)


async def test_writes_wait_until_they_are_safe(store: Vectors, fake: FakeQdrant) -> None:
    await store.ensure("text", DIMENSIONS)
    await store.upsert("text", "ann", [point(number) for number in range(120)])
    await store.delete("text", "ann", [point(1).id])
    await store.delete("text", "ann", Where(equals={"kind": "fact"}))
    writes = [path for method, path, _ in fake.requests if path.startswith("/collections/entourage-text/points")]
    assert [path.partition("?")[2] for path in writes] == ["wait=true"] * 5


async def test_collections_are_made_for_owners(store: Vectors, fake: FakeQdrant) -> None:
    await store.ensure("text", DIMENSIONS)
    made = next(
        body for method, path, body in fake.requests if (method, path) == ("PUT", "/collections/entourage-text")
    )
    assert made["vectors"] == {"dense": {"size": DIMENSIONS, "distance": "Cosine"}}
    assert made["sparse_vectors"] == {"sparse": {"modifier": "idf"}}
    assert (made["hnsw_config"]["m"], made["hnsw_config"]["payload_m"]) == (0, 16)
    indexes = {body["field_name"]: body["field_schema"] for _, path, body in fake.requests if "/index" in path}
    assert indexes["owner"]["is_tenant"] is True
    assert indexes["created_ms"]["type"] == "integer"
    assert set(indexes) > {"agent", "kind", "tags", "document"}


async def test_a_wrong_key_is_told_with_the_way_out(fake: FakeQdrant) -> None:
    store = ServerVectors(fake.url, api_key="wrong")
    with pytest.raises(Unavailable, match="another API key") as raised:
        await store.ping()
    assert "ENTOURAGE_VECTORS_URL" in (raised.value.hint or "")
    await store.close()


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_a_failing_server_is_unavailable_until_it_is_well(store: Vectors, fake: FakeQdrant, status: int) -> None:
    await store.ensure("text", DIMENSIONS)
    fake.failing = status
    for call in (store.ping(), store.count("text", "ann"), store.upsert("text", "ann", [point(1)])):
        with pytest.raises(Unavailable):
            await call
    fake.failing = None
    await store.upsert("text", "ann", [point(1)])
    assert await store.count("text", "ann") == 1


async def test_nobody_there_is_unavailable(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        store = open_vectors(f"http://127.0.0.1:{taken.getsockname()[1]}", tmp_path)
        with pytest.raises(Unavailable, match="does not answer"):
            await store.ping()
        await store.close()


async def test_collections_of_others_on_the_server_are_left_alone(store: Vectors, fake: FakeQdrant) -> None:
    other = ServerVectors(fake.url, api_key=KEY, prefix="other-")
    await other.ensure("text", DIMENSIONS)
    await store.ensure("text", DIMENSIONS)
    await store.drop("text")
    assert [state.name for state in await other.collections()] == ["text"]
    assert await store.collections() == []
    await other.close()


async def test_two_replicas_may_make_the_same_collection(store: Vectors, fake: FakeQdrant) -> None:
    other = ServerVectors(fake.url, api_key=KEY)
    await store.ensure("text", DIMENSIONS)
    await other.ensure("text", DIMENSIONS)
    with pytest.raises(Conflict):
        await other.ensure("text", DIMENSIONS + 1)
    await other.close()


@pytest.mark.parametrize("url", ["qdrant:6333", "grpc://host:6334", "http://", "localhost"])
def test_what_is_no_url_of_a_server_is_refused(url: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="vectors_url"):
        open_vectors(url, tmp_path)


async def test_installations_that_share_a_server_have_a_prefix_each(fake: FakeQdrant, tmp_path: Path) -> None:
    one, other = (open_vectors(f"{fake.url}?api_key={KEY}&prefix={name}-", tmp_path) for name in ("one", "other"))
    await one.ensure("text", DIMENSIONS)
    assert [state.name for state in await one.collections()] == ["text"]
    assert await other.collections() == []
    await one.close()
    await other.close()
