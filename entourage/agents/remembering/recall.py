"""Recalling: what is known that bears on the request, found before the model is asked and recorded as it was found.

A run that is rebuilt, resumed or forked is shown what was recalled then, word for word. Docs: docs/agents.md.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

import structlog

from entourage.agents.remembering.wishes import Wishes
from entourage.agents.remembering.words import asked_words, is_asked_first, origin_of
from entourage.agents.steps import CONTEXT, StoredContext
from entourage.events.message import ContextItem
from entourage.kit.json import encode
from entourage.llm.inside.quotations import Quotation, fenced
from entourage.memory.origin import SPOKEN
from entourage.tools.pipeline import storable

if TYPE_CHECKING:
    from entourage.agents.work import Work
    from entourage.memory.search_schemas import FoundMemory
    from entourage.memory.service import Memories
    from entourage.memory.sharing.opening import Sharing

logger = structlog.get_logger(__name__)

MOST_RECALLED = 6
BUDGET_TOKENS = 1_500
"""What recalled texts may take of the model's window, all together."""

RECALL_SECONDS = 5.0
"""A turn does not wait longer for its memory."""

MAX_QUOTED_CHARS = 4_000
SHOWN_CHARS = 300
"""How much of a memory people see with the answer."""

Search = asyncio.Task["Sequence[FoundMemory]"]


class Recall:
    """Gives runs what their agents may know."""

    def __init__(self, memories: Memories, sharing: Sharing, wishes: Wishes) -> None:
        self._memories = memories
        self._sharing = sharing
        self._wishes = wishes

    def begin(self, work: Work) -> Search | None:
        """Look, beside whatever else is prepared; None for a run that recalled before, or shall not."""
        if not is_asked_first(work) or work.agent.memory == "none":
            return None
        return asyncio.create_task(self._look(work), name=f"recall-{work.run.id}")

    async def finish(self, work: Work, search: Search | None) -> None:
        """Record and show what was found. Raises LeaseLost."""
        found = await search if search else ()
        if not found:
            return
        items = [_item(one).model_dump(mode="json") for one in found]
        quotations = [Quotation(storable(one.memory.text)[:MAX_QUOTED_CHARS], origin_of(one.memory)) for one in found]
        stored = StoredContext(items, fenced(quotations, work.run.id))
        work.turn.recalled(stored.part())  # in one commit with the record
        await work.runs.record(work.claim, CONTEXT, CONTEXT, 0, encode(stored).decode())
        work.recorded.context = stored

    async def _look(self, work: Work) -> Sequence[FoundMemory]:
        """Never raises: a turn without its memory is better than none."""
        words = asked_words(work)
        if not words or not await self._wishes.recalls(work.owner_id):
            return ()
        try:
            async with asyncio.timeout(RECALL_SECONDS):
                recalled = await self._memories.recall(
                    work.owner_id,
                    work.agent.name,
                    work.agent.memory,
                    words,
                    budget_tokens=BUDGET_TOKENS,
                    limit=MOST_RECALLED,
                    except_session=work.run.chat_id,
                    workspace_id=await self._sharing.still_in(work.owner_id, work.workspace_id),
                )
        except Exception as error:
            logger.warning("run.not_recalled", run_id=work.run.id, error=type(error).__name__)
            return ()
        return recalled.items


def _item(found: FoundMemory) -> ContextItem:
    memory = found.memory
    text = storable(memory.text)
    source = memory.source.model_dump(mode="json", exclude_none=True)
    if memory.author:  # whatever the source calls itself
        source = {**source, "name": memory.author.name} if memory.source.type in SPOKEN else source
    return ContextItem(
        memory_id=memory.id,
        kind=memory.kind,
        text=text if len(text) <= SHOWN_CHARS else f"{text[: SHOWN_CHARS - 1]}…",
        source=source,
        score=round(found.score, 4),
        why=found.why.text or None,
        workspace=memory.workspace,
        author=memory.author.name if memory.author else None,
    )
