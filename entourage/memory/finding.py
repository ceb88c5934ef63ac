"""One look into the vectors of a person: by meaning and by words at once, in every collection that they have."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence

import msgspec

from entourage.llm.embeddings import Vector
from entourage.memory.pointing import MEMORY
from entourage.memory.slugs import collection_of
from entourage.memory.sparse import query_vector
from entourage.stores.vectors.base import Hit, Search, Vectors, Where


class Ranked(msgspec.Struct):
    """Memories of one list, best first, with their scores and the point that was hit."""

    scores: dict[str, float] = msgspec.field(default_factory=dict[str, float])
    points: dict[str, tuple[str, str]] = msgspec.field(default_factory=dict[str, tuple[str, str]])
    """Collection and point of each memory."""

    @property
    def ids(self) -> list[str]:
        return list(self.scores)

    def rank(self, memory_id: str) -> int:
        """From 1."""
        return self.ids.index(memory_id) + 1


class Looked(msgspec.Struct):
    """What a look came to."""

    dense: Ranked = msgspec.field(default_factory=Ranked)
    sparse: Ranked = msgspec.field(default_factory=Ranked)


async def look(
    vectors: Vectors,
    owner_id: str,
    slug: str,
    contents: Sequence[str],
    *,
    dense: Vector | None,
    words: str | None,
    where: Where | None,
    limit: int,
) -> Looked:
    """The nearest `limit` memories by `dense` and those that share the weightiest of the `words`."""
    sparse = query_vector(words) if words else None
    searches = [Search(dense, limit, where)] if dense is not None else []
    if sparse is not None and sparse.indices:
        searches.append(Search(sparse, limit, where))
    if not searches:
        return Looked()
    names = [collection_of(content, slug) for content in contents]
    found = await asyncio.gather(*(vectors.search(name, owner_id, searches) for name in names))
    lists = [[(name, hits[place]) for name, hits in zip(names, found, strict=True)] for place in range(len(searches))]
    ranked = [_ranked(one, limit) for one in lists]
    has_dense, has_sparse = dense is not None, len(searches) > (dense is not None)
    return Looked(ranked[0] if has_dense else Ranked(), ranked[-1] if has_sparse else Ranked())


def _ranked(found: Iterable[tuple[str, Sequence[Hit]]], limit: int) -> Ranked:
    """One list out of those of several collections; of a memory with several points the best counts."""
    hits = sorted(((hit.score, name, hit) for name, hits in found for hit in hits), key=lambda one: -one[0])
    ranked = Ranked()
    for score, name, hit in hits:
        memory_id = str(hit.payload.get(MEMORY, hit.id))
        if memory_id not in ranked.scores and len(ranked.scores) < limit:
            ranked.scores[memory_id] = score
            ranked.points[memory_id] = (name, hit.id)
    return ranked
