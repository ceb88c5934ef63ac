"""Plans begin in conversations: with a person's message, and a turn that shows the plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entourage.agents.planning.beginning import PLAN, PlanStart, parts_of, plan_id_of, plan_rows
from entourage.agents.tables import RunRow
from entourage.chats.schemas import NewChat, SendMessage
from entourage.chats.tables import MessageRow

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from entourage.chats.service import Chats
    from entourage.chats.talk import Talk


async def add_plan(session: AsyncSession, run: RunRow, reply: MessageRow, start: PlanStart) -> None:
    """Make a run that is being begun carry out a plan, and its turn show it."""
    run.kind, run.plan_id, run.task = PLAN, plan_id_of(run.id), start.goal
    reply.parts = [part.model_dump(mode="json") for part in parts_of(run)]
    session.add_all(plan_rows(run, start))
    await session.flush()


class PlanTalk:
    """Begins plans that were asked for by themselves. Implements `Beginnings.begin`."""

    def __init__(self, chats: Chats, talk: Talk) -> None:
        self._chats = chats
        self._talk = talk

    async def begin(self, owner_id: str, session_id: str | None, start: PlanStart) -> str:
        """See `Beginnings`."""
        chat_id = session_id or (await self._chats.create(owner_id, NewChat())).id
        said = {"content": [{"type": "text", "text": start.goal}], "model": start.model, "mode": "plan"}
        sent = await self._talk.send(owner_id, chat_id, SendMessage.model_validate(said), plan=start)
        return plan_id_of(sent.run_id)
