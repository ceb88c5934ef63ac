"""Whatever is written, removed and asked in whatever order, an engine gives what comparing everything would give."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from entourage.kit.ids import new_id
from entourage.stores.vectors import Point, Search, Sparse, Vectors, Where
from tests.conformance.vectors.model import Model
from tests.conformance.vectors.opening import vector

OWNERS = ("ann", "bob", "cid")

_ids = st.integers(0, 12).map(lambda number: str(UUID(int=number)))
_dense = st.lists(st.integers(-4, 4), min_size=1, max_size=3).filter(any).map(lambda values: vector(*values))
_sparse = st.dictionaries(st.integers(0, 6), st.sampled_from([0.5, 1.0, 2.0]), min_size=1, max_size=4).map(
    lambda terms: Sparse(list(terms), list(terms.values()))
)
_word = st.sampled_from(["a", "b", "c"])
_payload = st.fixed_dictionaries(
    {},
    optional={"kind": _word, "tags": st.lists(_word, max_size=2, unique=True), "created_ms": st.integers(0, 9)},
)
_points = st.lists(
    st.builds(Point, _ids, _dense, st.none() | _sparse, _payload), max_size=6, unique_by=lambda point: point.id
)
_match = st.dictionaries(st.sampled_from(["kind", "tags"]), _word | st.lists(_word, max_size=2), max_size=2)
_end = st.none() | st.integers(0, 9)
_where = st.builds(Where, _match, _match, st.dictionaries(st.just("created_ms"), st.tuples(_end, _end), max_size=1))
_search = st.builds(Search, _dense | _sparse, st.integers(1, 6), st.none() | _where)
_owner = st.sampled_from(OWNERS)
_step = st.one_of(
    st.tuples(st.just("upsert"), _owner, _points),
    st.tuples(st.just("delete"), _owner, st.lists(_ids, max_size=4) | _where),
    st.tuples(st.just("search"), _owner, st.lists(_search, max_size=3)),
)


@given(steps=st.lists(_step, min_size=1, max_size=12))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_an_engine_is_what_the_model_is(
    store: Vectors, collection: str, steps: list[tuple[str, str, object]]
) -> None:
    model, prefix = Model(), new_id()  # owners of their own, so that examples do not meet
    for kind, owner, what in steps:
        await _do(store, collection, model, kind, prefix + owner, what)
    for owner in (prefix + name for name in OWNERS):
        assert sorted(await store.ids(collection, owner)) == sorted(point.id for point in model.of(owner))


async def _do(store: Vectors, collection: str, model: Model, kind: str, owner: str, what: object) -> None:
    match kind, what:
        case "upsert", list(points):
            await store.upsert(collection, owner, points)
            model.upsert(owner, points)
        case "delete", list() | Where() as chosen:
            await store.delete(collection, owner, chosen)
            model.delete(owner, chosen)
        case _, list(searches):
            found = await store.search(collection, owner, searches)
            for search, hits in zip(searches, found, strict=True):
                scores = model.scores(owner, search)
                best = sorted(scores.values(), reverse=True)[: search.limit]
                assert [hit.score for hit in hits] == pytest.approx(best, abs=1e-4)
                assert all(hit.score == pytest.approx(scores[hit.id], abs=1e-4) for hit in hits)
                assert all(hit.payload == model.points[owner, hit.id].payload for hit in hits)
        case _:
            raise AssertionError(kind)
