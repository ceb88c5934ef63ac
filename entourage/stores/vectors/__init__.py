"""Vectors of all owners, in collections: Qdrant Edge in child processes, or a Qdrant server."""

from entourage.stores.vectors.base import (
    CollectionState,
    Damaged,
    Hit,
    InUse,
    Payload,
    Point,
    Search,
    Sparse,
    Vector,
    Vectors,
    Where,
)
from entourage.stores.vectors.open import open_vectors

__all__ = [
    "CollectionState",
    "Damaged",
    "Hit",
    "InUse",
    "Payload",
    "Point",
    "Search",
    "Sparse",
    "Vector",
    "Vectors",
    "Where",
    "open_vectors",
]
