"""One order out of the hits of several memories: those of one's own and of workspaces."""

from __future__ import annotations

from collections.abc import Sequence

from entourage.memory.embedders import NGRAMS
from entourage.memory.fusion import BY_LETTERS, BY_MEANING, coverage_of, fused
from entourage.memory.search_schemas import Found, FoundMemory
from entourage.memory.searching import within
from entourage.memory.stemming import terms


def merged(query: str, found: Sequence[Found], *, limit: int, budget_tokens: int | None) -> list[FoundMemory]:
    """The best of all, best first. Places are given anew over all of them: to be the first in a memory of few things
    means little. Vectors of different embedders cannot be compared; then each memory's first come before all seconds.
    """
    filled = [one for one in found if one.items]
    items = [item for one in filled for item in one.items]
    if len(filled) > 1:
        is_comparable = len({one.embedder for one in filled}) == 1
        scores = _scores(query, items, filled[0].embedder) if is_comparable else {}
        for item in items:
            item.score = round(scores.get(item.memory.id, item.score), 6)
        items.sort(key=lambda item: -item.score)
    if budget_tokens is not None:
        items = within(budget_tokens, items, lambda item: item.memory.text)
    return items[:limit]


def _scores(query: str, items: Sequence[FoundMemory], embedder: str) -> dict[str, float]:
    dense = {item.memory.id: item.why.dense.score for item in items if item.why.dense}
    sparse = {item.memory.id: item.why.sparse.score for item in items if item.why.sparse}
    graph = {item.memory.id: item.why.graph.weight for item in items if item.why.graph}
    if not dense:
        return sparse
    asked = frozenset(terms(query))
    coverage = {item.memory.id: coverage_of(asked, frozenset(terms(item.memory.text))) for item in items}
    weights = BY_LETTERS if embedder == NGRAMS else BY_MEANING
    return fused(_best_first(dense), _best_first(sparse), coverage, weights, _best_first(graph))


def _best_first(scores: dict[str, float]) -> list[str]:
    return sorted(scores, key=lambda one: -scores[one])
