"""A text that is longer than the embedder reads at once is remembered in parts; nothing of it is cut off."""

from __future__ import annotations

import asyncio

from entourage.llm.embeddings import Embedder
from entourage.memory.ingest.chunking import split
from entourage.memory.schemas import NewMemory


async def parts_of(new: NewMemory, embedder: Embedder) -> list[NewMemory]:
    """`new` itself, or its parts in order: each knows its `part` of `parts`, from 1."""
    if (await embedder.count([new.text]))[0] <= embedder.max_tokens:
        return [new]
    kind = "code" if new.content == "code" else "text"
    chunks = await asyncio.to_thread(split, new.text, embedder.count_here, tokens=embedder.max_tokens, kind=kind)
    count = len(chunks)
    return [
        new.model_copy(
            update={
                "text": chunk.text,
                "source": new.source.model_copy(update={"chunk": place}),
                "metadata": {**new.metadata, "part": place, "parts": count},
            }
        )
        for place, chunk in enumerate(chunks, 1)
    ]
