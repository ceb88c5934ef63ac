"""Maximal marginal relevance (Carbonell and Goldstein, 1998): hits that are good and unlike those before them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import sub

from entourage.llm.embeddings import normalised, similarity
from entourage.stores.vectors.base import Vector


def diversified(ids: Sequence[str], vectors: Mapping[str, Vector], *, diversity: float, limit: int) -> list[str]:
    """`ids`, best first, put in another order: the next is good, and unlike what was taken.

    `diversity` is from 0 (the order as it is) to 1 (only unlikeness counts). Places are taken for relevance: the
    first is worth 1, the last of n 1/n. One without a vector is like nothing.
    """
    if diversity <= 0:
        return list(ids[:limit])
    vectors = _centred({one: vectors[one] for one in ids if one in vectors})
    worth = {one: 1 - place / len(ids) for place, one in enumerate(ids)}
    likeness = dict.fromkeys(ids, 0.0)
    left, taken = list(ids), list[str]()
    while left and len(taken) < limit:
        best = max(left, key=lambda one: (1 - diversity) * worth[one] - diversity * likeness[one])
        left.remove(best)
        taken.append(best)
        _note(best, left, likeness, vectors)
    return taken


def _centred(vectors: Mapping[str, Vector]) -> dict[str, Vector]:
    """The vectors without what is common to all: models put everything of one subject into a narrow cone."""
    if not vectors:
        return {}
    middle = [sum(places) / len(vectors) for places in zip(*vectors.values(), strict=True)]
    return {one: normalised(list(map(sub, vector, middle))) for one, vector in vectors.items()}


def _note(taken: str, left: Sequence[str], likeness: dict[str, float], vectors: Mapping[str, Vector]) -> None:
    mine = vectors.get(taken)
    for one in left:
        theirs = vectors.get(one)
        if mine is not None and theirs is not None:
            likeness[one] = max(likeness[one], similarity(mine, theirs))
