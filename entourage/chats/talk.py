"""Talking: a person's message begins a run, the run's turn ends up in the conversation."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from entourage.agents.control.rows import family_of
from entourage.agents.dispatcher import Dispatcher
from entourage.agents.history import ATTACHMENTS_FOLDER
from entourage.agents.planning.beginning import PlanStart
from entourage.agents.routing.composite import MOST_EARLIER, first_step
from entourage.agents.routing.router import Route, Router
from entourage.agents.tables import RunRow, StepRow
from entourage.agents.team import DEFAULT_AGENT
from entourage.agents.timetravel.forks import Fork
from entourage.agents.timetravel.schemas import ForkRun
from entourage.chats.answers import Answers, siblings_here
from entourage.chats.attachments import Attachments
from entourage.chats.branches import path_to
from entourage.chats.busy import LEAF, Busy, check_finished, is_unfinished
from entourage.chats.planned import add_plan
from entourage.chats.schemas import Chat, Regenerate, SendMessage, Sent, message_of
from entourage.chats.service import find_chat, find_message
from entourage.chats.tables import ChatRow, MessageRow
from entourage.chats.writing import MENTION, attachment_part, attachments_of, message_row, title_of
from entourage.events.message import Message, Part, TextPart
from entourage.events.types import DirectAgentCall, EventData, MessageEvent, TaskQueued
from entourage.kit.clock import now_ms
from entourage.kit.errors import Conflict, Invalid
from entourage.kit.ids import new_id

ENDING_SECONDS = 1.0

Within = Callable[[AsyncSession, RunRow], Awaitable[None]]
"""What else belongs to the transaction that begins a run; what it raises undoes it."""


class Talk(Answers):
    """Sends messages and answers them again. `dispatcher` and `busy` are set once they exist."""

    dispatcher: Dispatcher | None = None
    busy: Busy | None = None
    files: Attachments | None = None
    router: Router | None = None

    async def send(
        self,
        owner_id: str,
        chat_id: str,
        said: SendMessage,
        *,
        within: Within | None = None,
        plan: PlanStart | None = None,
        **run_values: Any,
    ) -> Sent:
        """Keep the message and begin the run that answers it; `run_values` are further columns of its row.

        Raises NotFound, Invalid (nothing said, no such agent), QueueFull, and Conflict when the turn before is still
        being written and `when_busy` says no other way.
        """
        text = "\n\n".join(part.text for part in said.content if part.text.strip())
        if not text and not said.attachments:
            raise Invalid("There is nothing in this message.", errors=[{"field": "content", "message": "is empty"}])
        route, called = await self._agent_for(owner_id, chat_id, text, said)
        seq = await self._log.head(owner_id)
        assert self.files
        said = said.model_copy(update={"attachments": await self.files.adopted(owner_id, chat_id, said.attachments)})
        sent = await self._when_busy(owner_id, chat_id, said, text, seq)
        if isinstance(sent, Sent):
            return sent
        async with self._database.write(owner_id) as session:
            chat = await find_chat(session, chat_id, lock=True)
            parent_id = sent if sent != LEAF else said.parent_id if _names_parent(said) else chat.active_message_id
            after = await self._turn_before(session, chat_id, parent_id, said)
            message = await self._new_message(session, chat, parent_id, text, said.attachments)
            run_values = {"routed": route.told(), "after_run_id": after, **run_values}
            reply, run = await self._begin(session, chat, message, route.agent, said.model, seq, **run_values)
            if plan or "plan" in {route.kind, said.mode}:
                await add_plan(session, run, reply, plan or PlanStart(text, model=said.model))
            elif route.first:
                session.add(await _first_step(session, run, route.first, message))
            if within:
                await within(session, run)
            siblings = await siblings_here(session, message)
        return await self._go(
            owner_id, message_of(message, siblings), message_of(reply, [reply.id]), run, chat, called=called
        )

    async def regenerate(self, owner_id: str, chat_id: str, message_id: str, how: Regenerate) -> Sent:
        """Another answer to the same message, beside the one there is. Raises NotFound, Invalid, Conflict."""
        seq = await self._log.head(owner_id)
        async with self._database.write(owner_id) as session:
            chat = await find_chat(session, chat_id, lock=True)
            old = await find_message(session, chat_id, message_id)
            if old.role != "assistant" or old.parent_id is None:
                raise Invalid("Only an agent's answer can be generated again.")
            check_finished(old)
            message = await find_message(session, chat_id, old.parent_id)
            if message.role != "user":  # imported: an agent that said several things in a row
                raise Invalid("This answer goes on from another one.", hint="Generate the first of them again.")
            agent = how.target_agent or old.agent or DEFAULT_AGENT
            await self._agents.named(owner_id, agent)
            reply, run = await self._begin(session, chat, message, agent, how.model, seq)
            siblings = await siblings_here(session, message)
            replies = await siblings_here(session, reply)
        return await self._go(owner_id, message_of(message, siblings), message_of(reply, replies), run, chat)

    async def fork(self, owner_id: str, fork: Fork, how: ForkRun) -> Sent:
        """Another answer, which begins with the steps of a run. Raises NotFound, Invalid, QueueFull."""
        source = fork.source
        agent, seq = how.agent or source.agent, await self._log.head(owner_id)
        await self._agents.named(owner_id, agent)
        values = {"forked_from": source.id, "forked_at": how.at, "notes": fork.notes}
        async with self._database.write(owner_id) as session:
            chat = await find_chat(session, source.chat_id, lock=True)
            message = await self._asked_again(session, chat, source, how.text)
            reply, run = await self._begin(session, chat, message, agent, how.model or source.model, seq, **values)
            session.add_all(fork.rows(run.id))
            siblings, replies = await siblings_here(session, message), await siblings_here(session, reply)
        return await self._go(owner_id, message_of(message, siblings), message_of(reply, replies), run, chat)

    async def _asked_again(self, session: AsyncSession, chat: ChatRow, source: RunRow, text: str | None) -> MessageRow:
        """The message that a fork answers: the same, or another beside it; a called agent's task becomes one."""
        old = await find_message(session, chat.id, source.prompt_id) if source.prompt_id else None
        if old and text is None:
            return old
        files = [part for part in old.parts if part["type"] == "attachment"] if old else []
        words = text or source.task or ""
        row = message_row(chat.id, old.parent_id if old else None, "user", "done")
        row.parts, row.text = [TextPart(text=words).model_dump(mode="json"), *files], words
        session.add(row)
        chat.message_count += 1
        await session.flush()
        return row

    async def wait(self, owner_id: str, sent: Sent) -> Message:
        """The reply once its run has ended, rests, or waits for the person."""
        assert self.dispatcher
        while True:
            row = await self.dispatcher.settled(owner_id, sent.run_id)
            called = await self._called(owner_id, row) if row.status == "waiting" else None
            if called is None:
                return await self.reply(owner_id, row)
            await self.dispatcher.settled(owner_id, called)

    async def _called(self, owner_id: str, run: RunRow) -> str | None:
        """An agent's run that this one waits for and that goes on by itself."""
        async with self._database.read(owner_id) as session:
            family = await family_of(session, run.id)
        return next((row.id for row in family[1:] if row.status in ("queued", "running")), None)

    async def _when_busy(
        self, owner_id: str, chat_id: str, said: SendMessage, text: str, seq: int
    ) -> Sent | str | None:
        """Do as said with turns that go on: the one that was told, or the message to go on from (LEAF: as said)."""
        assert self.busy
        if said.when_busy == "enqueue":
            return LEAF
        if said.when_busy == "reject":
            await self._let_end(owner_id, chat_id)
            return LEAF
        going = await self.busy.turns(owner_id, chat_id, said.parent_id if _names_parent(said) else LEAF)
        if not going:
            return LEAF
        if said.when_busy == "steer":
            return await self._steer(owner_id, going[0], text, said, seq) or LEAF
        await self.busy.stop(owner_id, going)
        return await self.busy.before(owner_id, going[0]) if said.when_busy == "rollback" else LEAF

    async def _steer(self, owner_id: str, run: RunRow, text: str, said: SendMessage, seq: int) -> Sent | None:
        """Say it to the turn that is being written; None when it ended in this moment."""
        assert self.busy
        async with self._database.read(owner_id) as session:
            attached = [attachment_part(row) for row in await attachments_of(session, run.chat_id, said.attachments)]
        try:
            await self.busy.steer(owner_id, run, text, attached)
        except Conflict:
            await self._let_end(owner_id, run.chat_id)
            return None
        asked = await self.prompt(owner_id, run)
        return Sent(message=asked.prompt, run_id=run.id, reply_id=run.message_id, seq=seq)

    async def _turn_before(
        self, session: AsyncSession, chat_id: str, parent_id: str | None, said: SendMessage
    ) -> str | None:
        """The run to wait for. Raises Conflict for one that is not to be waited for."""
        parent = await find_message(session, chat_id, parent_id) if parent_id else None
        if parent and said.when_busy == "enqueue" and is_unfinished(parent):
            return parent.run_id
        if parent:
            check_finished(parent)
        return None

    async def _let_end(self, owner_id: str, chat_id: str) -> None:
        """Who answers at once to a turn that was told to be whole may be quicker than its rows: give them a moment."""
        assert self.dispatcher
        running = await self._chats.running(owner_id, chat_id)
        if running:
            with suppress(TimeoutError):
                async with asyncio.timeout(ENDING_SECONDS):
                    await self.dispatcher.settled(owner_id, running)

    async def _agent_for(self, owner_id: str, chat_id: str, text: str, said: SendMessage) -> tuple[Route, bool]:
        """Who answers, and whether the person named them."""
        mention = MENTION.match(text)
        name = said.target_agent or (mention.group(1) if mention else None)
        if name:
            return Route((await self._agents.named(owner_id, name)).name), True
        assert self.router
        route = await self.router.route(
            owner_id,
            text,
            mode=said.mode,
            attachments=len(said.attachments),
            model=said.model,
            session_id=chat_id,
        )
        return route, False

    async def _new_message(
        self, session: AsyncSession, chat: ChatRow, parent_id: str | None, text: str, attachments: list[str]
    ) -> MessageRow:
        parts: list[Part] = [TextPart(text=text)] if text else []
        parts += [attachment_part(row) for row in await attachments_of(session, chat.id, attachments)]
        row = message_row(chat.id, parent_id, "user", "done")
        row.parts, row.text = [part.model_dump(mode="json") for part in parts], text
        session.add(row)
        if not chat.is_titled:
            chat.title, chat.is_titled = title_of(parts), True
        chat.message_count += 1
        await session.flush()
        return row

    async def _begin(
        self,
        session: AsyncSession,
        chat: ChatRow,
        message: MessageRow,
        agent: str,
        model: str | None,
        seq: int,
        **run_values: Any,
    ) -> tuple[MessageRow, RunRow]:
        """The reply and its run; `run_values` are further columns of the run's row."""
        assert self.dispatcher
        reply = message_row(chat.id, message.id, "assistant", "streaming")
        run = await self._runs.enqueue(
            session,
            worker=self.dispatcher.taker,
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
            **run_values,
        )
        if run.message_id != reply.id:
            raise Conflict("This is being done already.")
        reply.agent, reply.run_id = agent, run.id
        session.add(reply)
        chat.active_message_id, chat.updated_ms = reply.id, now_ms()
        chat.message_count += 1
        await session.flush()
        return reply, run

    async def _go(
        self, owner_id: str, message: Message, reply: Message, run: RunRow, chat: ChatRow, *, called: bool = False
    ) -> Sent:
        """Tell listeners, then let the run begin."""
        assert self.dispatcher
        events: list[tuple[Message | None, EventData]] = [
            (message, MessageEvent(message=message.wire())),
            (reply, MessageEvent(message=reply.wire())),
            (None, TaskQueued(run_id=run.id, agent=run.agent, message_id=reply.id, **_told_of(run))),
        ]
        if called:
            events.append((None, DirectAgentCall(run_id=run.id, agent=run.agent, by="user")))
        await self._publish(owner_id, run, *events)
        self.dispatcher.begin(run)
        await self._chats.told(owner_id, Chat.of(chat, running=True))
        return Sent(message=message, run_id=run.id, reply_id=reply.id, seq=run.start_seq)


async def _first_step(session: AsyncSession, run: RunRow, first: str, message: MessageRow) -> StepRow:
    """The step that the run of a composite answer begins with."""
    path = await path_to(session, message.id, MOST_EARLIER + 1)
    earlier = [(row.agent or row.role, row.text) for row in path[:-1] if row.text]
    files = [f"{ATTACHMENTS_FOLDER}/{part['name']}" for part in message.parts if part["type"] == "attachment"]
    return first_step(run, first, message.text, earlier, files)


def _told_of(run: RunRow) -> dict[str, Any]:
    return {"kind": run.kind, "plan_id": run.plan_id, "routed": run.routed}


def _names_parent(said: SendMessage) -> bool:
    return "parent_id" in said.model_fields_set
