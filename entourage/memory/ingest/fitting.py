"""The embedder's own count has the last word: what was cut by an estimate and does not fit after all is cut again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import TypeAlias

import msgspec

from entourage.memory.ingest.chunking import LEAST_TOKENS, split
from entourage.memory.ingest.reading import ReadChunk
from entourage.memory.ingest.tokens import estimated_tokens

CHUNK_TOKENS = 400
OVERLAP_TOKENS = 40
_BATCH = 128
_TIGHTER = 1.25

CountAll: TypeAlias = Callable[[Sequence[str]], Awaitable[list[int]]]


async def fitted(chunks: Sequence[ReadChunk], count: CountAll, tokens: int) -> list[ReadChunk]:
    """The same text in chunks of at most `tokens` tokens each, in order."""
    tokens = max(LEAST_TOKENS, tokens)
    todo, found = [(chunk, 1.0) for chunk in reversed(chunks)], list[ReadChunk]()
    while todo:
        batch = [todo.pop() for _ in range(min(_BATCH, len(todo)))]
        counts = await count([chunk.text for chunk, _ in batch])
        for place, ((chunk, times), size) in enumerate(zip(batch, counts, strict=True)):
            if size <= tokens or len(chunk.text) == 1:
                found.append(chunk)
                continue
            tighter = max(times * _TIGHTER, _TIGHTER * size / max(1, estimated_tokens(chunk.text)))
            pieces = await asyncio.to_thread(_cut, chunk, tokens, tighter)
            todo += reversed(batch[place + 1 :])
            todo += [(piece, tighter) for piece in reversed(pieces)]
            break
    return found


def _cut(chunk: ReadChunk, tokens: int, times: float) -> list[ReadChunk]:
    cut = split(chunk.text, partial(estimated_tokens, times=times), tokens=tokens)
    return [
        msgspec.structs.replace(chunk, text=piece.text, line=chunk.line + piece.line - 1, headings=chunk.headings)
        for piece in cut
    ]
