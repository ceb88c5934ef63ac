"""Two people and what each has: rows for tests of who sees what."""

from __future__ import annotations

from entourage.chats.tables import AttachmentRow, ChatRow
from entourage.kit.ids import new_id

ANNA, BORIS = new_id(), new_id()


def chat(title: str, **more: object) -> ChatRow:
    return ChatRow(
        id=new_id(),
        title=title,
        is_titled=True,
        pinned=False,
        message_count=0,
        version=1,
        created_ms=1,
        updated_ms=1,
        **more,
    )


def attachment(chat_id: str) -> AttachmentRow:
    return AttachmentRow(id=new_id(), chat_id=chat_id, name="a.txt", mime="text/plain", size=1, created_ms=1)
