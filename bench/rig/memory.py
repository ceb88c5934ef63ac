"""Memory without a server around it: rows in a temporary folder, the vector engine's child, one embedder."""

from __future__ import annotations

import asyncio
import gc
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from sqlalchemy.orm import configure_mappers

from entourage.commands.serve import SWITCH_SECONDS
from entourage.llm.embeddings import Embedder
from entourage.memory.choices import Choices
from entourage.memory.embedders import Embedders
from entourage.memory.indexing import Indexer
from entourage.memory.searching import Searcher
from entourage.memory.service import Memories
from entourage.memory.using import Uses
from entourage.migrate import ensure_schema
from entourage.stores.sql import Database
from entourage.stores.vectors.open import open_vectors

SUBJECTS = """
backup invoice garden harbour printer release contract battery recipe glacier violin server password bridge
"""
VERBS = "starts stops moves breaks waits grows fails returns"


@dataclass
class Rig:
    """What is measured."""

    database: Database
    memories: Memories
    embedder: Embedder


@asynccontextmanager
async def rig(embedder: Embedder) -> AsyncIterator[Rig]:
    """Memory that indexes with this embedder, gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(None, Path(folder))
        await ensure_schema(database)
        configure_mappers()  # as a server has done when it answers for the first time
        gc.freeze()
        sys.setswitchinterval(SWITCH_SECONDS)
        vectors = open_vectors(None, Path(folder))
        embedders = Embedders(embedder)
        choices = Choices(database, embedders)
        searcher = Searcher(database, vectors, embedders, choices)
        indexer = Indexer(database, vectors, embedders, choices, lease_seconds=5.0)
        uses = Uses(database)
        memories = Memories(database, embedders, choices, searcher, indexer, uses)
        await indexer.start()
        try:
            yield Rig(database, memories, embedder)
        finally:
            await indexer.close()
            await vectors.close()
            await database.close()


def chunk(number: int, sentences: int = 12) -> str:
    """A text of about 120 words that no other number gives."""
    said = [_sentence(number, turn) for turn in range(sentences)]
    return " ".join(said)


def _sentence(number: int, turn: int) -> str:
    subjects, verbs = SUBJECTS.split(), VERBS.split()
    first, second = subjects[(number + turn) % len(subjects)], subjects[(number * 5 + turn * 3) % len(subjects)]
    return f"The {first} {number * 31 + turn} {verbs[(number * 7 + turn) % len(verbs)]} before the {second}."


class Stall:
    """The longest time within the block that the event loop could not turn."""

    def __init__(self) -> None:
        self.longest_ms = 0.0

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._watch())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _watch(self) -> None:
        while True:
            began = time.perf_counter()
            await asyncio.sleep(0.001)
            self.longest_ms = max(self.longest_ms, (time.perf_counter() - began) * 1000 - 1)
