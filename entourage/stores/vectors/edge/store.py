"""Vectors in Qdrant Edge: a folder and a child process for each collection."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from entourage.kit.errors import Conflict, NotFound, Unavailable
from entourage.stores.vectors.base import (
    CollectionState,
    Damaged,
    Hit,
    Point,
    Search,
    Vector,
    Where,
    check_name,
)
from entourage.stores.vectors.checks import check_points, check_searches
from entourage.stores.vectors.edge import policy, wire
from entourage.stores.vectors.edge.folder import Folder, State
from entourage.stores.vectors.edge.lock import FolderLock
from entourage.stores.vectors.edge.packing import hits, packed_point, packed_search, vector
from entourage.stores.vectors.edge.worker import Worker


class EdgeVectors:
    """As `Vectors`. Nothing runs before the first call; what nobody asked for `idle_seconds` rests."""

    def __init__(self, root: Path, *, idle_seconds: float = 600.0, build_points: int = policy.BUILD_POINTS) -> None:
        self._root = root
        self._idle_seconds = idle_seconds
        self._build_points = build_points
        self._workers: dict[str, Worker] = {}
        self._lock = FolderLock(root)
        self._changing = asyncio.Lock()

    def pids(self) -> list[int]:
        """Of all children that run."""
        return [pid for worker in self._workers.values() for pid in worker.pids]

    def builds(self) -> int:
        """How many collections are being built anew."""
        return sum(worker.is_building for worker in self._workers.values())

    async def ensure(self, collection: str, dimensions: int) -> None:
        check_name(collection)
        async with self._folders():
            await self._lock.take()
            folder = self._folder(collection)
            state = await asyncio.to_thread(folder.read)
            if state is None:
                await asyncio.to_thread(folder.write, State(dimensions))
            elif state.dimensions != dimensions:
                raise Conflict(f"The collection {collection!r} has {state.dimensions} dimensions, not {dimensions}")

    async def upsert(self, collection: str, owner_id: str, points: Sequence[Point]) -> None:
        worker = await self._worker(collection)
        if worker is None:
            raise NotFound(f"There is no collection {collection!r}")
        chunks = [points[start : start + policy.CHUNK_POINTS] for start in range(0, len(points), policy.CHUNK_POINTS)]
        for chunk in chunks:
            check_points(chunk)
            await asyncio.sleep(0)  # others may be served between chunks
        for start in range(0, len(chunks), policy.CHUNKS_AT_ONCE):
            await asyncio.gather(
                *(_upsert(worker, owner_id, chunk) for chunk in chunks[start : start + policy.CHUNKS_AT_ONCE])
            )

    async def search(self, collection: str, owner_id: str, searches: Sequence[Search]) -> list[list[Hit]]:
        check_searches(searches)
        worker = await self._worker(collection)
        if worker is None or not searches:
            return [[] for _ in searches]
        message = wire.Find(owner_id, [packed_search(search) for search in searches])
        return hits(await worker.ask(message, wire.Found))

    async def delete(self, collection: str, owner_id: str, ids: Sequence[str] | Where) -> None:
        worker = await self._worker(collection)
        if worker is None:
            return
        if isinstance(ids, Where):
            await worker.change(wire.Delete(owner_id, None, ids))
        elif ids:
            await worker.change(wire.Delete(owner_id, list(ids), None))

    async def vectors(self, collection: str, owner_id: str, ids: Sequence[str]) -> dict[str, Vector]:
        worker = await self._worker(collection)
        if worker is None or not ids:
            return {}
        found = await worker.ask(wire.Fetch(owner_id, list(ids)), dict[str, bytes])
        return {name: vector(data) for name, data in found.items()}

    async def count(self, collection: str, owner_id: str | None, where: Where | None = None) -> int:
        worker = await self._worker(collection)
        return 0 if worker is None else await worker.ask(wire.Count(owner_id, where), int)

    async def ids(self, collection: str, owner_id: str, after: str | None = None, limit: int = 1000) -> list[str]:
        worker = await self._worker(collection)
        return [] if worker is None else await worker.ask(wire.Scroll(owner_id, after, limit), list[str])

    async def drop(self, collection: str) -> None:
        check_name(collection)
        async with self._folders():
            await self._lock.take()
            await self._end(collection)
            await asyncio.to_thread(self._folder(collection).remove)

    async def rebuild(self, collection: str) -> None:
        check_name(collection)
        async with self._folders():
            await self._lock.take()
            await self._end(collection)
            folder = self._folder(collection)
            state = await asyncio.to_thread(_readable, folder)
            await asyncio.to_thread(folder.remove)
            if state:
                await asyncio.to_thread(folder.write, State(state.dimensions))

    async def names(self) -> list[str]:
        return await asyncio.to_thread(_names, self._root)

    async def collections(self) -> list[CollectionState]:
        states = [await self._state(name) for name in await self.names()]
        return [state for state in states if state]

    async def ping(self) -> None:
        for worker in self._workers.values():
            if worker.pids:
                await worker.ask(wire.Look(), wire.Size)

    async def built(self) -> None:
        """Wait until nothing is being built."""
        for worker in list(self._workers.values()):
            await worker.built()

    async def close(self) -> None:
        async with self._folders():
            for name in list(self._workers):
                await self._end(name)
            self._lock.release()

    @asynccontextmanager
    async def _folders(self) -> AsyncGenerator[None]:
        """What follows makes or removes folders; a full or read-only disk is `Unavailable`."""
        async with self._changing:
            try:
                yield
            except OSError as error:
                raise Unavailable(f"The vectors in {self._root} cannot be written: {error}") from error

    def _folder(self, collection: str) -> Folder:
        return Folder(self._root / collection)

    async def _worker(self, collection: str) -> Worker | None:
        check_name(collection)
        if worker := self._workers.get(collection):
            return worker
        folder = self._folder(collection)
        if await asyncio.to_thread(folder.read) is None:
            return None
        return self._workers.setdefault(collection, self._new_worker(folder))

    def _new_worker(self, folder: Folder) -> Worker:
        return Worker(folder, self._lock.take, self._idle_seconds, self._build_points)

    async def _end(self, collection: str) -> None:
        if worker := self._workers.pop(collection, None):
            await worker.close()

    async def _state(self, collection: str) -> CollectionState | None:
        folder = self._folder(collection)
        try:
            state = await asyncio.to_thread(folder.read)
            worker = await self._worker(collection)
            if state is None or worker is None:
                return None
            size = await worker.ask(wire.Look(), wire.Size)
        except Damaged:
            return None
        used = await asyncio.to_thread(folder.bytes)
        return CollectionState(collection, state.dimensions, size.points, size.indexed, used)


async def _upsert(worker: Worker, owner_id: str, chunk: Sequence[Point]) -> None:
    await worker.change(wire.Upsert(owner_id, [packed_point(point) for point in chunk]))


def _names(root: Path) -> list[str]:
    return sorted(entry.name for entry in root.iterdir() if Folder(entry).is_there) if root.is_dir() else []


def _readable(folder: Folder) -> State | None:
    try:
        return folder.read()
    except Damaged:
        return None
