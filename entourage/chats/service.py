"""Conversations: making, listing, changing, deleting, and reading their messages."""

from __future__ import annotations

from sqlalchemy import ColumnElement, bindparam, delete, exists, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from entourage.agents.control.tables import NoteRow
from entourage.agents.planning.tables import PlanRow, PlanTaskRow
from entourage.agents.remembering.tables import LessonRow
from entourage.agents.schemas import ENDED
from entourage.agents.tables import ApprovalRow, RunRow, StepRow
from entourage.artifacts.service import Artifacts
from entourage.chats.branches import leaf_below, path_to, siblings_of
from entourage.chats.schemas import ChangeChat, Chat, Hit, Messages, NewChat, message_of
from entourage.chats.tables import AttachmentRow, ChatRow, MessageRow, ShareRow, SummaryRow
from entourage.events.event import NewEvent
from entourage.events.hub import Hub
from entourage.events.log import EventLog
from entourage.events.message import Message, fold
from entourage.events.types import ChatDeleted, ChatUpdated
from entourage.kit.clock import now_ms
from entourage.kit.errors import Conflict, NotFound
from entourage.kit.etag import check_if_match, etag_of
from entourage.kit.ids import new_id
from entourage.memory.service import Memories
from entourage.stores.blobs import Blobs
from entourage.stores.log import Filter
from entourage.stores.sql import Database, Prepared, fulltext
from entourage.workspaces.folders import Folders
from entourage.workspaces.memberships import Memberships

UNTITLED = "New conversation"
OPEN_STATUSES = ("queued", "running", "waiting", "paused")


class Chats:
    """Conversations of every owner, opened as one."""

    def __init__(
        self,
        database: Database,
        log: EventLog,
        hub: Hub,
        blobs: Blobs,
        folders: Folders,
        artifacts: Artifacts,
        memories: Memories,
        memberships: Memberships,
    ) -> None:
        self._database = database
        self._log = log
        self._hub = hub
        self._blobs = blobs
        self._folders = folders
        self._artifacts = artifacts
        self._memories = memories
        self._memberships = memberships

    async def has(self, owner_id: str, chat_id: str) -> bool:
        """Whether this conversation is the owner's."""
        async with self._database.reading(owner_id) as reading:
            return await _FOUND.first(reading, chat=chat_id) is not None

    async def workspace_of(self, owner_id: str, chat_id: str) -> str | None:
        """The workspace that the tools of a conversation work in; None for its own folder, and for no conversation."""
        async with self._database.reading(owner_id) as reading:
            return await _WORKSPACE.first(reading, chat=chat_id)

    async def running(self, owner_id: str, chat_id: str) -> str | None:
        """The run that an agent works on in this conversation, if there is one."""
        async with self._database.reading(owner_id) as reading:
            return await _RUNNING.first(reading, chat=chat_id)

    async def create(self, owner_id: str, new: NewChat, chat_id: str | None = None) -> Chat:
        """An empty conversation, of this id if one is given. Raises NotFound for a workspace that is not theirs."""
        if new.workspace_id:
            await self._memberships.of(owner_id, new.workspace_id)
        now = now_ms()
        row = ChatRow(
            id=chat_id or new_id(),
            title=new.title or UNTITLED,
            is_titled=new.title is not None,
            is_named=new.title is not None,
            pinned=False,
            workspace_id=new.workspace_id,
            message_count=0,
            version=1,
            created_ms=now,
            updated_ms=now,
        )
        async with self._database.write(owner_id) as session:
            session.add(row)
        return await self.told(owner_id, Chat.of(row, running=False))

    async def list(self, owner_id: str, *, before: tuple[bool, int, str] | None, limit: int) -> list[Chat]:
        """Pinned first, then by last activity."""
        key = (ChatRow.pinned, ChatRow.updated_ms, ChatRow.id)
        query = select(ChatRow, running_here()).order_by(*(column.desc() for column in key)).limit(limit)
        if before:
            query = query.where(tuple_(*key) < before)
        async with self._database.read(owner_id) as session:
            return [Chat.of(row, running=running) for row, running in await session.execute(query)]

    async def get(self, owner_id: str, chat_id: str) -> Chat:
        """Raises NotFound."""
        async with self._database.reading(owner_id) as reading:
            row = await _FOUND.first(reading, chat=chat_id)
            if row is None:
                raise _no_chat(chat_id)
            return Chat.of(row, running=await _OPEN_TURN.first(reading, chat=chat_id) is not None)

    async def change(self, owner_id: str, chat_id: str, change: ChangeChat, if_match: str | None) -> Chat:
        """Raises NotFound (also for a message of another conversation, a workspace that is not theirs), Stale."""
        if change.workspace_id:
            await self._memberships.of(owner_id, change.workspace_id)
        async with self._database.write(owner_id) as session:
            row = await find_chat(session, chat_id)
            check_if_match(if_match, etag_of(row.id, row.version))
            if change.title is not None:
                row.title, row.is_titled, row.is_named = change.title, True, True
            if change.pinned is not None:
                row.pinned = change.pinned
            if change.active_message_id is not None:
                await find_message(session, chat_id, change.active_message_id)
                row.active_message_id = await leaf_below(session, change.active_message_id)
            if "workspace_id" in change.model_fields_set:
                row.workspace_id = change.workspace_id
            row.version += 1
            await session.flush()
            chat = Chat.of(row, running=await _OPEN_TURN.first(session, chat=chat_id) is not None)
        return await self.told(owner_id, chat)

    async def delete(self, owner_id: str, chat_id: str, if_match: str | None) -> None:
        """Remove a conversation with all it holds. Raises NotFound, Stale, Conflict while an agent works in it."""
        async with self._database.write(owner_id) as session:
            row = await find_chat(session, chat_id)
            check_if_match(if_match, etag_of(row.id, row.version))
            if await _ANY_OPEN.first(session, chat=chat_id):
                raise Conflict("An agent is still working here.", hint="Stop it first.")
            attachments = list(await session.scalars(select(AttachmentRow.id).where(AttachmentRow.chat_id == chat_id)))
            runs = select(RunRow.id).where(RunRow.chat_id == chat_id)
            for table in (StepRow, NoteRow):
                await session.execute(delete(table).where(table.run_id.in_(runs)))
            plans = select(PlanRow.id).where(PlanRow.chat_id == chat_id)
            await session.execute(delete(PlanTaskRow).where(PlanTaskRow.plan_id.in_(plans)))
            await self._artifacts.delete_chat(session, owner_id, chat_id)
            await self._memories.forget_session(session, owner_id, chat_id)
            for table in (AttachmentRow, ApprovalRow, PlanRow, RunRow, LessonRow, MessageRow, SummaryRow, ShareRow):
                await session.execute(delete(table).where(table.chat_id == chat_id))
            await session.delete(row)
        self._memories.wake()
        for attachment_id in attachments:
            await self._blobs.delete(owner_id, attachment_key(attachment_id))
        await self._folders.delete(owner_id, chat_id)
        await self._log.delete(owner_id, Filter(session_ids=(chat_id,)))
        self._hub.forget(owner_id, chat_id)
        await self._log.append(NewEvent(owner_id=owner_id, data=ChatDeleted(chat_id=chat_id)))

    async def messages(
        self, owner_id: str, chat_id: str, *, before: str | None, limit: int, through: str | None = None
    ) -> Messages:
        """The branch one sees, or the one `through` a message, or what is before a message. Raises NotFound."""
        seq = await self._log.head(owner_id)
        async with self._database.read(owner_id) as session:
            chat = await find_chat(session, chat_id)
            runs = await _open_by_message(session, chat_id)  # before the rows: a turn that ends in between is in both
            leaf = await _leaf(session, chat, before, through)
            rows = await path_to(session, leaf, limit + 1) if leaf else []
            shown = rows[-limit:]
            siblings = await siblings_of(session, shown)
        items = [message_of(row, siblings[row.id]) for row in shown]
        for index, message in enumerate(items):
            if message.id in runs:
                items[index] = await self.unfinished(owner_id, message, runs[message.id])
        return Messages(items=items, has_more=len(rows) > limit, seq=seq)

    async def unfinished(self, owner_id: str, message: Message, run: RunRow) -> Message:
        """A turn that is being written, as far as the log has it."""
        siblings = message.siblings
        where = Filter(after=run.start_seq, session_ids=(run.chat_id,), run_ids=(run.id,))
        while events := await self._log.read(owner_id, where):
            for published in events:
                message = fold(message, published.event)
            where = Filter(after=events[-1].seq, session_ids=(run.chat_id,), run_ids=(run.id,))
        message.siblings = siblings
        return message

    async def search(self, owner_id: str, query: str, limit: int) -> list[Hit]:
        """Messages that hold all the words, newest first."""
        found = fulltext.words(query)
        if not found:
            return []
        base = select(MessageRow.chat_id, ChatRow.title, MessageRow.id, MessageRow.created_ms).join(
            ChatRow, ChatRow.id == MessageRow.chat_id
        )
        statement = fulltext.matching(self._database.dialect, base, "messages", "text", MessageRow.num, found)
        statement = statement.order_by(MessageRow.num.desc()).limit(limit)
        async with self._database.read(owner_id) as session:
            rows = (await session.execute(statement)).all()
        return [Hit(chat_id=r[0], chat_title=r[1], message_id=r[2], snippet=r[4], created_at=r[3]) for r in rows]

    async def tell(self, owner_id: str, chat_id: str) -> None:
        """Let listeners know how the conversation stands."""
        await self.told(owner_id, await self.get(owner_id, chat_id))

    async def told(self, owner_id: str, chat: Chat) -> Chat:
        """As `tell`, by who knows how it stands."""
        await self._log.append(NewEvent(owner_id=owner_id, data=ChatUpdated(chat=chat.wire()), session_id=chat.id))
        return chat


_FOUND = Prepared(select(ChatRow).where(ChatRow.id == bindparam("chat")))
_WORKSPACE = Prepared(select(ChatRow.workspace_id).where(ChatRow.id == bindparam("chat")))
_OPEN = select(RunRow.id).where(RunRow.chat_id == bindparam("chat"), RunRow.status.not_in(ENDED)).limit(1)
_ANY_OPEN = Prepared(_OPEN)
_RUNNING = Prepared(_OPEN.where(RunRow.status == "running"))
_OPEN_TURN = Prepared(_OPEN.where(RunRow.parent_run_id.is_(None)))
"""A run that an agent started may end after the turn it served."""


def running_here() -> ColumnElement[bool]:
    """A column: whether a turn is being written in the conversation of the row."""
    return exists().where(
        RunRow.chat_id == ChatRow.id, RunRow.status.in_(OPEN_STATUSES), RunRow.parent_run_id.is_(None)
    )


async def find_chat(session: AsyncSession, chat_id: str, *, lock: bool = False) -> ChatRow:
    """Raises NotFound."""
    row = await session.get(ChatRow, chat_id, with_for_update=lock)
    if row is None:
        raise _no_chat(chat_id)
    return row


def _no_chat(chat_id: str) -> NotFound:
    return NotFound(f"There is no conversation {chat_id}.")


async def find_message(session: AsyncSession, chat_id: str, message_id: str) -> MessageRow:
    """Raises NotFound, also when the message is in another conversation."""
    row = await session.scalar(select(MessageRow).where(MessageRow.id == message_id, MessageRow.chat_id == chat_id))
    if row is None:
        raise NotFound(f"There is no message {message_id} in this conversation.")
    return row


async def _leaf(session: AsyncSession, chat: ChatRow, before: str | None, through: str | None) -> str | None:
    if before:
        return (await find_message(session, chat.id, before)).parent_id
    if through:
        return await leaf_below(session, (await find_message(session, chat.id, through)).id)
    return chat.active_message_id


async def _open_by_message(session: AsyncSession, chat_id: str) -> dict[str, RunRow]:
    query = select(RunRow).where(RunRow.chat_id == chat_id, RunRow.status.not_in(ENDED))
    return {row.message_id: row for row in await session.scalars(query)}


def attachment_key(attachment_id: str) -> str:
    """The blob of an attachment."""
    return f"attachments/{attachment_id}"
