"""Sparse vectors of texts for search by words: BM25 (Robertson and Zaragoza, 2009), the same for every vector engine.

A text's vector holds how much each term says about it (saturated frequency over length), a question's how often it
asks for a term; the engine multiplies by how rare the term is among the owner's texts (IDF). So the sum of products is
the BM25 score.
"""

from __future__ import annotations

import zlib
from collections import Counter
from math import log

from entourage.memory.stemming import terms
from entourage.stores.vectors.base import Sparse

K1 = 1.2
B = 0.5
AVERAGE_TERMS = 60
"""Terms of an ordinary memory. A constant, so that a text's vector does not change when others come."""

MAX_TERMS = 4_000


def term_id(term: str) -> int:
    """32 bits of a term; two terms in 100,000 share theirs with another."""
    return zlib.crc32(term.encode("utf-8", "surrogatepass"))


def passage_vector(text: str) -> Sparse:
    """What a text says, by terms."""
    counted = Counter(map(term_id, terms(text)))
    length = counted.total()
    norm = K1 * (1 - B + B * length / AVERAGE_TERMS)
    return _sparse({term: times * (K1 + 1) / (times + norm) for term, times in counted.most_common(MAX_TERMS)})


def query_vector(text: str) -> Sparse:
    """What a question asks for, by terms."""
    counted = Counter(map(term_id, terms(text)))
    return _sparse({term: float(times) for term, times in counted.most_common(MAX_TERMS)})


def idf(texts: int, holding: int) -> float:
    """How much a term tells that so many of the texts hold; as Qdrant counts it."""
    return log((texts - holding + 0.5) / (holding + 0.5) + 1)


def product(query: Sparse, passage: Sparse) -> float:
    """The sum of products of the terms they share."""
    weights = dict(zip(query.indices, query.values, strict=True))
    return sum(weights.get(term, 0.0) * value for term, value in zip(passage.indices, passage.values, strict=True))


def _sparse(weights: dict[int, float]) -> Sparse:
    ordered = sorted(weights)
    return Sparse(ordered, [weights[term] for term in ordered])
