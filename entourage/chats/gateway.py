"""The team as a model of the AI gateway: every request is a message in a conversation, answered by a run.

Which conversation: the one its caller named, the one the answer it goes on from is in, or the one in which exactly
this was said before; else a new one, in which what was said before is written down first.
"""

from __future__ import annotations

import hashlib

from sqlalchemy import select

from entourage.agents.dispatcher import Dispatcher
from entourage.agents.service import Agents
from entourage.chats.attachments import Attachments
from entourage.chats.gateway_turn import GatewayTurn
from entourage.chats.schemas import MAX_ATTACHMENTS, MAX_TEXT, NewChat, SendMessage, TextContent
from entourage.chats.service import UNTITLED, Chats, find_chat
from entourage.chats.tables import ChatRow, MessageRow
from entourage.chats.talk import Talk
from entourage.events.hub import Hub
from entourage.kit.clock import now_ms
from entourage.kit.errors import Invalid, NotFound, TooLarge
from entourage.kit.ids import derived_id, is_id, new_id
from entourage.llm.inner.team import Prompt, Turn
from entourage.stores.cache import Cache
from entourage.stores.sql import Database

REMEMBERED_SECONDS = 7 * 24 * 3600
"""How long a client that sends its whole history each time finds its conversation again."""


class GatewayTeam:
    """Implements `Team` of the gateway."""

    def __init__(
        self,
        database: Database,
        cache: Cache,
        hub: Hub,
        agents: Agents,
        chats: Chats,
        talk: Talk,
        attachments: Attachments,
        dispatcher: Dispatcher,
    ) -> None:
        self._database = database
        self._cache = cache
        self._hub = hub
        self._agents = agents
        self._chats = chats
        self._talk = talk
        self._attachments = attachments
        self._dispatcher = dispatcher

    async def names(self, owner_id: str) -> list[str]:
        """The active agents."""
        return [agent.name for agent in await self._agents.list(owner_id) if agent.status == "active"]

    async def ask(self, owner_id: str, prompt: Prompt) -> GatewayTurn:
        """Begin a run. Raises NotFound, Invalid, Conflict while the conversation's last turn is being written."""
        if len(prompt.text) > MAX_TEXT:
            raise TooLarge(f"A message to the team has at most {MAX_TEXT} characters.", hint="Send the rest as a file.")
        await self._check_agent(owner_id, prompt.agent)
        chat_id, parent_id = await self._place(owner_id, prompt)
        said = SendMessage(
            content=[TextContent(text=prompt.text)] if prompt.text else [],
            attachments=await self._attach(owner_id, chat_id, prompt),
            target_agent=prompt.agent,
        )
        if parent_id is not None:
            said.parent_id = parent_id
        sent = await self._talk.send(owner_id, chat_id, said)

        async def remember(answer: str) -> None:
            turns = (*prompt.before, Turn("user", prompt.text), Turn("assistant", answer))
            place = [chat_id, sent.reply_id]
            await self._cache.owned(owner_id).set(_key(turns), place, ttl_seconds=REMEMBERED_SECONDS)

        return GatewayTurn(self._hub, self._dispatcher, owner_id, chat_id, sent, remember)

    async def _check_agent(self, owner_id: str, name: str | None) -> None:
        names = await self.names(owner_id)
        if name is not None and name not in names:
            told = ", ".join(f"@{one}" for one in names)
            raise NotFound(f"The model '@{name[:200]}' does not exist: you have no such agent.", hint=f"Yours: {told}.")

    async def _place(self, owner_id: str, prompt: Prompt) -> tuple[str, str | None]:
        """The conversation, and the message to go on from when that is not its last."""
        if prompt.previous is not None:
            return await self._of_answer(owner_id, prompt.previous)
        if prompt.session is not None:
            return await self._named(owner_id, prompt.session, prompt.before), None
        known = await self._cache.owned(owner_id).get(_key(prompt.before)) if prompt.before else None
        if known is not None and await self._has(owner_id, known[1]):
            return known[0], known[1]
        return (await self._new(owner_id, new_id(), prompt.before)), None

    async def _of_answer(self, owner_id: str, answer_id: str) -> tuple[str, str]:
        async with self._database.read(owner_id) as session:
            row = await session.scalar(select(MessageRow).where(MessageRow.id == answer_id))
        if row is None:
            raise NotFound(f"There is no response {answer_id[:100]!r} to go on from.")
        return row.chat_id, row.id

    async def _has(self, owner_id: str, message_id: str) -> bool:
        async with self._database.read(owner_id) as session:
            return await session.scalar(select(MessageRow.id).where(MessageRow.id == message_id)) is not None

    async def _named(self, owner_id: str, name: str, before: tuple[Turn, ...]) -> str:
        """A conversation by its own id, or by a name that its caller made up."""
        for chat_id in (name, derived_id(owner_id, "gateway", name)):
            if is_id(chat_id) and await self._chats.has(owner_id, chat_id):
                return chat_id
        return await self._new(owner_id, derived_id(owner_id, "gateway", name), before)

    async def _new(self, owner_id: str, chat_id: str, before: tuple[Turn, ...]) -> str:
        """A conversation that begins with what was said before; it is named after the first message."""
        await self._chats.create(owner_id, NewChat(title=None), chat_id)
        if before:
            rows = _rows(chat_id, before)
            async with self._database.write(owner_id) as session:
                chat = await find_chat(session, chat_id)
                _fill(chat, rows)
                session.add_all(rows)
        return chat_id

    async def _attach(self, owner_id: str, chat_id: str, prompt: Prompt) -> list[str]:
        if len(prompt.files) > MAX_ATTACHMENTS:
            raise Invalid(f"A message takes at most {MAX_ATTACHMENTS} files.")
        return [
            (await self._attachments.add(owner_id, chat_id, file.name, file.media_type, file.data)).id
            for file in prompt.files
        ]


def _rows(chat_id: str, before: tuple[Turn, ...]) -> list[MessageRow]:
    rows: list[MessageRow] = []
    for turn in before:
        row = MessageRow(id=new_id(), chat_id=chat_id, parent_id=rows[-1].id if rows else None, role=turn.role)
        row.status, row.text, row.created_ms = "done", turn.text, now_ms()
        row.parts = [{"type": "text", "text": turn.text}]
        rows.append(row)
    return rows


def _fill(chat: ChatRow, rows: list[MessageRow]) -> None:
    first = next((row.text for row in rows if row.role == "user"), "")
    words = " ".join(first.split())[:60]
    chat.title, chat.is_titled = words or UNTITLED, bool(words)
    chat.active_message_id, chat.message_count = rows[-1].id, len(rows)


def _key(turns: tuple[Turn, ...]) -> str:
    """The same for the same words in the same order, whatever blanks a client adds."""
    digest = hashlib.blake2b(digest_size=24)
    for turn in turns:
        digest.update(f"{turn.role}\x1f{turn.text.strip()}\x1e".encode())
    return f"gateway:{digest.hexdigest()}"
