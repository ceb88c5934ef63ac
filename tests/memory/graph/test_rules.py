"""What rules find in texts, and that they take no time over any."""

# ruff: noqa: RUF001  Russian letters are meant

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from entourage.memory.graph.extraction.found import MAX_CONCEPTS, MAX_RELATIONS, Extracted, MemoryText
from entourage.memory.graph.extraction.rules import by_rules
from entourage.memory.graph.naming import concept_id
from entourage.memory.graph.placing import pieces_of
from entourage.stores.graph.base import check


def found(text: str, *tags: str) -> Extracted:
    return by_rules(MemoryText("m", text, "fact", tags=tags))


def names(text: str, *tags: str) -> set[str]:
    return {concept.name for concept in found(text, *tags).concepts}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We met Ana Silva in Porto yesterday.", {"Ana Silva", "Porto"}),
        ("The weather is nice. Nothing happened on Monday.", set()),
        (
            "Please call `parse_config` and readFile() in src/app/main.py",
            {"parse_config", "readFile", "src/app/main.py"},
        ),
        ("Tagged #infra and #web-ui, see https://example.com/Not/Here#top", {"infra", "web-ui"}),
        ('He called it "graph recall" and left.', {"graph recall"}),
        ("```\nCodeBlock = NotAName\n```", set()),
        (
            "Falei com a Maria de Souza sobre o Aurora em São Paulo.",
            {"Maria de Souza", "Aurora", "São Paulo"},
        ),
        ("В пятницу мы обсуждали «Красную книгу» с Анной Каренина.", {"Красную книгу", "Анной Каренина"}),
        ("It uses HTTP and C++ with Qwen3.", {"HTTP", "C++", "Qwen3"}),
        ("", set()),
        ("... !!! ???", set()),
    ],
)
def test_names_in_three_languages(text: str, expected: set[str]) -> None:
    assert names(text) == expected


def test_tags_are_concepts() -> None:
    assert "billing" in names("nothing to see", "billing")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Heron depends on PostgreSQL.", ("Heron", "DEPENDS_ON", "PostgreSQL")),
        ("The module Recall is part of Entourage.", ("Recall", "PART_OF", "Entourage")),
        ("Our service Heron uses the `redis` cache.", ("Heron", "USES", "redis")),
        ("Django was created by Adrian Holovaty.", ("Adrian Holovaty", "CREATED", "Django")),
        ("O Aurora depende do PostgreSQL.", ("Aurora", "DEPENDS_ON", "PostgreSQL")),
        ("O Aurora faz parte da Plataforma Nova.", ("Aurora", "PART_OF", "Plataforma Nova")),
        ("Проект Аврора зависит от PostgreSQL.", ("Аврора", "DEPENDS_ON", "PostgreSQL")),
        ("Наш Аврора использует Redis.", ("Аврора", "USES", "Redis")),
    ],
)
def test_relations_in_three_languages(text: str, expected: tuple[str, str, str]) -> None:
    source, label, target = expected
    assert (concept_id(source), label, concept_id(target)) in [tuple(one) for one in found(text).relations]


def test_the_same_thing_has_one_id() -> None:
    assert concept_id("Москва") == concept_id("Москве") == concept_id("МОСКВУ")
    assert concept_id("São Paulo") == concept_id("sao  paulo")
    assert concept_id("Qdrant Edge") != concept_id("Qdrant")


def test_a_name_that_occurs_more_often_counts_more() -> None:
    counts = {concept.name: concept.count for concept in found("I like Porto. In Porto we saw Lisboa.").concepts}
    assert counts == {"Porto": 2, "Lisboa": 1}


@pytest.mark.parametrize(
    "piece",
    [
        "A ",
        "A-",
        "a.",
        "a/",
        "«",
        "A de ",
        "a_",
        "aA",
        "a.b_",
        "-a",
        "A'",
        " ",
        ".",
        '"a ',
        "#a-",
        "A uses ",
        "`a",
        "A\n",
        "é́",
    ],
)
def test_no_text_takes_long(piece: str) -> None:
    extracted = found(piece * 20_000)
    assert len(extracted.concepts) <= MAX_CONCEPTS
    assert len(extracted.relations) <= MAX_RELATIONS


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300))
def test_whatever_is_found_can_be_stored(text: str) -> None:
    memory = MemoryText("m", text, "fact", {"type": "person", "name": text[:100], "session_id": text[:50]}, agent="a")
    nodes, edges = pieces_of(memory, by_rules(memory))
    check(nodes, edges)
    known = {node.id for node in nodes}
    assert all(edge.source in known and edge.target in known for edge in edges)
