"""Messages as rows: what is written of a new one, its attached files, and what a conversation is called after it."""

from __future__ import annotations

import re

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from entourage.chats.tables import AttachmentRow, MessageRow
from entourage.events.message import AttachmentPart, Part, TextPart
from entourage.kit.clock import now_ms
from entourage.kit.errors import NotFound
from entourage.kit.ids import new_id

TITLE_CHARS = 60

MENTION = re.compile(r"^\s*@([a-z][a-z0-9_-]{1,31})\b[\s,:]*")


def title_of(parts: list[Part]) -> str:
    """A title from the first words of the first message, or the name of what came with it."""
    for part in parts:
        if isinstance(part, TextPart):
            words = " ".join(MENTION.sub("", part.text).split()) or part.text.strip()
            if len(words) <= TITLE_CHARS:
                return words
            cut = words[:TITLE_CHARS].rsplit(" ", 1)[0]
            return f"{cut or words[:TITLE_CHARS]}…"
        if isinstance(part, AttachmentPart):
            return part.name[:TITLE_CHARS]
    return "Untitled"


def message_row(chat_id: str, parent_id: str | None, role: str, status: str) -> MessageRow:
    """A new message without words."""
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


async def attachments_of(session: AsyncSession, chat_id: str, ids: list[str]) -> list[AttachmentRow]:
    """Files of the conversation, in the order of their ids. Raises NotFound."""
    if not ids:
        return []
    query = select(AttachmentRow).where(AttachmentRow.chat_id == chat_id, AttachmentRow.id.in_(ids))
    found = {row.id: row for row in await session.scalars(query)}
    missing = [attachment_id for attachment_id in ids if attachment_id not in found]
    if missing:
        raise NotFound(f"There is no attachment {missing[0]} in this conversation.")
    return [found[attachment_id] for attachment_id in ids]


def attachment_part(row: AttachmentRow) -> AttachmentPart:
    """The file as a message shows it."""
    return AttachmentPart(attachment_id=row.id, name=row.name, mime=row.mime, size=row.size)
