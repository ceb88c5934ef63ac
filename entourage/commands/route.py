"""`entourage route`: what requests are taken for, by the embedder alone, without a server."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, cast

import typer

from entourage.agents.routing.examples import by_intent
from entourage.agents.routing.judging import gist, handler_for, knows_meaning
from entourage.agents.routing.vectors import kept_vectors
from entourage.commands.setup import fail
from entourage.kit.errors import Unavailable
from entourage.llm.embeddings import Embedder, best_embedder
from entourage.llm.intents import IntentClassifier


def run_route(text: str | None, jsonl: str | None) -> int:
    """Print a JSON line a request."""
    try:
        requests = [text] if text is not None else list(_texts(jsonl or "-"))
        asyncio.run(_route(requests))
    except (OSError, ValueError) as error:
        return fail(f"The requests could not be read: {error}.", 'Give a text, or lines such as {"text": "..."}.')
    except Unavailable as problem:
        return fail(problem.detail, problem.hint)
    return 0


async def _route(requests: Iterable[str]) -> None:
    embedder = best_embedder()
    classifier = IntentClassifier(embedder, by_intent(), kept_vectors)
    for request in requests:
        typer.echo(json.dumps(await _told(classifier, embedder, request), ensure_ascii=False))


async def _told(classifier: IntentClassifier, embedder: Embedder, request: str) -> dict[str, Any]:
    found = await classifier.classify(gist(request))
    handler = handler_for(found.label, found.confidence, meaning=knows_meaning(embedder))
    return {"intent": found.label, "confidence": round(found.confidence, 3), "handler": handler, "text": request}


def _texts(path: str) -> Iterator[str]:
    """The `text` of each line of a file; `-` reads the standard input. Raises OSError, ValueError."""
    lines = sys.stdin.read() if path == "-" else Path(path).read_text(encoding="utf-8")
    for number, line in enumerate(lines.splitlines(), 1):
        if not line.strip():
            continue
        row: object = json.loads(line)
        text = cast("dict[str, object]", row).get("text") if isinstance(row, dict) else row
        if not isinstance(text, str):
            raise ValueError(  # noqa: TRY004  # it is what the line says that is wrong
                f"line {number} has no text"
            )
        yield text
