"""Vectors in a Qdrant server: the same as in Edge, for several replicas and more than one machine."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

from entourage.kit.errors import Conflict, NotFound, Unavailable
from entourage.stores.vectors.base import CollectionState, Hit, Point, Search, Vector, Where, check_name
from entourage.stores.vectors.checks import check_points, check_searches
from entourage.stores.vectors.points import ID, point_id
from entourage.stores.vectors.server.failures import told

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from qdrant_client import AsyncQdrantClient

T = TypeVar("T")

CALL_SECONDS = 30
PREFIX = "entourage-"
CHUNK_POINTS = 50
"""Points of one request: writing the JSON of as many keeps the loop some milliseconds."""


class ServerVectors:
    """As `Vectors`. Collections of this installation begin with `prefix`; the first call connects."""

    def __init__(
        self,
        url: str,
        *,
        api_key: str | None = None,
        prefix: str = PREFIX,
        client: AsyncQdrantClient | None = None,
    ) -> None:
        self._url = url
        self._where = urlsplit(url).netloc
        self._api_key = api_key
        self._prefix = prefix
        self._client = client
        self._opening = asyncio.Lock()

    async def ensure(self, collection: str, dimensions: int) -> None:
        check_name(collection)
        client = await self._open()
        async with told(self._where):
            if not await client.collection_exists(self._name(collection)):
                await self._create(client, collection, dimensions)
            found = await self._dimensions(client, collection)
        if found != dimensions:
            raise Conflict(f"The collection {collection!r} has {found} dimensions, not {dimensions}")

    async def upsert(self, collection: str, owner_id: str, points: Sequence[Point]) -> None:
        check_name(collection)
        check_points(points)
        client = await self._open()
        from entourage.stores.vectors.server import translate

        for chunk in translate.chunks(points, CHUNK_POINTS):
            made = [translate.point(owner_id, point) for point in chunk]
            async with told(self._where):
                await client.upsert(self._name(collection), made, wait=True)

    async def search(self, collection: str, owner_id: str, searches: Sequence[Search]) -> list[list[Hit]]:
        check_name(collection)
        check_searches(searches)
        client = await self._open()
        from entourage.stores.vectors.server import translate

        requests = [translate.query(owner_id, search) for search in searches]
        found = await self._read(client.query_batch_points(self._name(collection), requests)) if requests else []
        return [[translate.hit(point) for point in each.points] for each in found] if found else [[] for _ in searches]

    async def delete(self, collection: str, owner_id: str, ids: Sequence[str] | Where) -> None:
        check_name(collection)
        client = await self._open()
        from entourage.stores.vectors.server import translate

        if isinstance(ids, Where):
            await self._read(client.delete(self._name(collection), translate.condition(owner_id, ids), wait=True))
        elif ids:
            chosen = translate.listed(owner_id, ids)
            await self._read(client.delete(self._name(collection), chosen, wait=True))

    async def vectors(self, collection: str, owner_id: str, ids: Sequence[str]) -> dict[str, Vector]:
        check_name(collection)
        client = await self._open()
        from entourage.stores.vectors.server import translate

        chosen = [point_id(owner_id, each) for each in ids]
        asked = client.retrieve(self._name(collection), chosen, with_payload=[ID], with_vectors=[translate.DENSE])
        return {(record.payload or {})[ID]: translate.unit(record) for record in await self._read(asked) or []}

    async def count(self, collection: str, owner_id: str | None, where: Where | None = None) -> int:
        check_name(collection)
        client = await self._open()
        from entourage.stores.vectors.server import translate

        condition = translate.condition(owner_id, where)
        found = await self._read(client.count(self._name(collection), condition, exact=True))
        return found.count if found else 0

    async def ids(self, collection: str, owner_id: str, after: str | None = None, limit: int = 1000) -> list[str]:
        check_name(collection)
        client = await self._open()
        from entourage.stores.vectors.server import translate

        start = None if after is None else point_id(owner_id, after)
        asked = client.scroll(
            self._name(collection),
            scroll_filter=translate.condition(owner_id, None),
            offset=start,
            limit=limit + 1,
            with_payload=[ID],
        )
        records = (await self._read(asked) or ([], None))[0]
        return [(record.payload or {})[ID] for record in records if str(record.id) != start][:limit]

    async def drop(self, collection: str) -> None:
        check_name(collection)
        client = await self._open()
        await self._read(client.delete_collection(self._name(collection)))

    async def rebuild(self, collection: str) -> None:
        check_name(collection)
        client = await self._open()
        async with told(self._where):
            if not await client.collection_exists(self._name(collection)):
                return
            dimensions = await self._dimensions(client, collection)
            await client.delete_collection(self._name(collection))
            await self._create(client, collection, dimensions)

    async def names(self) -> list[str]:
        client = await self._open()
        async with told(self._where):
            found = (await client.get_collections()).collections
        return sorted(each.name.removeprefix(self._prefix) for each in found if each.name.startswith(self._prefix))

    async def collections(self) -> list[CollectionState]:
        client = await self._open()
        states = [await self._state(client, name) for name in await self.names()]
        return [state for state in states if state]

    async def ping(self) -> None:
        client = await self._open()
        async with told(self._where):
            await client.get_collections()

    async def close(self) -> None:
        if self._client:
            await self._client.close()

    async def _open(self) -> AsyncQdrantClient:
        """The client; importing it takes a second, which passes beside the loop."""
        async with self._opening:
            if self._client is None:
                self._client = await asyncio.to_thread(_client, self._url, self._api_key)
            return self._client

    def _name(self, collection: str) -> str:
        return self._prefix + collection

    async def _create(self, client: AsyncQdrantClient, collection: str, dimensions: int) -> None:
        """Make the collection with its indexes; another replica may do so at the same moment."""
        from qdrant_client.http.exceptions import UnexpectedResponse

        from entourage.stores.vectors.server import translate

        try:
            await client.create_collection(
                self._name(collection),
                vectors_config=translate.vectors_config(dimensions),
                sparse_vectors_config=translate.sparse_config(),
                hnsw_config=translate.hnsw_config(),
                on_disk_payload=True,
            )
        except UnexpectedResponse:
            if not await client.collection_exists(self._name(collection)):
                raise
        for name, index in translate.indexes():
            await client.create_payload_index(self._name(collection), name, index, wait=True)

    async def _dimensions(self, client: AsyncQdrantClient, collection: str) -> int:
        from entourage.stores.vectors.server import translate

        vectors = (await client.get_collection(self._name(collection))).config.params.vectors
        if not isinstance(vectors, dict) or translate.DENSE not in vectors:
            raise Conflict(f"The collection {self._name(collection)!r} on the Qdrant server was not made by Entourage")
        return vectors[translate.DENSE].size

    async def _state(self, client: AsyncQdrantClient, collection: str) -> CollectionState | None:
        try:
            async with told(self._where):
                dimensions = await self._dimensions(client, collection)
                info = await client.get_collection(self._name(collection))
        except (NotFound, Conflict):
            return None
        points = info.points_count or 0
        return CollectionState(collection, dimensions, points, min(points, info.indexed_vectors_count or 0), 0)

    async def _read(self, asked: Awaitable[T]) -> T | None:
        """The answer; None without the collection."""
        try:
            async with told(self._where):
                return await asked
        except NotFound:
            return None
        except ValueError as error:  # the client's local mode says so when a collection is missing
            if "not found" in str(error):
                return None
            raise


def _client(url: str, api_key: str | None) -> AsyncQdrantClient:
    try:
        from qdrant_client import AsyncQdrantClient

        import entourage.stores.vectors.server.translate  # noqa: F401  # pyright: ignore[reportUnusedImport]
    except ImportError as error:
        hint = "pip install 'entourage[qdrant]'"
        raise Unavailable(f"A Qdrant server needs the extra `qdrant`: {error}", hint=hint) from error
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 6333)
    return AsyncQdrantClient(url=url, port=port, api_key=api_key, timeout=CALL_SECONDS, check_compatibility=False)
