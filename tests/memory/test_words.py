"""Search by words, fusion of orders, diversity: laws that hold for any text."""

from array import array
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entourage.llm.embeddings import normalised
from entourage.memory.diversity import diversified
from entourage.memory.fusion import BY_LETTERS, BY_MEANING, fused
from entourage.memory.language import language_of
from entourage.memory.slugs import dimensions_of, slug_of
from entourage.memory.sparse import passage_vector, product, query_vector
from entourage.memory.stemming import surface_terms, terms

IDS = st.lists(st.sampled_from("abcdefghij"), unique=True)


@given(st.text())
def test_any_text_has_a_sparse_vector(text):
    for vector in (passage_vector(text), query_vector(text)):
        assert list(vector.indices) == sorted(set(vector.indices))
        assert len(vector.indices) == len(vector.values)
        assert all(0 <= term < 2**32 for term in vector.indices)
        assert all(value > 0 for value in vector.values)


@given(st.text(), st.text())
def test_only_shared_words_score(query, text):
    score = product(query_vector(query), passage_vector(text))
    assert (score > 0) == bool(set(terms(query)) & set(terms(text)))
    assert bool(surface_terms(query).keys() & set(terms(text))) == (score > 0)


@given(st.text(min_size=1))
def test_words_do_not_depend_on_case_or_order(text):
    assert Counter(terms(text.lower())) == Counter(terms(" ".join(reversed(text.lower().split()))))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("connections", "connection"),
        ("running", "runs"),
        ("policies", "policy"),
        ("senhas", "senha"),
        ("configurações", "configuração"),
        ("пароль", "пароля"),
        ("резервных копий", "резервные копии"),
    ],
)
def test_forms_of_a_word_are_one_term(one, other):
    assert list(terms(one)) == list(terms(other))


def test_names_in_code_are_found_by_their_parts():
    found = list(terms("parseCsvLine(max_retries)"))
    assert set(terms("parsecsvline max_retries csv retries")) <= set(found)


@given(IDS, IDS, st.sampled_from([BY_MEANING, BY_LETTERS]))
def test_fusion_gives_everything_once_and_best_first(dense, sparse, weights):
    scores = fused(dense, sparse, dict.fromkeys(sparse, 1.0), weights)
    assert set(scores) == {*dense, *sparse}
    assert list(scores.values()) == sorted(scores.values(), reverse=True)


@given(IDS, IDS)
def test_without_shared_words_the_order_by_meaning_stands(dense, sparse):
    scores = fused(dense, sparse, {}, BY_MEANING)
    assert [one for one in scores if one in dense] == dense


@given(IDS, st.floats(0, 1), st.integers(1, 12), st.data())
def test_diversity_loses_nothing(ids, diversity, limit, data):
    number = st.floats(-1, 1, width=32)
    vectors = {one: normalised(array("f", data.draw(st.lists(number, min_size=3, max_size=3)))) for one in ids}
    chosen = diversified(ids, vectors, diversity=diversity, limit=limit)
    assert len(chosen) == len(set(chosen)) == min(limit, len(ids))
    assert set(chosen) <= set(ids)
    if ids:
        assert diversity == 1 or chosen[0] == ids[0]


def test_of_two_that_are_alike_the_second_comes_later():
    same, other = array("f", [1, 0]), array("f", [0, 1])
    vectors = {"a": same, "b": same, "c": other}
    assert diversified(["a", "b", "c"], vectors, diversity=0.5, limit=3) == ["a", "c", "b"]
    assert diversified(["a", "b", "c"], vectors, diversity=0, limit=3) == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The team meets in the morning.", "en"),
        ("A equipe se reúne de manhã com a diretora.", "pt"),
        ("Команда собирается утром.", "ru"),
        ("Das Team trifft sich heute früh.", None),
        ("12345", None),
        ("", None),
    ],
)
def test_languages_are_told_apart(text, language):
    assert language_of(text) == language


@given(st.text(), st.integers(1, 4096), st.text(max_size=8))
def test_any_model_has_a_slug_that_says_its_length(model, dimensions, salt):
    slug = slug_of(model, dimensions, salt)
    assert dimensions_of(slug) == dimensions
    assert slug.isascii() and len(slug) <= 96
