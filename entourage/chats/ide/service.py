"""Requests by the IDE's names become messages of conversations like any other."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress

from sqlalchemy import select

from entourage.agents.runs import Runs
from entourage.agents.schemas import ENDED, Agent
from entourage.agents.service import Agents
from entourage.agents.tables import RunRow
from entourage.chats.attachments import Attachments
from entourage.chats.ide.context import FILE, MIME, written
from entourage.chats.ide.schemas import Begun, Invoke, Orchestrate
from entourage.chats.schemas import NewChat, SendMessage, Sent
from entourage.chats.service import Chats
from entourage.chats.talk import Talk
from entourage.events.message import Message
from entourage.kit.errors import Invalid, NotFound
from entourage.stores.sql import Database


class IdeTeam:
    """The team as an IDE asks it."""

    def __init__(
        self, database: Database, agents: Agents, chats: Chats, talk: Talk, runs: Runs, attachments: Attachments
    ) -> None:
        self._database = database
        self._agents = agents
        self._chats = chats
        self._talk = talk
        self._runs = runs
        self._attachments = attachments

    async def orchestrate(self, owner_id: str, asked: Orchestrate) -> Begun:
        """Let the team answer. Raises NotFound, Conflict, Invalid."""
        return await self._send(owner_id, asked, asked.request, {"mode": asked.mode})

    async def invoke(self, owner_id: str, key: str, asked: Invoke) -> Begun:
        """Let one agent answer. Raises NotFound, Conflict, Invalid."""
        agent = await self.agent(owner_id, key)
        if agent.status != "active":
            raise Invalid(f"The agent {agent.name!r} is disabled.", hint="Enable it in the settings.")
        return await self._send(owner_id, asked, asked.input, {"target_agent": agent.name})

    async def agent(self, owner_id: str, key: str) -> Agent:
        """The agent of this id or name. Raises NotFound."""
        for agent in await self._agents.list(owner_id):
            if key.lower() in (agent.id, agent.name):
                return agent
        raise NotFound(f"There is no agent {key}.")

    async def history(self, owner_id: str, key: str, *, before: str | None, limit: int) -> Sequence[RunRow]:
        """The runs of an agent, newest first. Raises NotFound."""
        agent = await self.agent(owner_id, key)
        query = select(RunRow).where(RunRow.agent == agent.name).order_by(RunRow.id.desc()).limit(limit)
        if before is not None:
            query = query.where(RunRow.id < before)
        async with self._database.read(owner_id) as session:
            return list(await session.scalars(query))

    async def _send(self, owner_id: str, asked: Orchestrate | Invoke, text: str, values: dict[str, str]) -> Begun:
        chat_id = asked.session_id or (await self._chats.create(owner_id, NewChat())).id
        attached: list[str] = []
        if asked.context and not asked.context.is_empty:
            kept = await self._attachments.add(owner_id, chat_id, FILE, MIME, written(asked.context))
            attached = [kept.id]
        said = {"content": [{"type": "text", "text": text}], "attachments": attached, "model": asked.model, **values}
        sent = await self._talk.send(owner_id, chat_id, SendMessage.model_validate(said))
        reply: Message | None = None
        if asked.wait_seconds:
            with suppress(TimeoutError):
                async with asyncio.timeout(asked.wait_seconds):
                    reply = await self._talk.wait(owner_id, sent)
        return await self._begun(owner_id, sent, reply)

    async def _begun(self, owner_id: str, sent: Sent, reply: Message | None) -> Begun:
        run = await self._runs.get(owner_id, sent.run_id)
        is_over = reply is not None and run.status in ENDED
        routed = run.routed or {}
        return Begun(
            session_id=run.chat_id,
            run_id=run.id,
            message_id=sent.reply_id,
            seq=sent.seq,
            agent=run.agent,
            kind=run.kind,  # pyright: ignore[reportArgumentType]  # the rows hold kinds only
            status=run.status,  # pyright: ignore[reportArgumentType]
            intent=routed.get("intent"),
            confidence=routed.get("confidence"),
            handler=routed.get("handler"),
            answer=reply.text() if reply and is_over else None,
            output=reply.data() if reply and is_over else None,
            error=reply.error.detail if reply and reply.error else None,
        )
