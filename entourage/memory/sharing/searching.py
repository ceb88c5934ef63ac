"""Searches of people: their own memory, that of a workspace, or all they may look into."""

from __future__ import annotations

import asyncio

from entourage.memory.merging import merged
from entourage.memory.reranking import DEPTH, Reranker
from entourage.memory.search_schemas import Found, FoundMemory, MemorySearch, RerankWhy
from entourage.memory.service import Memories
from entourage.memory.sharing.opening import Sharing

AT_ONCE = 8
"""Memories that are looked into at the same time."""


class SharedSearch:
    """Searches as far as the person's roles go."""

    def __init__(self, memories: Memories, sharing: Sharing, reranker: Reranker) -> None:
        self._memories = memories
        self._sharing = sharing
        self._reranker = reranker

    async def search(self, user_id: str, asked: MemorySearch) -> Found:
        """Hits, best first. Raises NotFound for a workspace they are not in, Unavailable."""
        spaces = await self._sharing.workspaces(user_id) if asked.workspaces and asked.workspace is None else []
        if not spaces:
            opened = await self._sharing.open(user_id, asked.workspace)
            return await self._memories.search(opened.owner_id, asked, user_id)
        alone = asked.model_copy(update={"rerank": False, "budget_tokens": None})
        turns = asyncio.Semaphore(AT_ONCE)

        async def look(owner_id: str) -> Found:
            async with turns:
                return await self._memories.search(owner_id, alone, user_id)

        found = await asyncio.gather(*(look(owner_id) for owner_id in (user_id, *spaces)))
        items = merged(asked.query, found, limit=asked.limit, budget_tokens=asked.budget_tokens)
        if asked.rerank:
            items = await self._reranked(user_id, asked.query, items)
        took_ms = max(one.took_ms for one in found)
        return found[0].model_copy(update={"items": items, "took_ms": took_ms})

    async def _reranked(self, user_id: str, query: str, items: list[FoundMemory]) -> list[FoundMemory]:
        shown = items[:DEPTH]
        scores = await self._reranker.scores(user_id, query, [item.memory.text for item in shown])
        if scores is None:
            return items
        for item, score in zip(shown, scores, strict=True):
            item.why.rerank = RerankWhy(score=score)
        return sorted(shown, key=lambda item: -item.why.rerank.score if item.why.rerank else 0) + items[DEPTH:]
