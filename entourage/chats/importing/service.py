"""Importing: each conversation in a transaction of its own; a bad one is told and does not stop the others."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable

import msgspec
from pydantic import ConfigDict
from sqlalchemy.exc import IntegrityError

from entourage.chats.importing import chatgpt, openwebui
from entourage.chats.importing.archive import conversations_of
from entourage.chats.importing.talk import ForeignTalk, Said, Unusable
from entourage.chats.schemas import MAX_TITLE, Chat
from entourage.chats.service import UNTITLED
from entourage.chats.tables import ChatRow, MessageRow
from entourage.events.event import NewEvent
from entourage.events.log import EventLog
from entourage.events.message import TextPart
from entourage.events.types import ChatUpdated
from entourage.kit.clock import now_ms
from entourage.kit.errors import FieldError, Invalid
from entourage.kit.ids import derived_id
from entourage.kit.schema import Schema
from entourage.stores.sql import Database
from entourage.tools.pipeline import storable

ALREADY = "already imported"

_TOLD_AT_ONCE = 100
_FORMS: dict[str, Callable[[msgspec.Raw, str], ForeignTalk]] = {"mapping": chatgpt.read, "chat": openwebui.read}


class Skipped(Schema):
    """A conversation that was not imported."""

    title: str
    reason: str


class Imported(Schema):
    """What an import made: how many conversations, and which were left out, with the reason."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"imported": 41, "skipped": [{"title": "Recipes", "reason": ALREADY}]}}
    )

    imported: int
    skipped: list[Skipped]


class _Head(msgspec.Struct):
    """What tells the forms apart."""

    mapping: msgspec.Raw = msgspec.Raw()
    chat: msgspec.Raw = msgspec.Raw()
    title: str | None = None


class Importer:
    """Imports for every owner. Ids are derived from the owner and the foreign ids, so nothing comes twice."""

    def __init__(self, database: Database, log: EventLog) -> None:
        self._database = database
        self._log = log

    async def run(self, owner_id: str, data: bytes) -> Imported:
        """Import every conversation of an uploaded file. Raises Invalid for a file of an unknown form."""
        raws = await asyncio.to_thread(conversations_of, data)
        if raws:
            _check_form(raws[0])
        result, new = Imported(imported=0, skipped=[]), list[Chat]()
        for index, raw in enumerate(raws):
            talk = await asyncio.to_thread(_read, raw, index)
            skipped = talk if isinstance(talk, Skipped) else await self._keep(owner_id, talk, new)
            if skipped:
                result.skipped.append(skipped)
            if len(new) == _TOLD_AT_ONCE:
                await self._tell(owner_id, new)
        await self._tell(owner_id, new)
        result.imported = len(raws) - len(result.skipped)
        return result

    async def _keep(self, owner_id: str, talk: ForeignTalk, new: list[Chat]) -> Skipped | None:
        chat_id = derived_id(owner_id, "import", talk.source, talk.id)
        row = _chat_row(chat_id, talk)
        try:
            async with self._database.write(owner_id) as session:
                if await session.get(ChatRow, chat_id) is not None:
                    return Skipped(title=row.title, reason=ALREADY)
                session.add(row)
                session.add_all(_message_row(chat_id, said) for said in talk.said)
        except IntegrityError:  # somebody imports the same at this moment
            return Skipped(title=row.title, reason=ALREADY)
        new.append(Chat.of(row, running=False))
        return None

    async def _tell(self, owner_id: str, new: list[Chat]) -> None:
        if new:
            await self._log.append(*(_told(owner_id, chat) for chat in new))
        new.clear()


def _told(owner_id: str, chat: Chat) -> NewEvent:
    return NewEvent(owner_id=owner_id, data=ChatUpdated(chat=chat.wire()), session_id=chat.id)


def _check_form(raw: msgspec.Raw) -> None:
    """Raises Invalid when the first conversation is of no form we know."""
    if _form(raw) is None:
        why = 'has neither "mapping" (ChatGPT) nor "chat" (Open WebUI)'
        raise Invalid(
            f"The first conversation of the file {why}.",
            hint="Exports of ChatGPT and of Open WebUI can be imported.",
            errors=[FieldError(field="file.0", message=why)],
        )


def _form(raw: msgspec.Raw) -> str | None:
    try:
        head = msgspec.json.decode(raw, type=_Head)
    except msgspec.MsgspecError:
        return None
    return next((name for name in _FORMS if bytes(getattr(head, name))), None)


def _read(raw: msgspec.Raw, index: int) -> ForeignTalk | Skipped:
    form = _form(raw)
    if form is None:
        return Skipped(title=f"#{index + 1}", reason='has neither "mapping" nor "chat"')
    try:
        return _FORMS[form](raw, hashlib.sha256(raw).hexdigest())
    except (Unusable, msgspec.MsgspecError, RecursionError) as error:
        title = msgspec.json.decode(raw, type=_Head).title or f"#{index + 1}"
        return Skipped(title=storable(title)[:MAX_TITLE], reason=storable(str(error))[:300])


def _chat_row(chat_id: str, talk: ForeignTalk) -> ChatRow:
    title = " ".join(storable(talk.title).split())[:MAX_TITLE].strip()
    now = now_ms()
    return ChatRow(
        id=chat_id,
        title=title or UNTITLED,
        is_titled=True,
        is_named=True,
        pinned=talk.pinned,
        active_message_id=_message_id(chat_id, talk.leaf or talk.said[-1].id),
        message_count=len(talk.said),
        version=1,
        created_ms=talk.created_ms or now,
        updated_ms=talk.updated_ms or now,
    )


def _message_row(chat_id: str, said: Said) -> MessageRow:
    return MessageRow(
        id=_message_id(chat_id, said.id),
        chat_id=chat_id,
        parent_id=_message_id(chat_id, said.parent) if said.parent else None,
        role=said.role,
        status="done",
        parts=[part.model_dump(mode="json") for part in said.parts],
        text="\n\n".join(part.text for part in said.parts if isinstance(part, TextPart)),
        model=said.model,
        created_ms=said.at_ms,
    )


def _message_id(chat_id: str, foreign_id: str) -> str:
    return derived_id(chat_id, foreign_id)
