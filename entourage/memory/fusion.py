"""One order out of several: weighted reciprocal rank fusion (Cormack, Clarke and Büttcher, 2009).

A text found by words counts by the share of the question's words that it holds. A question in another language shares
few words with its answer, and then the order by meaning stands; a name or a number that stands in one text lifts it.
The weights come from `entourage memory eval` over the pairs in `tests/corpora` (see docs/decisions/032).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

SPARSE_DEPTH = 20
"""Texts found by words that are looked at."""


class Weights(msgspec.Struct, frozen=True):
    """How much a place by words counts beside one by meaning. `k` flattens the difference between places."""

    k: float
    sparse: float
    coverage_power: float
    graph: float = 0.5


BY_MEANING = Weights(k=10, sparse=2.0, coverage_power=3)
"""For embedders that know meanings: words decide only where nearly all of them are there."""

BY_LETTERS = Weights(k=5, sparse=1.0, coverage_power=0)
"""For hashed n-grams, which are no better than words."""


def fused(
    dense: Sequence[str],
    sparse: Sequence[str],
    coverage: Mapping[str, float],
    weights: Weights,
    graph: Sequence[str] = (),
) -> dict[str, float]:
    """Scores of all ids, the best first. The lists are best first; `coverage` is from 0 to 1."""
    scores = {one: 1 / (weights.k + rank) for rank, one in enumerate(dense)}
    for rank, one in enumerate(sparse[:SPARSE_DEPTH]):
        share = coverage.get(one, 0.0) ** weights.coverage_power
        scores[one] = scores.get(one, 0.0) + weights.sparse * share / (weights.k + rank)
    for rank, one in enumerate(graph):
        scores[one] = scores.get(one, 0.0) + weights.graph / (weights.k + rank)
    return dict(sorted(scores.items(), key=lambda item: -item[1]))


def coverage_of(asked: frozenset[str], held: frozenset[str]) -> float:
    """The share of the question's terms that a text holds."""
    return len(asked & held) / len(asked) if asked else 0.0
