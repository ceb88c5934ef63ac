"""Answers: where runs read what they answer, and where their turns go. Implements `Conversation` for the run loop."""

from __future__ import annotations

from sqlalchemy import bindparam, exists, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from entourage.agents.runs import Runs
from entourage.agents.service import Agents
from entourage.agents.tables import RunRow
from entourage.agents.work import Asked, Summary
from entourage.chats.branches import path_to
from entourage.chats.schemas import message_of
from entourage.chats.service import Chats, find_message
from entourage.chats.summaries import add_summary, newest_summary
from entourage.chats.tables import ChatRow, MessageRow
from entourage.chats.titles import Titles
from entourage.events.event import NewEvent
from entourage.events.log import EventLog
from entourage.events.message import Message, TextPart
from entourage.events.types import EventData, MessageEvent
from entourage.kit.clock import now_ms
from entourage.kit.errors import Conflict, NotFound
from entourage.kit.ids import derived_id
from entourage.stores.sql import Database, Prepared, Within

HISTORY_MESSAGES = 400

_TURN = Prepared(
    select(MessageRow, ChatRow.workspace_id)
    .join(ChatRow, ChatRow.id == MessageRow.chat_id)
    .where(MessageRow.id == bindparam("message"))
)
_SAME_ROLE = (
    select(MessageRow.id)
    .where(MessageRow.chat_id == bindparam("chat"), MessageRow.role == bindparam("role"))
    .order_by(MessageRow.num)
)
_SIBLINGS = Prepared(_SAME_ROLE.where(MessageRow.parent_id == bindparam("parent")))
_FIRST = Prepared(_SAME_ROLE.where(MessageRow.parent_id.is_(None)))
_SETTLE = Prepared(
    update(MessageRow)
    .where(MessageRow.id == bindparam("message"), MessageRow.chat_id == bindparam("chat"))
    .values({name: bindparam(name) for name in ("status", "model", "duration_ms", "parts", "text", "usage", "error")})
)
_TOUCH = Prepared(update(ChatRow).where(ChatRow.id == bindparam("chat")).values(updated_ms=bindparam("at")))


class Answers:
    """Turns of agents in conversations."""

    def __init__(self, database: Database, log: EventLog, chats: Chats, agents: Agents, runs: Runs) -> None:
        self._database = database
        self._log = log
        self._chats = chats
        self._agents = agents
        self._runs = runs
        self.titles: Titles | None = None

    async def reply(self, owner_id: str, run: RunRow) -> Message:
        """The turn that a run wrote or is writing."""
        message = (await self._asked(owner_id, run)).reply
        if run.parent_run_id and run.output:
            return Message.model_validate({**run.output, "created_at": run.created_ms})
        return message if message.status != "streaming" else await self._chats.unfinished(owner_id, message, run)

    async def question(self, owner_id: str, run: RunRow) -> Message:
        """The message that a run answers. Raises NotFound."""
        if run.parent_run_id or run.prompt_id is None:
            return _task_message(run)
        async with self._database.read(owner_id) as session:
            row = await find_message(session, run.chat_id, run.prompt_id)
            return message_of(row, [row.id])

    async def prompt(self, owner_id: str, run: RunRow) -> Asked:
        """See `Conversation.prompt`."""
        asked = await self._asked(owner_id, run)
        if run.fence > 1 and not run.parent_run_id:  # the process may have died before it told anybody of the message
            await self._publish(owner_id, run, (asked.prompt, MessageEvent(message=asked.prompt.wire())))
        return asked

    async def _asked(self, owner_id: str, run: RunRow) -> Asked:
        """A run that an agent started sees its task and nothing else."""
        if run.parent_run_id:
            workspace_id = await self._chats.workspace_of(owner_id, run.chat_id)
            return Asked([], _task_message(run), _child_turn(run), workspace_id=workspace_id)
        async with self._database.reading(owner_id) as reading:
            turn, workspace_id = await _TURN.first(reading, message=run.message_id) or (None, None)
            if turn is None or turn.parent_id is None:
                raise NotFound("The message to answer is gone.")
            path = await path_to(reading, turn.parent_id, HISTORY_MESSAGES)
            messages = [message_of(row, [row.id]) for row in path]
            reply = message_of(turn, await siblings_here(reading, turn))
            summary = await newest_summary(reading, run.chat_id, path)
        return Asked(messages[:-1], messages[-1], reply, summary, workspace_id=workspace_id)

    async def keep_summary(self, owner_id: str, chat_id: str, summary: Summary) -> None:
        """See `Conversation.keep_summary`."""
        async with self._database.write(owner_id) as session:
            await add_summary(session, chat_id, summary)

    async def settle(self, within: Within, message: Message) -> None:
        """See `Conversation.settle`."""
        settled = await _SETTLE.changed(
            within,
            message=message.id,
            chat=message.chat_id,
            status=message.status,
            model=message.model,
            duration_ms=message.duration_ms,
            parts=[part.model_dump(mode="json") for part in message.parts],
            text=message.text(),
            usage=message.usage.model_dump() if message.usage else None,
            error=message.error.model_dump() if message.error else None,
        )
        if not settled:
            raise NotFound(f"There is no message {message.id} in this conversation.")
        await _TOUCH.changed(within, chat=message.chat_id, at=now_ms())

    async def settled(self, owner_id: str, message: Message) -> None:
        """See `Conversation.settled`."""
        try:
            await self._chats.tell(owner_id, message.chat_id)
        except NotFound:  # deleted meanwhile
            return
        if self.titles:
            self.titles.consider(owner_id, message)

    async def reopen(self, session: AsyncSession, run: RunRow) -> None:
        """See `Conversation.reopen`."""
        row = await find_message(session, run.chat_id, run.message_id)
        if await session.scalar(select(exists().where(MessageRow.parent_id == row.id))):
            raise Conflict("The conversation went on after this answer.", hint="Fork the run.")
        row.status, row.error, row.usage, row.duration_ms = "streaming", None, None, None

    async def _publish(self, owner_id: str, run: RunRow, *events: tuple[Message | None, EventData]) -> None:
        await self._log.append(
            *(
                NewEvent(
                    owner_id=owner_id,
                    data=data,
                    id=derived_id(message.id if message else run.id, "sent" if message else data.type),
                    session_id=run.chat_id,
                    run_id=run.id,
                    agent=run.agent if message is None or message.role == "assistant" else None,
                )
                for message, data in events
            )
        )


async def siblings_here(within: Within, row: MessageRow) -> list[str]:
    """Its alternatives and itself, oldest first."""
    if row.parent_id is None:
        return await _FIRST.all(within, chat=row.chat_id, role=row.role)
    return await _SIBLINGS.all(within, chat=row.chat_id, role=row.role, parent=row.parent_id)


def _task_message(run: RunRow) -> Message:
    return Message(
        id=derived_id(run.id, "task"),
        chat_id=run.chat_id,
        parent_id=None,
        role="user",
        status="done",
        parts=[TextPart(text=run.task or "")],
        created_at=run.created_ms,
    )


def _child_turn(run: RunRow) -> Message:
    return Message(
        id=run.message_id,
        chat_id=run.chat_id,
        parent_id=None,
        role="assistant",
        agent=run.agent,
        run_id=run.id,
        status="streaming",
        created_at=run.created_ms,
    )
