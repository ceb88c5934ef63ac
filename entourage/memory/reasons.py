"""Why a memory was found, in one line for people."""

from __future__ import annotations

from entourage.memory.search_schemas import Why

MAX_SHOWN_TERMS = 8


def told(why: Why) -> str:
    """E.g. `meaning 0.87 (1st), words: staging, server; graph: Heron - RUNS_ON - Frankfurt`."""
    parts: list[str] = []
    if why.dense:
        parts.append(f"meaning {why.dense.score:.2f} ({ordinal(why.dense.rank)})")
    if why.sparse and why.sparse.terms:
        parts.append(f"words: {', '.join(why.sparse.terms[:MAX_SHOWN_TERMS])}")
    if why.graph:
        parts.append(f"graph: {' - '.join(why.graph.path)}")
    if why.rerank:
        parts.append(f"put here by the model ({why.rerank.score:.2f})")
    return "; ".join(parts)


def ordinal(number: int) -> str:
    """1st, 2nd, 3rd, 4th, 11th, 21st."""
    ending = "th" if number % 100 in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"
