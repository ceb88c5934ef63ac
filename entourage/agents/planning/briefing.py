"""The turn of a plan is written by the ordinary run loop: here is what it is asked in place of the person's words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from entourage.agents.planning.beginning import PLAN
from entourage.agents.planning.prompts import fallback_prompt, report_prompt
from entourage.agents.planning.rows import find_plan, tasks_of
from entourage.agents.tables import RunRow
from entourage.agents.work import Asked, Conversation, Summary
from entourage.events.message import Message, PlanPart, TextPart

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from entourage.agents.planning.telling import Telling
    from entourage.stores.sql import Database, Within


class Briefed:
    """Implements `Conversation` around another one."""

    def __init__(self, inner: Conversation, database: Database, telling: Telling) -> None:
        self._inner = inner
        self._database = database
        self._telling = telling

    async def prompt(self, owner_id: str, run: RunRow) -> Asked:
        """See `Conversation.prompt`. For a plan: with its results, or why there is no plan."""
        asked = await self._inner.prompt(owner_id, run)
        briefing = await self._briefing(owner_id, run) if run.kind == PLAN else None
        if briefing is None:
            return asked
        prompt = asked.prompt.model_copy(update={"parts": [*asked.prompt.parts, TextPart(text=briefing)]})
        return replace(asked, prompt=prompt, question=asked.prompt)

    async def keep_summary(self, owner_id: str, chat_id: str, summary: Summary) -> None:
        """See `Conversation.keep_summary`."""
        await self._inner.keep_summary(owner_id, chat_id, summary)

    async def settle(self, within: Within, message: Message) -> None:
        """See `Conversation.settle`."""
        await self._inner.settle(within, message)

    async def reopen(self, session: AsyncSession, run: RunRow) -> None:
        """See `Conversation.reopen`."""
        await self._inner.reopen(session, run)

    async def settled(self, owner_id: str, message: Message) -> None:
        """See `Conversation.settled`. A plan ends with its turn, however that does."""
        for part in message.parts:
            if isinstance(part, PlanPart):
                await self._telling.tell(owner_id, part.plan_id)
        await self._inner.settled(owner_id, message)

    async def _briefing(self, owner_id: str, run: RunRow) -> str | None:
        async with self._database.read(owner_id) as session:
            plan = await find_plan(session, run.plan_id or "")
            tasks = await tasks_of(session, plan.id)
        if plan.outcome:
            return report_prompt(plan, tasks)
        return fallback_prompt(plan.reason or "") if plan.status == "failed" else None
