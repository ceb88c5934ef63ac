"""Talking: a person's message begins a run, the run's turn ends up in the conversation."""

from __future__ import annotations

import asyncio
import re
from contextlib import suppress

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from entourage.agents.dispatcher import Dispatcher
from entourage.agents.runs import Runs
from entourage.agents.service import Agents
from entourage.agents.tables import RunRow
from entourage.agents.team import DEFAULT_AGENT
from entourage.agents.work import Asked, Summary
from entourage.chats.branches import path_to
from entourage.chats.schemas import Regenerate, SendMessage, Sent, message_of
from entourage.chats.service import Chats, find_chat, find_message
from entourage.chats.summaries import add_summary, newest_summary
from entourage.chats.tables import AttachmentRow, ChatRow, MessageRow
from entourage.chats.titles import Titles
from entourage.events.event import NewEvent
from entourage.events.log import EventLog
from entourage.events.message import AttachmentPart, Message, Part, TextPart
from entourage.events.types import DirectAgentCall, EventData, MessageEvent, TaskQueued
from entourage.kit.clock import now_ms
from entourage.kit.errors import Conflict, Invalid, NotFound
from entourage.kit.ids import derived_id, new_id
from entourage.stores.sql import Database

HISTORY_MESSAGES = 400
ENDING_SECONDS = 1.0
TITLE_CHARS = 60

_MENTION = re.compile(r"^\s*@([a-z][a-z0-9_-]{1,31})\b[\s,:]*")


class Talk:
    """Sends messages and answers them again. Implements `Conversation` for the run loop."""

    def __init__(self, database: Database, log: EventLog, chats: Chats, agents: Agents, runs: Runs) -> None:
        self._database = database
        self._log = log
        self._chats = chats
        self._agents = agents
        self._runs = runs
        self.dispatcher: Dispatcher | None = None
        self.titles: Titles | None = None

    async def send(self, owner_id: str, chat_id: str, said: SendMessage) -> Sent:
        """Keep the message and begin the run that answers it.

        Raises NotFound, Invalid (nothing said, no such agent), Conflict (the turn before is still being written).
        """
        text = "\n\n".join(part.text for part in said.content if part.text.strip())
        if not text and not said.attachments:
            raise Invalid("There is nothing in this message.", errors=[{"field": "content", "message": "is empty"}])
        agent, called = await self._agent_for(owner_id, text, said.target_agent)
        seq = await self._log.head(owner_id)
        await self._let_end(owner_id, chat_id)
        async with self._database.write(owner_id) as session:
            chat = await find_chat(session, chat_id, lock=True)
            parent_id = said.parent_id if "parent_id" in said.model_fields_set else chat.active_message_id
            if parent_id:
                _check_finished(await find_message(session, chat_id, parent_id))
            message = await self._new_message(session, chat, parent_id, text, said.attachments)
            reply, run = await self._begin(session, chat, message, agent, said.model, seq)
            siblings = await _siblings(session, message)
        return await self._go(owner_id, message_of(message, siblings), message_of(reply, [reply.id]), run, called)

    async def regenerate(self, owner_id: str, chat_id: str, message_id: str, how: Regenerate) -> Sent:
        """Another answer to the same message, beside the one there is. Raises NotFound, Invalid, Conflict."""
        seq = await self._log.head(owner_id)
        async with self._database.write(owner_id) as session:
            chat = await find_chat(session, chat_id, lock=True)
            old = await find_message(session, chat_id, message_id)
            if old.role != "assistant" or old.parent_id is None:
                raise Invalid("Only an agent's answer can be generated again.")
            _check_finished(old)
            message = await find_message(session, chat_id, old.parent_id)
            if message.role != "user":  # imported: an agent that said several things in a row
                raise Invalid("This answer goes on from another one.", hint="Generate the first of them again.")
            agent = how.target_agent or old.agent or DEFAULT_AGENT
            await self._agents.named(owner_id, agent)
            reply, run = await self._begin(session, chat, message, agent, how.model, seq)
            siblings = await _siblings(session, message)
            replies = await _siblings(session, reply)
        return await self._go(owner_id, message_of(message, siblings), message_of(reply, replies), run, called=False)

    async def wait(self, owner_id: str, sent: Sent) -> Message:
        """The reply once its run has ended or waits for the person."""
        assert self.dispatcher
        row = await self.dispatcher.settled(owner_id, sent.run_id)
        return await self.reply(owner_id, row)

    async def reply(self, owner_id: str, run: RunRow) -> Message:
        """The turn that a run wrote or is writing."""
        message = (await self.prompt(owner_id, run)).reply
        if run.parent_run_id and run.output:
            return Message.model_validate({**run.output, "created_at": run.created_ms})
        return message if message.status != "streaming" else await self._chats.unfinished(owner_id, message, run)

    async def prompt(self, owner_id: str, run: RunRow) -> Asked:
        """See `Conversation.prompt`. A run that an agent started sees its task and nothing else."""
        if run.parent_run_id:
            return Asked([], _task_message(run), _child_turn(run))
        async with self._database.read(owner_id) as session:
            turn = await session.scalar(select(MessageRow).where(MessageRow.id == run.message_id))
            if turn is None or turn.parent_id is None:
                raise NotFound("The message to answer is gone.")
            path = await path_to(session, turn.parent_id, HISTORY_MESSAGES)
            messages = [message_of(row, [row.id]) for row in path]
            reply = message_of(turn, await _siblings(session, turn))
            summary = await newest_summary(session, run.chat_id, path)
        if run.fence > 1:  # the process may have died before it told anybody of the message
            await self._publish(owner_id, run, (messages[-1], MessageEvent(message=messages[-1].wire())))
        return Asked(messages[:-1], messages[-1], reply, summary)

    async def keep_summary(self, owner_id: str, chat_id: str, summary: Summary) -> None:
        """See `Conversation.keep_summary`."""
        async with self._database.write(owner_id) as session:
            await add_summary(session, chat_id, summary)

    async def settle(self, session: AsyncSession, message: Message) -> None:
        """See `Conversation.settle`."""
        row = await find_message(session, message.chat_id, message.id)
        row.status, row.model, row.duration_ms = message.status, message.model, message.duration_ms
        row.parts = [part.model_dump(mode="json") for part in message.parts]
        row.text = message.text()
        row.usage = message.usage.model_dump() if message.usage else None
        row.error = message.error.model_dump() if message.error else None
        (await find_chat(session, message.chat_id)).updated_ms = now_ms()

    async def settled(self, owner_id: str, message: Message) -> None:
        """See `Conversation.settled`."""
        try:
            await self._chats.tell(owner_id, message.chat_id)
        except NotFound:  # deleted meanwhile
            return
        if self.titles:
            self.titles.consider(owner_id, message)

    async def _let_end(self, owner_id: str, chat_id: str) -> None:
        """Who answers at once to a turn that was told to be whole may be quicker than its rows: give them a moment."""
        assert self.dispatcher
        running = await self._chats.running(owner_id, chat_id)
        if running:
            with suppress(TimeoutError):
                async with asyncio.timeout(ENDING_SECONDS):
                    await self.dispatcher.settled(owner_id, running)

    async def _agent_for(self, owner_id: str, text: str, target: str | None) -> tuple[str, bool]:
        """Who answers, and whether the person named them."""
        mention = _MENTION.match(text)
        name = target or (mention.group(1) if mention else None)
        if name:
            return (await self._agents.named(owner_id, name)).name, True
        active = [agent.name for agent in await self._agents.list(owner_id) if agent.status == "active"]
        if not active:
            raise Invalid("All agents of your team are disabled.", hint="Enable one in the settings.")
        return (DEFAULT_AGENT if DEFAULT_AGENT in active else active[0]), False

    async def _new_message(
        self, session: AsyncSession, chat: ChatRow, parent_id: str | None, text: str, attachments: list[str]
    ) -> MessageRow:
        parts: list[Part] = [TextPart(text=text)] if text else []
        parts += [_attachment_part(row) for row in await _attachments(session, chat.id, attachments)]
        row = _message_row(chat.id, parent_id, "user", "done")
        row.parts, row.text = [part.model_dump(mode="json") for part in parts], text
        session.add(row)
        if not chat.is_titled:
            chat.title, chat.is_titled = title_of(parts), True
        chat.message_count += 1
        await session.flush()
        return row

    async def _begin(
        self, session: AsyncSession, chat: ChatRow, message: MessageRow, agent: str, model: str | None, seq: int
    ) -> tuple[MessageRow, RunRow]:
        assert self.dispatcher
        reply = _message_row(chat.id, message.id, "assistant", "streaming")
        run = self._runs.new(
            worker=self.dispatcher.worker if self.dispatcher.free else None,
            id=new_id(),
            chat_id=chat.id,
            message_id=reply.id,
            prompt_id=message.id,
            parent_run_id=None,
            agent=agent,
            model=model,
            task=None,
            path=[agent],
            cancelling=False,
            start_seq=seq,
        )
        reply.agent, reply.run_id = agent, run.id
        session.add_all([reply, run])
        chat.active_message_id, chat.updated_ms = reply.id, now_ms()
        chat.message_count += 1
        await session.flush()
        return reply, run

    async def _go(self, owner_id: str, message: Message, reply: Message, run: RunRow, called: bool) -> Sent:
        """Tell listeners, then let the run begin."""
        assert self.dispatcher
        events: list[tuple[Message | None, EventData]] = [
            (message, MessageEvent(message=message.wire())),
            (reply, MessageEvent(message=reply.wire())),
            (None, TaskQueued(run_id=run.id, agent=run.agent, message_id=reply.id)),
        ]
        if called:
            events.append((None, DirectAgentCall(run_id=run.id, agent=run.agent, by="user")))
        await self._publish(owner_id, run, *events)
        self.dispatcher.begin(run)
        await self._chats.tell(owner_id, run.chat_id)
        return Sent(message=message, run_id=run.id, reply_id=reply.id, seq=run.start_seq)

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


def title_of(parts: list[Part]) -> str:
    """A title from the first words of the first message, or the name of what came with it."""
    for part in parts:
        if isinstance(part, TextPart):
            words = " ".join(_MENTION.sub("", part.text).split()) or part.text.strip()
            if len(words) <= TITLE_CHARS:
                return words
            cut = words[:TITLE_CHARS].rsplit(" ", 1)[0]
            return f"{cut or words[:TITLE_CHARS]}…"
        if isinstance(part, AttachmentPart):
            return part.name[:TITLE_CHARS]
    return "Untitled"


def _check_finished(row: MessageRow) -> None:
    if row.status in ("streaming", "waiting"):
        raise Conflict(
            f"{row.agent} is still working on the message before.",
            hint="Wait for it, answer what it asks, or stop it first.",
        )


def _message_row(chat_id: str, parent_id: str | None, role: str, status: str) -> MessageRow:
    return MessageRow(
        id=new_id(),
        chat_id=chat_id,
        parent_id=parent_id,
        role=role,
        status=status,
        parts=[],
        text="",
        created_ms=now_ms(),
    )


async def _siblings(session: AsyncSession, row: MessageRow) -> list[str]:
    same = MessageRow.parent_id == row.parent_id if row.parent_id else MessageRow.parent_id.is_(None)
    query = select(MessageRow.id).where(MessageRow.chat_id == row.chat_id, same, MessageRow.role == row.role)
    return list(await session.scalars(query.order_by(MessageRow.num)))


async def _attachments(session: AsyncSession, chat_id: str, ids: list[str]) -> list[AttachmentRow]:
    if not ids:
        return []
    query = select(AttachmentRow).where(AttachmentRow.chat_id == chat_id, AttachmentRow.id.in_(ids))
    found = {row.id: row for row in await session.scalars(query)}
    missing = [attachment_id for attachment_id in ids if attachment_id not in found]
    if missing:
        raise NotFound(f"There is no attachment {missing[0]} in this conversation.")
    return [found[attachment_id] for attachment_id in ids]


def _attachment_part(row: AttachmentRow) -> AttachmentPart:
    return AttachmentPart(attachment_id=row.id, name=row.name, mime=row.mime, size=row.size)


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
