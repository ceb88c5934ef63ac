"""From rows to points of a vector engine: vectors by meaning and by words, and what can be filtered by."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import msgspec

from entourage.kit.ids import derived_id
from entourage.llm.embeddings import Embedder
from entourage.memory.ingest.chunking import split
from entourage.memory.sparse import passage_vector
from entourage.memory.tables import MemoryRow
from entourage.stores.vectors.base import Payload, Point

SHARED = "*"
"""In a point's list of agents: the memory is shared with the whole team."""

MEMORY = "memory"
"""The payload key of the memory's id where a point is of a later part of it."""


class Pointed(msgspec.Struct, frozen=True):
    """A row and its points."""

    row: MemoryRow
    points: list[Point]


async def points_of(rows: Sequence[MemoryRow], embedder: Embedder) -> list[Pointed]:
    """The points of each row: one, or several where the text is longer than the embedder reads at once."""
    parts = await _parts_of([row.text for row in rows], embedder)
    flat = [part for of_row in parts for part in of_row]
    vectors = iter(await embedder.embed(flat, "passage"))
    sparse = iter(await asyncio.to_thread(lambda: [passage_vector(part) for part in flat]))
    found: list[Pointed] = []
    for row, of_row in zip(rows, parts, strict=True):
        payload = payload_of(row)
        ids = point_ids(row.id, len(of_row))
        points = [
            Point(one, next(vectors), next(sparse), payload if one == row.id else {**payload, MEMORY: row.id})
            for one in ids
        ]
        found.append(Pointed(row, points))
    return found


def point_ids(memory_id: str, count: int) -> list[str]:
    """The ids of the points of a memory."""
    return [memory_id, *(derived_id(memory_id, "part", place) for place in range(1, count))]


def payload_of(row: MemoryRow) -> Payload:
    """What searches can filter by."""
    agents = [name for name in (row.agent, SHARED if row.shared else None) if name]
    source = [name for name in (row.source_type, row.source_key) if name]
    payload: dict[str, str | int | float | bool | list[str]] = {
        "agent": agents,
        "kind": row.kind,
        "content": row.content,
        "source": source,
        "tags": list(row.tags),
        "created_ms": row.created_ms,
    }
    named = {"language": row.language, "document": row.document_id}
    payload.update({key: value for key, value in named.items() if value})
    return payload


async def _parts_of(texts: Sequence[str], embedder: Embedder) -> list[list[str]]:
    counts = await embedder.count(texts)
    return [
        [text] if count <= embedder.max_tokens else await asyncio.to_thread(_split, text, embedder)
        for text, count in zip(texts, counts, strict=True)
    ]


def _split(text: str, embedder: Embedder) -> list[str]:
    chunks = split(text, embedder.count_here, tokens=embedder.max_tokens)
    return [chunk.text for chunk in chunks] or [text]
