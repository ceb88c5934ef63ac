"""One collection, answering messages. Runs in the child only."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from pathlib import Path
from typing import cast
from uuid import UUID

import qdrant_edge as qe

from entourage.kit.errors import Invalid
from entourage.stores.vectors.base import Payload
from entourage.stores.vectors.edge import policy, wire
from entourage.stores.vectors.edge.engine import (
    DENSE,
    SPARSE,
    condition,
    floats,
    nearest_dense,
    nearest_sparse,
    open_shard,
    terms,
)
from entourage.stores.vectors.points import ID, OWN_KEYS, OWNER, point_id

_FLOAT_BYTES = 4


class Shard:
    """A shard that is open. What the engine raises goes through; `Invalid` for vectors of other dimensions."""

    def __init__(self, path: Path, dimensions: int, built: int, build_points: int) -> None:
        self._shard = open_shard(path, dimensions)
        self._dimensions = dimensions
        self._built = built
        self._build_points = build_points
        self._changed = max(0, self._points() - built)
        self._unsaved = 0

    def change(self, message: wire.Change) -> None:
        """Write or remove points."""
        if isinstance(message, wire.Upsert):
            self._upsert(message)
        else:
            self._delete(message)

    def answer(self, message: wire.Message) -> object:
        """What is asked for; nothing changes."""
        match message:
            case wire.Find():
                return self._find(message)
            case wire.Fetch():
                return self._fetch(message)
            case wire.Count():
                return self._shard.count(qe.CountRequest(filter=condition(message.owner, message.where)))
            case wire.Scroll():
                return self._scroll(message)
            case wire.Look():
                return self.size()
            case _:
                raise Invalid(f"{type(message).__name__} is nothing a shard answers")

    def size(self) -> wire.Size:
        points = self._points()
        return wire.Size(points, min(points, self._built), self.is_stale)

    @property
    def is_stale(self) -> bool:
        return policy.is_stale(self._built, self._changed, self._build_points)

    @property
    def wants_saving(self) -> bool:
        return self._unsaved >= policy.SAVE_POINTS

    def build(self) -> int:
        """Build the index; takes minutes for a million points and holds Python's lock. The points it is built of."""
        self._shard.optimize()
        self._built, self._changed = self._points(), 0
        self.save()
        return self._built

    def save(self) -> None:
        """Write to disk what only memory and the engine's log have."""
        self._shard.flush()
        self._unsaved = 0

    def close(self) -> None:
        self._shard.flush()
        self._shard.close()

    def _points(self) -> int:
        return self._shard.info().points_count

    def _upsert(self, message: wire.Upsert) -> None:
        points = [self._point(message.owner, point) for point in message.points]
        self._shard.update(qe.UpdateOperation.upsert_points(points))
        self._count_change(len(points))

    def _point(self, owner: str, packed: wire.PackedPoint) -> qe.Point:
        if len(packed.dense) != self._dimensions * _FLOAT_BYTES:
            got = len(packed.dense) // _FLOAT_BYTES
            raise Invalid(f"A vector of {got} dimensions does not go into a collection of {self._dimensions}")
        vectors: dict[str, list[float] | qe.SparseVector | list[list[float]]] = {DENSE: floats(packed.dense)}
        if packed.indices:
            vectors[SPARSE] = terms(packed.indices, packed.values)
        payload = {**packed.payload, OWNER: owner, ID: packed.id}
        return qe.Point(UUID(point_id(owner, packed.id)), vectors, payload)

    def _delete(self, message: wire.Delete) -> None:
        before = self._points()
        if message.ids is None:
            operation = qe.UpdateOperation.delete_points_by_filter(condition(message.owner, message.where))
        else:
            operation = qe.UpdateOperation.delete_points(_uuids(message.owner, message.ids))
        self._shard.update(operation)
        self._count_change(max(0, before - self._points()))

    def _count_change(self, points: int) -> None:
        self._changed += points
        self._unsaved += points

    def _find(self, message: wire.Find) -> wire.Found:
        queries = [self._query(message.owner, search) for search in message.searches]
        batch = self._shard.query_batch(qe.QueryBatchRequest(queries)) if queries else []
        return [[_hit(point) for point in points] for points in batch]

    def _query(self, owner: str, search: wire.PackedSearch) -> qe.QueryRequest:
        matching = condition(owner, search.where)
        if not search.dense:
            corpus = condition(owner, None)
            return nearest_sparse(terms(search.indices, search.values), search.limit, matching, corpus)
        if len(search.dense) != self._dimensions * _FLOAT_BYTES:
            got = len(search.dense) // _FLOAT_BYTES
            raise Invalid(f"A vector of {got} dimensions finds nothing in a collection of {self._dimensions}")
        return nearest_dense(search.dense, search.limit, matching)

    def _fetch(self, message: wire.Fetch) -> dict[str, bytes]:
        names = dict(zip(map(str, _uuids(message.owner, message.ids)), message.ids, strict=True))
        records = self._shard.retrieve([UUID(key) for key in names], with_payload=False, with_vector=[DENSE])
        return {names[str(record.id)]: _dense(record.vector) for record in records}

    def _scroll(self, message: wire.Scroll) -> list[str]:
        after = None if message.after is None else UUID(point_id(message.owner, message.after))
        request = qe.ScrollRequest(
            offset=after,
            limit=message.limit + 1,
            filter=condition(message.owner, None),
            with_payload=[ID],
            with_vector=False,
        )
        records, _ = self._shard.scroll(request)
        ids = [str((record.payload or {})[ID]) for record in records if str(record.id) != str(after)]
        return ids[: message.limit]


def _uuids(owner: str, names: Iterable[str]) -> list[qe.PointId]:
    return [UUID(point_id(owner, name)) for name in names]


def _dense(vector: object) -> bytes:
    """The dense one of a point's vectors."""
    return array("f", cast("dict[str, list[float]]", vector)[DENSE]).tobytes()


def _hit(point: qe.ScoredPoint) -> tuple[str, float, Payload]:
    payload = point.payload or {}
    return payload[ID], point.score, {key: value for key, value in payload.items() if key not in OWN_KEYS}
