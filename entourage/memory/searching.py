"""Searching memory: by meaning, words and the graph, fused into one order; each hit knows why it is there."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol, TypeVar

import msgspec
from sqlalchemy import Select, String, bindparam, exists, or_, select

from entourage.kit.clock import now_ms
from entourage.kit.errors import Problem
from entourage.llm.embeddings import Vector
from entourage.memory.choices import Choices, Held
from entourage.memory.diversity import diversified
from entourage.memory.embedders import NGRAMS, Embedders
from entourage.memory.fields import Mode
from entourage.memory.finding import Looked, look
from entourage.memory.fusion import BY_LETTERS, BY_MEANING, SPARSE_DEPTH, coverage_of, fused
from entourage.memory.matching import Matching
from entourage.memory.reasons import told
from entourage.memory.reranking import DEPTH, Reranker
from entourage.memory.rows import memory_of, rows_by_id
from entourage.memory.search_schemas import DenseWhy, Found, FoundMemory, GraphWhy, RerankWhy, SparseWhy, Why
from entourage.memory.slugs import CONTENTS
from entourage.memory.stemming import surface_terms, terms
from entourage.memory.tables import MemoryRow
from entourage.stores.sql import Database, Prepared
from entourage.stores.sql.base import ID
from entourage.stores.vectors.base import Damaged, Vectors

T = TypeVar("T")

LEAST_DEPTH = 50
"""Hits of each list that are looked at, at least."""
RECALL_DEPTH = 20
"""The same where only what is near counts: those further down are not."""
LEAST_POOL = 20
"""Hits that diversity chooses from, at least."""
GRAPH_SEEDS = 8
"""Hits from which the graph is followed."""
GRAPH_LIMIT = 20
_BYTES_A_TOKEN = 4
_INLINE_LETTERS = 8_000
"""Letters whose terms are found within a millisecond."""


def _has_any() -> Select[bool]:
    mine, key = MemoryRow.owner_id == bindparam("owner", type_=ID), MemoryRow.source_key
    session = bindparam("session", type_=String)
    sorts = (MemoryRow.kind == "fact", MemoryRow.kind == "document", key.is_(None), key < session, key > session)
    return select(or_(*(exists().where(mine, sort) for sort in sorts)))


_HAS_ANY = Prepared(_has_any())


class Related(Protocol):
    """A memory that the graph leads to. `path`: names and kinds of edges in turn."""

    @property
    def memory_id(self) -> str: ...

    @property
    def path(self) -> list[str]: ...

    @property
    def weight(self) -> float: ...


class Relations(Protocol):
    """The graph, as searches use it."""

    async def related(
        self, owner_id: str, memory_ids: Sequence[str], *, hops: int, limit: int
    ) -> Sequence[Related]: ...


class Wish(msgspec.Struct, frozen=True):
    """What is to be found."""

    query: str
    matching: Matching = msgspec.field(default_factory=Matching)
    mode: Mode = "hybrid"
    graph: int = 0
    diversity: float = 0.0
    budget_tokens: int | None = None
    rerank: bool = False
    limit: int = 10
    asker_id: str | None = None
    """Whose models put hits in order; the owner's when nobody is named."""
    is_relevant_only: bool = False
    """Whether what is only the nearest of all, without being near, is left out."""


class _Candidates(msgspec.Struct):
    """What was found so far, best first. `asked`: the words of the query by their terms; `held`: terms of the texts."""

    rows: dict[str, MemoryRow]
    looked: Looked
    asked: dict[str, str]
    held: dict[str, frozenset[str]] = msgspec.field(default_factory=dict[str, frozenset[str]])
    scores: dict[str, float] = msgspec.field(default_factory=dict[str, float])
    related: dict[str, Related] = msgspec.field(default_factory=dict[str, "Related"])
    coverage: dict[str, float] = msgspec.field(default_factory=dict[str, float])
    reranked: dict[str, float] = msgspec.field(default_factory=dict[str, float])

    @property
    def ids(self) -> list[str]:
        return list(self.scores)

    async def read(self, ids: Iterable[str]) -> None:
        """Find the terms of these texts; many letters in a thread."""
        texts = {one: self.rows[one].text for one in ids if one not in self.held}
        is_little = sum(map(len, texts.values())) <= _INLINE_LETTERS
        self.held |= _terms_of(texts) if is_little else await asyncio.to_thread(_terms_of, texts)


class Searcher:
    """Finds memories of one person. `relations` is set where there is a graph, `reranker` where there are models."""

    def __init__(self, database: Database, vectors: Vectors, embedders: Embedders, choices: Choices) -> None:
        self._database = database
        self._vectors = vectors
        self._embedders = embedders
        self._choices = choices
        self.relations: Relations | None = None
        self.reranker: Reranker | None = None
        self.on_damaged: Callable[[str], None] = lambda _slug: None

    async def search(self, owner_id: str, wish: Wish) -> Found:
        """Hits, best first. Raises Unavailable when the vectors cannot be reached."""
        started = time.perf_counter()
        held = await self._choices.of(owner_id)
        question = await self._question(owner_id, held, wish)
        mode: Mode = "sparse" if question is None else wish.mode
        candidates = await self._candidates(owner_id, held, wish, question)
        if wish.rerank:
            await self._rerank(wish.asker_id or owner_id, wish.query, candidates)
        if wish.is_relevant_only:
            _drop_far(candidates, held)
        chosen = await self._chosen(owner_id, wish, candidates)
        await candidates.read(one for one in chosen if one in candidates.looked.sparse.scores)
        items = [_shown(one, candidates) for one in chosen]
        took_ms = round((time.perf_counter() - started) * 1000, 2)
        return Found(items=items, embedder=held.active_id, mode=mode, took_ms=took_ms)

    async def _question(self, owner_id: str, held: Held, wish: Wish) -> Vector | None:
        """The vector of the query; None when it is not wanted or the embedder cannot be asked."""
        if wish.mode == "sparse":
            return None
        try:
            choice = await self._embedders.at(owner_id, held.active_id, held.active)
            return (await choice.embedder.embed([wish.query], "query"))[0]
        except Problem:
            if wish.mode == "dense":
                raise
            return None

    async def _candidates(self, owner_id: str, held: Held, wish: Wish, question: Vector | None) -> _Candidates:
        looked = await self._look(owner_id, held, wish, question)
        rows = await self._rows(owner_id, wish.matching, {*looked.dense.ids, *looked.sparse.ids})
        dense = [one for one in looked.dense.ids if one in rows]
        sparse = [one for one in looked.sparse.ids if one in rows]
        found = _Candidates(rows, looked, surface_terms(wish.query))
        await found.read(sparse[:SPARSE_DEPTH])
        asked = frozenset(found.asked)
        found.coverage = {one: coverage_of(asked, text_terms) for one, text_terms in found.held.items()}
        weights = BY_LETTERS if held.active_id == NGRAMS else BY_MEANING
        if not dense:  # words alone decide: each hit counts by its place
            found.coverage = dict.fromkeys(sparse, 1.0)
        found.scores = fused(dense, sparse, found.coverage, weights) if dense else _by_place(sparse)
        found.related = await self._related(owner_id, wish, found.ids, rows)
        if found.related:
            found.scores = fused(dense, sparse, found.coverage, weights, list(found.related))
        return found

    async def _look(self, owner_id: str, held: Held, wish: Wish, question: Vector | None) -> Looked:
        try:
            return await look(
                self._vectors,
                owner_id,
                held.active,
                CONTENTS,
                dense=question,
                words=None if wish.mode == "dense" else wish.query,
                where=wish.matching.where(),
                limit=max(RECALL_DEPTH if wish.is_relevant_only else LEAST_DEPTH, wish.limit * 3),
            )
        except Damaged:
            self.on_damaged(held.active)
            raise

    async def _rows(self, owner_id: str, matching: Matching, ids: set[str]) -> dict[str, MemoryRow]:
        """The rows of hits that are there still, and fit as they are now."""
        if not ids:
            return {}
        now = now_ms()
        async with self._database.reading(owner_id) as reading:
            found = await rows_by_id(reading, owner_id, list(ids))
        return {one: row for one, row in found.items() if matching.allows(row, now)}

    async def _related(
        self, owner_id: str, wish: Wish, ids: Sequence[str], rows: dict[str, MemoryRow]
    ) -> dict[str, Related]:
        """Memories that the graph leads to from the best hits; their rows are added to `rows`."""
        if not wish.graph or self.relations is None or not ids:
            return {}
        found = await self.relations.related(owner_id, ids[:GRAPH_SEEDS], hops=wish.graph, limit=GRAPH_LIMIT)
        missing = {one.memory_id for one in found} - rows.keys()
        rows.update(await self._rows(owner_id, wish.matching, missing))
        return {one.memory_id: one for one in found if one.memory_id in rows}

    async def _rerank(self, asker_id: str, query: str, candidates: _Candidates) -> None:
        if self.reranker is None or not candidates.scores:
            return
        shown = candidates.ids[:DEPTH]
        scores = await self.reranker.scores(asker_id, query, [candidates.rows[one].text for one in shown])
        if scores is None:
            return
        candidates.reranked = dict(zip(shown, scores, strict=True))
        ordered = sorted(shown, key=lambda one: -candidates.reranked[one])
        rest = candidates.ids[DEPTH:]
        candidates.scores = {one: candidates.scores[one] for one in (*ordered, *rest)}

    async def _chosen(self, owner_id: str, wish: Wish, candidates: _Candidates) -> list[str]:
        ids = candidates.ids
        if wish.diversity > 0:
            pool = ids[: max(wish.limit * 3, LEAST_POOL)]
            vectors = await self._hit_vectors(owner_id, pool, candidates.looked)
            ids = await asyncio.to_thread(
                diversified, pool, vectors, diversity=wish.diversity, limit=max(wish.limit, len(pool))
            )
        if wish.budget_tokens is None:
            return ids[: wish.limit]
        return within(wish.budget_tokens, ids, lambda one: candidates.rows[one].text)[: wish.limit]

    async def _hit_vectors(self, owner_id: str, ids: Sequence[str], looked: Looked) -> dict[str, Vector]:
        places = {one: looked.dense.points.get(one) or looked.sparse.points.get(one) for one in ids}
        found: dict[str, Vector] = {}
        for collection in {place[0] for place in places.values() if place}:
            points = {place[1]: one for one, place in places.items() if place and place[0] == collection}
            vectors = await self._vectors.vectors(collection, owner_id, list(points))
            found.update((points[point], vector) for point, vector in vectors.items())
        return found

    async def has_any(self, owner_id: str, *, except_session: str | None) -> bool:
        """Whether a person has memories besides the interactions of a conversation. A few looks into indexes."""
        async with self._database.reading(owner_id) as reading:
            return bool(await _HAS_ANY.first(reading, owner=owner_id, session=except_session or ""))


def tokens_of(text: str) -> int:
    """About how many tokens a model reads a text as."""
    return -(-len(text.encode("utf-8", "replace")) // _BYTES_A_TOKEN)


def _by_place(ids: Sequence[str]) -> dict[str, float]:
    return {one: 1 / (place + 1) for place, one in enumerate(ids)}


def _terms_of(texts: Mapping[str, str]) -> dict[str, frozenset[str]]:
    return {one: frozenset(terms(text)) for one, text in texts.items()}


def within(budget: int, ordered: Sequence[T], text_of: Callable[[T], str]) -> list[T]:
    """Those that fit, best first; one that is too long leaves room for shorter ones."""
    taken: list[T] = []
    for one in ordered:
        tokens = tokens_of(text_of(one))
        if tokens <= budget:
            taken.append(one)
            budget -= tokens
    return taken


_FLOORS = {"local": 0.81, NGRAMS: 0.2}
_UNKNOWN_FLOOR = 0.3
_ENOUGH_WORDS = 0.5


def _drop_far(candidates: _Candidates, held: Held) -> None:
    """Leave out what neither means the same, nor says half of the words, nor is tied to a hit by the graph."""
    floor = _FLOORS.get(held.active_id, _UNKNOWN_FLOOR)
    dense = candidates.looked.dense.scores
    near = {
        one
        for one in candidates.scores
        if dense.get(one, -1.0) >= floor or candidates.coverage.get(one, 0.0) >= _ENOUGH_WORDS
    }
    if near:
        near |= candidates.related.keys()
    candidates.scores = {one: score for one, score in candidates.scores.items() if one in near}


def _shown(memory_id: str, candidates: _Candidates) -> FoundMemory:
    why = _why(memory_id, candidates)
    why.text = told(why)
    score = round(candidates.scores[memory_id], 6)
    return FoundMemory(memory=memory_of(candidates.rows[memory_id]), score=score, why=why)


def _why(memory_id: str, candidates: _Candidates) -> Why:
    dense, sparse = candidates.looked.dense, candidates.looked.sparse
    why = Why()
    if memory_id in dense.scores:
        why.dense = DenseWhy(rank=dense.rank(memory_id), score=round(dense.scores[memory_id], 4))
    if memory_id in sparse.scores:
        shared = [word for term, word in candidates.asked.items() if term in candidates.held[memory_id]]
        why.sparse = SparseWhy(rank=sparse.rank(memory_id), score=round(sparse.scores[memory_id], 4), terms=shared)
    if memory_id in candidates.related:
        related = candidates.related[memory_id]
        why.graph = GraphWhy(path=list(related.path), weight=round(related.weight, 4))
    if memory_id in candidates.reranked:
        why.rerank = RerankWhy(score=candidates.reranked[memory_id])
    return why
