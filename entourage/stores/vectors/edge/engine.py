"""The engine as we use it: one shard, its indexes, and filters. Runs in the child only."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from pathlib import Path

import qdrant_edge as qe

from entourage.stores.vectors.base import KEYWORDS, NUMBERS, Where
from entourage.stores.vectors.edge import policy
from entourage.stores.vectors.points import OWNER

DENSE, SPARSE = "dense", "sparse"


def open_shard(path: Path, dimensions: int) -> qe.EdgeShard:
    """The shard at `path`, made with its indexes when there is none; raises whatever the engine raises."""
    if (path / "edge_config.json").exists():
        return qe.EdgeShard.load(str(path))
    path.mkdir(parents=True, exist_ok=True)
    shard = qe.EdgeShard.create(str(path), _config(dimensions))
    for name, index in _indexes():
        shard.update(qe.UpdateOperation.create_field_index(name, index))
    shard.flush()
    return shard


def condition(owner_id: str | None, where: Where | None) -> qe.Filter:
    """What matches `where` and belongs to the owner."""
    where = where or Where()
    must: list[qe.ConditionType] = [] if owner_id is None else [_equals(OWNER, owner_id)]
    must += [_equals(key, value) for key, value in where.equals.items()]
    must += [_between(key, *ends) for key, ends in where.between.items()]
    must_not: list[qe.ConditionType] = [_equals(key, value) for key, value in where.not_equals.items()]
    return qe.Filter(must=must, must_not=must_not)


def nearest_dense(dense: bytes, limit: int, condition: qe.Filter) -> qe.QueryRequest:
    """A search by vector."""
    query = qe.Query.Nearest(floats(dense), using=DENSE)
    params = qe.SearchParams(hnsw_ef=max(policy.EF_SEARCH, limit))
    return qe.QueryRequest(limit=limit, query=query, filter=condition, with_payload=True, params=params)


def nearest_sparse(terms: qe.SparseVector, limit: int, condition: qe.Filter, corpus: qe.Filter) -> qe.QueryRequest:
    """A search by terms, as rare as they are in `corpus`."""
    query = qe.Query.Nearest(terms, using=SPARSE)
    params = qe.SearchParams(idf=qe.IdfParams(corpus=corpus))
    return qe.QueryRequest(limit=limit, query=query, filter=condition, with_payload=True, params=params)


def terms(indices: bytes, values: bytes) -> qe.SparseVector:
    """Terms in the order the engine wants them."""
    pairs = sorted(zip(array("I", indices), array("f", values), strict=True))
    return qe.SparseVector([index for index, _ in pairs], [value for _, value in pairs])


def floats(data: bytes) -> list[float]:
    return array("f", data).tolist()


def _config(dimensions: int) -> qe.EdgeConfig:
    return qe.EdgeConfig(
        vectors={DENSE: qe.EdgeVectorParams(size=dimensions, distance=qe.Distance.Cosine)},
        sparse_vectors={SPARSE: qe.EdgeSparseVectorParams(modifier=qe.Modifier.Idf)},
        hnsw_config=qe.HnswIndexConfig(
            m=0,
            payload_m=policy.M_OWNER,
            ef_construct=policy.EF_CONSTRUCT,
            full_scan_threshold=policy.FULL_SCAN_KB,
            max_indexing_threads=policy.BUILD_THREADS,
        ),
        payload_memory=qe.Memory.Cold,
    )


def _indexes() -> Sequence[tuple[str, qe.KeywordIndexParams | qe.IntegerIndexParams]]:
    """One graph for each owner; by other keys points are only filtered."""
    return [
        (OWNER, qe.KeywordIndexParams(is_tenant=True)),
        *((key, qe.KeywordIndexParams(enable_hnsw=False)) for key in KEYWORDS),
        *((key, qe.IntegerIndexParams(lookup=False, range=True, enable_hnsw=False)) for key in NUMBERS),
    ]


def _equals(key: str, value: str | Sequence[str]) -> qe.FieldCondition:
    match = qe.MatchValue(value=value) if isinstance(value, str) else qe.MatchAny(any=list(value))
    return qe.FieldCondition(key=key, match=match)


def _between(key: str, least: int | None, most: int | None) -> qe.FieldCondition:
    return qe.FieldCondition(key=key, range=qe.RangeFloat(gte=least, lte=most))
