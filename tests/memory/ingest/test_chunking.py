"""Texts become chunks within a budget; nothing is lost, whatever they hold."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from entourage.memory.ingest.chunking import Chunk, split
from entourage.memory.ingest.tokens import estimated_tokens


def by_bytes(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))


def by_words(text: str) -> int:
    """As tokenizers do it: long words are several tokens."""
    return sum(1 + len(word) // 8 for word in re.findall(r"\w+|[^\w\s]", text))


COUNTS: list[Callable[[str], int]] = [by_bytes, by_words, estimated_tokens]

WRITTEN = st.text(st.characters(codec="utf-8"), max_size=400)
SHAPED = st.lists(
    st.one_of(
        WRITTEN,
        st.sampled_from(
            [
                "\n\n",
                "\n",
                "# Head\n",
                "## Two\n",
                "```\n",
                ". ",
                "def f():\n    pass\n",
                "class A:\n",
                "\0",
                "👩‍👩‍👧‍👦",
                "🇧🇷🇵🇹",
                "é",
                "مرحبا بالعالم ",
            ]
        ),
    ),
    max_size=40,
).map("".join)


def check(text: str, chunks: list[Chunk], count: Callable[[str], int], tokens: int) -> None:
    """The properties that hold for every text."""
    covered = bytearray(len(text))
    for chunk in chunks:
        assert chunk.text == text[chunk.start : chunk.end]
        assert count(chunk.text) <= tokens
        assert chunk.text.strip()
        assert chunk.line == text.count("\n", 0, chunk.start) + 1
        covered[chunk.start : chunk.end] = b"\1" * (chunk.end - chunk.start)
    assert all(there or letter.isspace() for there, letter in zip(covered, text, strict=True))
    assert [chunk.end for chunk in chunks] == sorted({chunk.end for chunk in chunks})


@settings(max_examples=150, deadline=None)
@given(SHAPED, st.sampled_from(COUNTS), st.integers(16, 200), st.integers(0, 60))
@pytest.mark.parametrize("kind", ["text", "markdown", "rows", "code"])
def test_nothing_is_lost_and_every_chunk_is_within_the_budget(
    kind: str, text: str, count: Callable[[str], int], tokens: int, overlap: int
) -> None:
    chunks = split(text, count, tokens=tokens, overlap=overlap, kind=kind, language="python")  # type: ignore[arg-type]
    check(text, chunks, count, tokens)


@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize("letter", ["x", "я", "漢", "👩‍👩‍👧‍👦", "e\u0301", "م", "\0", "🇧🇷", "\u0301"])
def test_100_kb_without_a_space(letter: str, count: Callable[[str], int]) -> None:
    text = letter * (100_000 // len(letter.encode()))
    chunks = split(text, count, tokens=100)
    check(text, chunks, count, 100)
    assert "".join(chunk.text for chunk in chunks) == text


@pytest.mark.parametrize("letter", ["👩‍👩‍👧‍👦", "e\u0301", "🇧🇷", "👍🏽"])
def test_letters_of_several_parts_stay_whole(letter: str) -> None:
    chunks = split(letter * 500, by_bytes, tokens=64)
    assert all(chunk.text == letter * (len(chunk.text) // len(letter)) for chunk in chunks)


def test_a_text_that_fits_is_one_chunk() -> None:
    assert [chunk.text for chunk in split("One. Two.\n\nThree.", by_words, tokens=50)] == ["One. Two.\n\nThree."]


def test_paragraphs_are_kept_together_before_sentences_are() -> None:
    text = "\n\n".join(f"Paragraph {number} says one thing. And then another thing." for number in range(6))
    chunks = split(text, by_words, tokens=24)
    assert [chunk.text.count("Paragraph") for chunk in chunks] == [2, 2, 2]
    assert all(chunk.text.endswith("thing.") for chunk in chunks)


def test_sections_are_never_mixed_and_know_their_headings() -> None:
    text = "# Guide\n\n## Install\n\nRun it.\n\n## Use\n\nAsk it.\n\n```\n# no heading\n```\n\nSetup\n=====\n\nEnd."
    chunks = split(text, by_words, tokens=100, kind="markdown")
    assert [chunk.headings for chunk in chunks] == [("Guide", "Install"), ("Guide", "Use"), ("Setup",)]
    assert chunks[0].text.startswith("# Guide\n\n## Install")
    assert "# no heading" in chunks[1].text


def test_chunks_overlap_by_whole_sentences() -> None:
    text = " ".join(f"Sentence {number} has five words." for number in range(30))
    chunks = split(text, by_words, tokens=30, overlap=7)
    for before, after in pairwise(chunks):
        shared = text[after.start : before.end]
        assert re.fullmatch(r"Sentence \d+ has five words\.", shared.strip())


def test_code_is_cut_at_its_definitions() -> None:
    body = "\n".join(f"        value += {number}" for number in range(12))
    source = "import os\n\n\n# Adds.\n@cached\ndef add():\n    value = 0\n    return value\n\n\nclass Tree:\n"
    source += "\n\n".join(f"    def {name}(self):\n{body}" for name in ("grow", "fell", "plant"))
    chunks = split(source, by_words, tokens=70, kind="code", language="python")
    check(source, chunks, by_words, 70)
    assert chunks[0].text.startswith("import os\n\n\n# Adds.\n@cached\ndef add()")
    assert [chunk.headings[-1] for chunk in chunks[-3:]] == ["method grow", "method fell", "method plant"]
    assert chunks[-1].headings == ("class Tree", "method plant")


def test_code_of_an_unknown_language_is_cut_at_blank_lines() -> None:
    source = "\n\n".join(f"BEGIN{number}\n  DO THIS AND THAT\nEND" for number in range(9))
    chunks = split(source, by_words, tokens=20, kind="code", language="cobol")
    assert all(chunk.text.startswith("BEGIN") and chunk.text.endswith("END") for chunk in chunks)


def test_a_budget_that_could_not_hold_a_letter_is_refused() -> None:
    with pytest.raises(ValueError, match="too small"):
        split("a", by_words, tokens=3)
