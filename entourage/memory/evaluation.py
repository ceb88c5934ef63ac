"""How well searches find what they should: recall and reciprocal rank over pairs that anyone can write.

Passages are lines `{"id", "text", "lang"?}`, queries lines `{"query", "passage", "lang"?}` with the id of the answer.
Nothing is stored: all passages are compared with every query by the same encoders and the same fusion as in a search.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, Any

import msgspec

from entourage.kit.errors import Invalid
from entourage.llm.embeddings import Embedder, HashedNgrams, similarity
from entourage.memory.fusion import BY_LETTERS, BY_MEANING, coverage_of, fused
from entourage.memory.language import language_of
from entourage.memory.sparse import idf, passage_vector, product, query_vector
from entourage.memory.stemming import terms
from entourage.stores.vectors.base import Sparse

MODES = ("dense", "sparse", "hybrid")
_FIVE = 5
_NOT_FOUND = 0

Name = Annotated[str | int, msgspec.Meta()]


class Passage(msgspec.Struct):
    """A text that may answer."""

    id: Name
    text: str
    lang: str | None = None


class Query(msgspec.Struct):
    """A question, and the passage that answers it."""

    query: str
    passage: Name
    lang: str | None = None


class Pairs(msgspec.Struct, frozen=True):
    """What is evaluated."""

    passages: list[Passage]
    queries: list[Query]


def read_pairs(passages: Path, queries: Path) -> Pairs:
    """Raises Invalid for a line that is not one of ours, or a query whose passage is not there."""
    pairs = Pairs(_lines(passages, Passage), _lines(queries, Query))
    known = {passage.id for passage in pairs.passages}
    for number, query in enumerate(pairs.queries, 1):
        if query.passage not in known:
            raise Invalid(f"{queries}, line {number}: there is no passage {query.passage!r}.")
    if not pairs.queries:
        raise Invalid(f"{queries} holds no queries.")
    return pairs


async def evaluate(embedder: Embedder, pairs: Pairs) -> dict[str, Any]:
    """recall@1, recall@5 and MRR of each mode, of all queries and by language pair (`pt-en`: asked-answered)."""
    ranks = await _ranks(embedder, pairs)
    langs = {passage.id: passage.lang or language_of(passage.text) for passage in pairs.passages}
    groups: dict[str, list[int]] = defaultdict(list)
    for place, query in enumerate(pairs.queries):
        asked, answered = query.lang or language_of(query.query), langs[query.passage]
        if asked and answered:
            groups[f"{asked}-{answered}"].append(place)
    return {
        "embedder": embedder.model,
        "passages": len(pairs.passages),
        "queries": len(pairs.queries),
        **{mode: _figures(ranks[mode]) for mode in MODES},
        "pairs": {
            name: {
                "queries": len(places),
                **{mode: _figures([ranks[mode][place] for place in places]) for mode in MODES},
            }
            for name, places in sorted(groups.items())
        },
    }


async def _ranks(embedder: Embedder, pairs: Pairs) -> dict[str, list[int]]:
    """The place of the right passage for each query by mode, from 1; 0 when it was not found."""
    texts = [passage.text for passage in pairs.passages]
    passages = await embedder.embed(texts, "passage")
    questions = await embedder.embed([query.query for query in pairs.queries], "query")
    index = _Words(texts)
    weights = BY_LETTERS if embedder.model == HashedNgrams.model else BY_MEANING
    found: dict[str, list[int]] = {mode: [] for mode in MODES}
    for query, question in zip(pairs.queries, questions, strict=True):
        dense = _order([similarity(question, passage) for passage in passages])
        sparse = index.order(query.query)
        hybrid = fused(dense, sparse, index.coverage(query.query, sparse), weights)
        right = str(next(at for at, passage in enumerate(pairs.passages) if passage.id == query.passage))
        for mode, order in zip(MODES, (dense, sparse, list(hybrid)), strict=True):
            found[mode].append(order.index(right) + 1 if right in order else _NOT_FOUND)
    return found


class _Words:
    """The passages by their words, with the weights that the engine would give."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._vectors = [passage_vector(text) for text in texts]
        self._terms = [frozenset(terms(text)) for text in texts]
        self._holding = Counter(term for vector in self._vectors for term in vector.indices)

    def order(self, query: str) -> list[str]:
        asked = query_vector(query)
        rare = [idf(len(self._vectors), self._holding[term]) for term in asked.indices]
        weighed = Sparse(asked.indices, [one * much for one, much in zip(asked.values, rare, strict=True)])
        return _order([product(weighed, vector) for vector in self._vectors], least=0.0)

    def coverage(self, query: str, hits: Iterable[str]) -> dict[str, float]:
        asked = frozenset(terms(query))
        return {hit: coverage_of(asked, self._terms[int(hit)]) for hit in hits}


def _order(scores: Sequence[float], least: float = float("-inf")) -> list[str]:
    kept = [place for place, score in enumerate(scores) if score > least]
    return [str(place) for place in sorted(kept, key=lambda place: -scores[place])]


def _figures(ranks: Sequence[int]) -> dict[str, float]:
    count = len(ranks)
    return {
        "recall@1": round(sum(rank == 1 for rank in ranks) / count, 4),
        "recall@5": round(sum(0 < rank <= _FIVE for rank in ranks) / count, 4),
        "mrr": round(sum(1 / rank for rank in ranks if rank) / count, 4),
    }


def _lines(path: Path, kind: type[Any]) -> list[Any]:
    found: list[Any] = []
    for number, line in enumerate(path.read_bytes().splitlines(), 1):
        if not line.strip():
            continue
        try:
            found.append(msgspec.json.decode(line, type=kind))
        except msgspec.MsgspecError as error:
            raise Invalid(f"{path}, line {number}: {error}.") from None
    return found
