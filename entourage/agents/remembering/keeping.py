"""What a turn leaves behind: the interaction, what the person said of themselves, and maybe a lesson to be read later.

It is added in the transaction that ends the turn: a turn that ended is remembered, one that did not is not.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec
import structlog
from sqlalchemy import bindparam, insert

from entourage.agents.remembering.tables import LessonRow
from entourage.agents.remembering.wishes import Wish, Wishes
from entourage.agents.remembering.words import said_in
from entourage.events.message import ToolCallPart
from entourage.kit.clock import now_ms
from entourage.llm.schemas import OFFLINE_MODEL
from entourage.llm.statements import speaks_of_oneself, stated
from entourage.memory.schemas import NewMemory, Source
from entourage.stores.sql import Prepared, Within
from entourage.tools.pipeline import storable

if TYPE_CHECKING:
    from entourage.agents.remembering.lessons import Lessons
    from entourage.agents.remembering.telling import Telling
    from entourage.agents.work import Work
    from entourage.memory.service import Memories

logger = structlog.get_logger(__name__)

QUESTION_CHARS, ANSWER_CHARS = 800, 1_000
"""How much of a turn is remembered: about what an embedder reads at once."""

RULES_CONFIDENCE = 0.9
STORES = "memory_store"

_LESSON = [column.name for column in LessonRow.__table__.columns if column.name != "owner_id"]
_LEARN = Prepared(insert(LessonRow).values({name: bindparam(name) for name in _LESSON}))


class Leaving(msgspec.Struct):
    """Memories to add, and the turn as a lesson; `ids` are known once they were added."""

    owner_id: str
    memories: Sequence[NewMemory]
    lesson: LessonRow | None
    ids: list[str] = msgspec.field(default_factory=list[str])


class Keeping:
    """Keeps turns that answer a person. `learns`: whether models may be asked for facts on this server."""

    def __init__(self, memories: Memories, wishes: Wishes, lessons: Lessons, telling: Telling, *, learns: bool) -> None:
        self._memories = memories
        self._telling = telling
        self._wishes = wishes
        self._lessons = lessons
        self._learns = learns

    async def of(self, work: Work) -> Leaving | None:
        """What this turn leaves, None for nothing. Never raises: an answer is not lost for it."""
        if work.run.parent_run_id or work.agent.memory == "none":
            return None
        try:
            wish = await self._wishes.of(work.owner_id)
            return self._leaving(work, wish) if wish.remembers else None
        except Exception as error:
            logger.warning("run.not_remembered", run_id=work.run.id, error=type(error).__name__)
            return None

    async def add(self, within: Within, leaving: Leaving) -> None:
        """Add it, in the caller's transaction."""
        leaving.ids = await self._memories.add(within, leaving.owner_id, leaving.memories)
        if leaving.lesson:
            await _LEARN.changed(within, **{name: getattr(leaving.lesson, name) for name in _LESSON})

    async def added(self, leaving: Leaving) -> None:
        """The transaction was committed: let it be found, and told of."""
        self._memories.wake()
        if leaving.lesson:
            self._lessons.wake()
        await self._telling.stored(leaving.owner_id, leaving.ids)

    def _leaving(self, work: Work, wish: Wish) -> Leaving | None:
        question, answer = storable(said_in(work.question)), storable(work.turn.message.text().strip())
        if not (question and answer):
            return None
        lesson = _lesson(work, question, _shortened(answer, ANSWER_CHARS))
        told = f"User: {_shortened(question, QUESTION_CHARS)}\n{lesson.agent}: {lesson.answer}"
        memories = [interaction_of(work, told)]
        is_due = wish.extract != "off" and not _has_stored(work)
        facts = stated(question) if is_due else []
        memories += [fact_of(lesson, fact, confidence=RULES_CONFIDENCE) for fact in facts]
        asks = is_due and not facts and wish.extract == "auto" and self._may_ask(lesson)
        return Leaving(work.owner_id, memories, lesson if asks else None)

    def _may_ask(self, lesson: LessonRow) -> bool:
        """Whether a model may read the turn, and it may hold what rules do not see."""
        return self._learns and lesson.model not in (None, OFFLINE_MODEL) and speaks_of_oneself(lesson.question)


def _lesson(work: Work, question: str, answer: str) -> LessonRow:
    return LessonRow(
        run_id=work.run.id,
        chat_id=work.run.chat_id,
        message_id=work.run.message_id,
        agent=work.agent.name,
        model=work.turn.message.model,
        shared=_is_shared(work),
        question=question,
        answer=answer,
        attempts=0,
        due_ms=now_ms(),
    )


def interaction_of(work: Work, text: str) -> NewMemory:
    """A question and its answer."""
    return NewMemory(
        text=text,
        kind="interaction",
        agent=work.agent.name,
        shared=_is_shared(work),
        source=_source(work.run.chat_id, work.run.message_id),
        importance=0.3,
    )


def fact_of(lesson: LessonRow, text: str, *, confidence: float) -> NewMemory:
    """Something that was said in a turn. What all agents may know belongs to none of them."""
    return NewMemory(
        text=text,
        kind="fact",
        agent=None if lesson.shared else lesson.agent,
        shared=lesson.shared,
        source=_source(lesson.chat_id, lesson.message_id),
        importance=0.7,
        confidence=confidence,
    )


def _source(chat_id: str, message_id: str) -> Source:
    return Source.model_validate({"type": "chat", "session_id": chat_id, "message_id": message_id})


def _is_shared(work: Work) -> bool:
    """An agent that recalls only its own memories keeps them to itself."""
    return work.agent.memory != "own"


def _has_stored(work: Work) -> bool:
    """Whether the agent decided by itself what of this turn is to be kept."""
    parts = work.turn.message.parts
    return any(isinstance(part, ToolCallPart) and part.tool == STORES and part.status == "ok" for part in parts)


def _shortened(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
