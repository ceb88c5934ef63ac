"""What a store of vectors does. Calls are made as an owner, who sees nothing else, but for those on collections."""

from __future__ import annotations

import re
from array import array
from collections.abc import Mapping, Sequence
from typing import Protocol, TypeAlias, runtime_checkable

import msgspec

from entourage.kit.errors import Invalid, Unavailable

Vector: TypeAlias = "array[float]"
"""Type code `f`. Cosine is the measure, so lengths do not matter."""

Plain: TypeAlias = str | int | float | bool | list[str]
Payload: TypeAlias = Mapping[str, Plain]
AnyOf: TypeAlias = str | Sequence[str]
Ends: TypeAlias = tuple[int | None, int | None]

KEYWORDS = ("agent", "kind", "content", "type", "language", "tags", "source", "document", "workspace")
"""Keys of payloads that can be asked for by `equals` and `not_equals`; `owner` is there too, set by the store."""

NUMBERS = ("created_ms",)
"""Keys of payloads that can be asked for by `between`."""

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}")


class Damaged(Unavailable):
    """What is on disk cannot be read any more. `Vectors.rebuild` empties the collection, to be filled again."""

    slug = "vectors-damaged"


class InUse(Unavailable):
    """Another server works on the same folder."""

    slug = "vectors-in-use"


class Sparse(msgspec.Struct, frozen=True):
    """Weights of terms, by 32-bit ids of terms without repetition. Searches weigh them by how rare a term is (IDF)."""

    indices: Sequence[int]
    values: Sequence[float]


class Point(msgspec.Struct, frozen=True):
    """One vector, its terms, and what can be filtered by. `id` is a UUID that is unique for its owner."""

    id: str
    dense: Vector
    sparse: Sparse | None = None
    payload: Payload = msgspec.field(default_factory=dict[str, Plain])


class Where(msgspec.Struct, frozen=True):
    """Conditions that all hold. A key of `equals` holds by any of its values; both ends of `between` are included."""

    equals: Mapping[str, AnyOf] = msgspec.field(default_factory=dict[str, AnyOf])
    not_equals: Mapping[str, AnyOf] = msgspec.field(default_factory=dict[str, AnyOf])
    between: Mapping[str, Ends] = msgspec.field(default_factory=dict[str, Ends])


class Search(msgspec.Struct, frozen=True):
    """The `limit` nearest points to a vector, or those that share the weightiest terms."""

    vector: Vector | Sparse
    limit: int = 10
    where: Where | None = None


class Hit(msgspec.Struct, frozen=True):
    """A point found. `score` is the cosine, or the sum of products of weights."""

    id: str
    score: float
    payload: Payload


class CollectionState(msgspec.Struct, frozen=True):
    """A collection; `indexed` counts the points that searches need not scan one by one, `bytes` is its size on disk."""

    name: str
    dimensions: int
    points: int
    indexed: int
    bytes: int


@runtime_checkable
class Vectors(Protocol):
    """Collections of points. Reading from a collection that is not there gives nothing; raises `Unavailable` when the
    engine cannot be reached, `Damaged` and `InUse` as they say."""

    async def ensure(self, collection: str, dimensions: int) -> None:
        """Make the collection unless it is there; `Conflict` when it is there with other dimensions."""
        ...

    async def upsert(self, collection: str, owner_id: str, points: Sequence[Point]) -> None:
        """Write points, over those of this owner with the same ids. They outlive `kill -9` once this returns.

        `NotFound` without the collection, `Invalid` for vectors of other dimensions.
        """
        ...

    async def search(self, collection: str, owner_id: str, searches: Sequence[Search]) -> list[list[Hit]]:
        """The hits of each search, best first, in one visit; never another owner's."""
        ...

    async def delete(self, collection: str, owner_id: str, ids: Sequence[str] | Where) -> None:
        """Remove these points, or all that match."""
        ...

    async def vectors(self, collection: str, owner_id: str, ids: Sequence[str]) -> dict[str, Vector]:
        """The vectors of those points that are there, at unit length."""
        ...

    async def count(self, collection: str, owner_id: str | None, where: Where | None = None) -> int:
        """How many points match; of everybody with `owner_id` None."""
        ...

    async def ids(self, collection: str, owner_id: str, after: str | None = None, limit: int = 1000) -> list[str]:
        """Ids in an order of the store's own, those that follow `after`."""
        ...

    async def drop(self, collection: str) -> None:
        """Remove the collection with all its points."""
        ...

    async def rebuild(self, collection: str) -> None:
        """Empty the collection, whatever state it is in; `ensure` it before filling it again."""
        ...

    async def names(self) -> list[str]:
        """Of all collections; nothing is opened for it."""
        ...

    async def collections(self) -> list[CollectionState]:
        """Every collection that can be read."""
        ...

    async def ping(self) -> None:
        """Return when the engine answers."""
        ...

    async def close(self) -> None:
        """End what was started."""
        ...


def check_name(collection: str) -> None:
    """Raise `Invalid` for a name that could not be a folder's."""
    if not _NAME.fullmatch(collection):
        raise Invalid(f"{collection!r} is no name of a collection", hint="Use a-z, 0-9, '.', '_' and '-'.")
