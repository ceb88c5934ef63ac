"""Points and searches as they travel to a child, and what comes back."""

from __future__ import annotations

from array import array
from collections.abc import Sequence

from entourage.stores.vectors.base import Hit, Point, Search, Sparse, Vector
from entourage.stores.vectors.edge import wire


def packed_point(point: Point) -> wire.PackedPoint:
    return wire.PackedPoint(point.id, _floats(point.dense), *_terms(point.sparse), point.payload)


def packed_search(search: Search) -> wire.PackedSearch:
    if isinstance(search.vector, Sparse):
        return wire.PackedSearch(b"", *_terms(search.vector), search.limit, search.where)
    return wire.PackedSearch(_floats(search.vector), b"", b"", search.limit, search.where)


def hits(found: wire.Found) -> list[list[Hit]]:
    return [[Hit(*hit) for hit in each] for each in found]


def vector(data: bytes) -> Vector:
    return array("f", data)


def _floats(values: Sequence[float]) -> bytes:
    return (values if isinstance(values, array) and values.typecode == "f" else array("f", values)).tobytes()


def _terms(sparse: Sparse | None) -> tuple[bytes, bytes]:
    if sparse is None:
        return b"", b""
    return array("I", sparse.indices).tobytes(), _floats(sparse.values)
