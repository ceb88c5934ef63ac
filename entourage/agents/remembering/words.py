"""The words of a turn: what was asked, by whom, and how a memory is told of in one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entourage.events.message import Message
from entourage.kit.clock import rfc3339
from entourage.memory.origin import place_of

if TYPE_CHECKING:
    from entourage.agents.work import Work
    from entourage.memory.schemas import Memory

ASKED_CHARS = 2_000
_SHORT_CHARS = 60


def is_asked_first(work: Work) -> bool:
    """Whether no model was asked yet in this run. A fork goes on from what its source had recalled, or had not."""
    recorded = work.recorded
    if recorded.context is not None:
        return False
    own = len(recorded.replies) - recorded.copied
    began_routed = bool(work.run.routed and work.run.routed.get("first"))
    return not recorded.replies or (own == 1 and began_routed and not work.run.forked_from)


def asked_words(work: Work) -> str:
    """The request in the person's words, a short one with the request before it, which it may point back to."""
    words = said_in(work.question)
    if len(words) > _SHORT_CHARS or work.run.parent_run_id:
        return words
    before = next((message for message in reversed(work.history) if message.role == "user"), None)
    earlier = said_in(before)[: ASKED_CHARS // 4] if before else ""
    return f"{earlier}\n{words}".strip() if words else ""


def said_in(message: Message) -> str:
    """What a message says, shortened in the middle where it is long."""
    text = message.text().strip()
    if len(text) <= ASKED_CHARS:
        return text
    half = ASKED_CHARS // 2
    return f"{text[:half]}\n{text[-half:]}"


def origin_of(memory: Memory) -> str:
    """Where a memory is from, in one line for a model."""
    source = memory.source
    where = [memory.kind, place_of(memory, {"chat": "an earlier conversation", "person": "the user"})]
    where += [f"page {source.page}"] if source.page else []
    where += [f"line {source.line}"] if source.line else []
    return ", ".join([*where, rfc3339(memory.created_at)[:10]])
