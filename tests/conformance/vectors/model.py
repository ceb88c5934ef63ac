"""What a store of vectors holds, as plain dictionaries, and what searches would give by comparing everything."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from entourage.stores.vectors import Point, Search, Sparse, Where
from entourage.stores.vectors.base import AnyOf, Payload


@dataclass
class Model:
    """Points by owner and id."""

    points: dict[tuple[str, str], Point] = field(default_factory=dict[tuple[str, str], Point])

    def upsert(self, owner: str, points: Sequence[Point]) -> None:
        self.points.update({(owner, point.id): point for point in points})

    def delete(self, owner: str, chosen: Sequence[str] | Where) -> None:
        for point in self.of(owner):
            if matches(point.payload, chosen) if isinstance(chosen, Where) else point.id in chosen:
                del self.points[owner, point.id]

    def of(self, owner: str) -> list[Point]:
        return [point for (whose, _), point in self.points.items() if whose == owner]

    def scores(self, owner: str, search: Search) -> dict[str, float]:
        """Of every point that may be found."""
        mine = self.of(owner)
        found = [point for point in mine if matches(point.payload, search.where or Where())]
        if isinstance(search.vector, Sparse):
            weights = _weights(search.vector, mine)
            scores = {point.id: _product(weights, point.sparse) for point in found}
            return {each: score for each, score in scores.items() if score is not None}
        return {point.id: _cosine(search.vector, point.dense) for point in found}


def matches(payload: Payload, where: Where) -> bool:
    """Whether all conditions hold."""
    return (
        all(_any_of(payload.get(key), value) for key, value in where.equals.items())
        and not any(_any_of(payload.get(key), value) for key, value in where.not_equals.items())
        and all(_between(payload.get(key), *ends) for key, ends in where.between.items())
    )


def _any_of(value: object, wanted: AnyOf) -> bool:
    options = [wanted] if isinstance(wanted, str) else wanted
    return any(each in options for each in (value if isinstance(value, list) else [value]))


def _between(value: object, least: int | None, most: int | None) -> bool:
    return (
        isinstance(value, int) and (least is None or least <= value) and (most is None or value <= most)
    )  # fmt: skip


def _cosine(one: Sequence[float], other: Sequence[float]) -> float:
    return sum(map(float.__mul__, one, other)) / (math.hypot(*one) * math.hypot(*other))


def _weights(sparse: Sparse, corpus: Sequence[Point]) -> dict[int, float]:
    """Weights of a search by rareness, as Qdrant has it: ln(1 + (n - df + 0.5) / (df + 0.5))."""
    documents = [set(point.sparse.indices) for point in corpus if point.sparse]
    weights: dict[int, float] = {}
    for term, value in zip(sparse.indices, sparse.values, strict=True):
        df = sum(term in document for document in documents)
        weights[term] = value * math.log(1 + (len(documents) - df + 0.5) / (df + 0.5))
    return weights


def _product(weights: dict[int, float], sparse: Sparse | None) -> float | None:
    """None where no term is shared."""
    shared = [(weights[term], value) for term, value in zip(*_parts(sparse), strict=True) if term in weights]
    return sum(weight * value for weight, value in shared) if shared else None


def _parts(sparse: Sparse | None) -> tuple[Sequence[int], Sequence[float]]:
    return (sparse.indices, sparse.values) if sparse else ([], [])
