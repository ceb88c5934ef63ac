"""Our points, conditions and searches as Qdrant's models, and back. Importing it loads qdrant-client, which is slow."""

from __future__ import annotations

import math
from array import array
from collections.abc import Sequence
from typing import cast

from qdrant_client import models

from entourage.stores.vectors.base import KEYWORDS, NUMBERS, AnyOf, Hit, Point, Search, Sparse, Vector, Where
from entourage.stores.vectors.points import ID, OWN_KEYS, OWNER, point_id

DENSE, SPARSE = "dense", "sparse"

M_OWNER = 16
EF_SEARCH = 128


def vectors_config(dimensions: int) -> dict[str, models.VectorParams]:
    return {DENSE: models.VectorParams(size=dimensions, distance=models.Distance.COSINE)}


def sparse_config() -> dict[str, models.SparseVectorParams]:
    return {SPARSE: models.SparseVectorParams(modifier=models.Modifier.IDF)}


def hnsw_config() -> models.HnswConfigDiff:
    """A graph for each owner and none over all, since every search is somebody's."""
    return models.HnswConfigDiff(m=0, payload_m=M_OWNER)


def indexes() -> list[tuple[str, models.KeywordIndexParams | models.IntegerIndexParams]]:
    """Keys that can be filtered by; `owner` says what belongs together."""
    keyword, integer = models.KeywordIndexType.KEYWORD, models.IntegerIndexType.INTEGER
    return [
        (OWNER, models.KeywordIndexParams(type=keyword, is_tenant=True)),
        *((key, models.KeywordIndexParams(type=keyword, enable_hnsw=False)) for key in KEYWORDS),
        *((key, models.IntegerIndexParams(type=integer, lookup=False, range=True)) for key in NUMBERS),
    ]


def point(owner_id: str, given: Point) -> models.PointStruct:
    """A point under an id that only this owner can name."""
    vector: dict[str, list[float] | models.SparseVector] = {DENSE: list(given.dense)}
    if given.sparse:
        vector[SPARSE] = _terms(given.sparse)
    payload = {**given.payload, OWNER: owner_id, ID: given.id}
    return models.PointStruct(id=point_id(owner_id, given.id), vector=dict(vector), payload=payload)


def condition(owner_id: str | None, where: Where | None) -> models.Filter:
    """What matches `where` and belongs to the owner."""
    where = where or Where()
    must = [] if owner_id is None else [_equals(OWNER, owner_id)]
    must += [_equals(key, value) for key, value in where.equals.items()]
    must += [_between(key, *ends) for key, ends in where.between.items()]
    must_not = [_equals(key, value) for key, value in where.not_equals.items()]
    return models.Filter(must=list(must), must_not=list(must_not))


def query(owner_id: str, search: Search) -> models.QueryRequest:
    """A search among the points of the owner; terms are as rare as they are there."""
    if isinstance(search.vector, Sparse):
        params = models.SearchParams(idf=models.IdfCorpusParams(corpus=condition(owner_id, None)))
        nearest, using = models.NearestQuery(nearest=_terms(search.vector)), SPARSE
    else:
        params = models.SearchParams(hnsw_ef=max(EF_SEARCH, search.limit))
        nearest, using = models.NearestQuery(nearest=list(search.vector)), DENSE
    return models.QueryRequest(
        query=nearest,
        using=using,
        filter=condition(owner_id, search.where),
        params=params,
        limit=search.limit,
        with_payload=True,
    )


def listed(owner_id: str, ids: Sequence[str]) -> models.PointIdsList:
    return models.PointIdsList(points=[point_id(owner_id, each) for each in ids])


def hit(found: models.ScoredPoint) -> Hit:
    payload = found.payload or {}
    return Hit(payload[ID], found.score, {key: value for key, value in payload.items() if key not in OWN_KEYS})


def unit(record: models.Record) -> Vector:
    """The dense vector of a record, at unit length."""
    vector = record.vector
    assert isinstance(vector, dict)
    values = cast("list[float]", vector[DENSE])
    length = math.sqrt(sum(value * value for value in values)) or 1.0
    return array("f", [value / length for value in values])


def _terms(sparse: Sparse) -> models.SparseVector:
    return models.SparseVector(indices=list(sparse.indices), values=list(sparse.values))


def _equals(key: str, value: AnyOf) -> models.FieldCondition:
    match = models.MatchValue(value=value) if isinstance(value, str) else models.MatchAny(any=list(value))
    return models.FieldCondition(key=key, match=match)


def _between(key: str, least: int | None, most: int | None) -> models.FieldCondition:
    return models.FieldCondition(key=key, range=models.Range(gte=least, lte=most))


def chunks(points: Sequence[Point], size: int) -> list[Sequence[Point]]:
    return [points[start : start + size] for start in range(0, len(points), size)]
