"""What every engine refuses in the same words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from uuid import UUID

from entourage.kit.errors import Invalid
from entourage.stores.vectors.base import Point, Search, Sparse

MOST_HITS = 10_000
MOST_TERM = 2**32 - 1


def check_points(points: Sequence[Point]) -> None:
    """Raise Invalid for what no engine could keep: an id that is no UUID, a vector with no direction, wrong terms."""
    for point in points:
        _check_id(point.id)
        _check_dense(point.dense)
        if point.sparse:
            _check_sparse(point.sparse)


def check_searches(searches: Sequence[Search]) -> None:
    """Raise Invalid for a search that cannot be made."""
    for search in searches:
        if not 1 <= search.limit <= MOST_HITS:
            raise Invalid(f"A search gives 1 to {MOST_HITS} hits, not {search.limit}")
        if isinstance(search.vector, Sparse):
            _check_sparse(search.vector)
        else:
            _check_dense(search.vector)


def _check_id(id: str) -> None:
    try:
        UUID(id)
    except ValueError:
        raise Invalid(f"{id[:80]!r} is no UUID") from None


def _check_dense(values: Sequence[float]) -> None:
    """A sum that is finite has only finite parts, and costs a fraction of looking at each."""
    if not math.isfinite(sum(values)):
        raise Invalid("A vector has values that are no numbers")


def _check_sparse(sparse: Sparse) -> None:
    if len(sparse.indices) != len(sparse.values):
        raise Invalid(f"{len(sparse.indices)} terms have {len(sparse.values)} weights")
    if len(set(sparse.indices)) != len(sparse.indices):
        raise Invalid("A term is there twice")
    if any(not 0 <= index <= MOST_TERM for index in sparse.indices):
        raise Invalid("A term's id is no 32-bit number")
