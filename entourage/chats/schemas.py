"""Conversations over the wire."""

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, StringConstraints

from entourage.agents.schemas import AgentName, ModelId
from entourage.chats.tables import AttachmentRow, ChatRow, MessageRow
from entourage.events.message import Message
from entourage.kit.clock import Time
from entourage.kit.ids import Id
from entourage.kit.schema import Schema, never_null

MAX_TITLE = 200
MAX_TEXT = 200_000
MAX_ATTACHMENTS = 20

Mode = Literal["auto", "direct", "agent", "plan"]
WhenBusy = Annotated[
    Literal["reject", "steer", "enqueue", "interrupt", "rollback"],
    Field(
        description="What to do while the turn before is still being written: refuse the message, tell it to the agent "
        "that works, wait for the end of the turn, stop the turn, or stop it and take it and its question back."
    ),
]
Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_TITLE)]


class NewChat(Schema):
    """A new conversation; without a title it is named after its first message."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"title": "Sales figures"}})

    title: Title | None = None
    workspace_id: Id | None = None


class ChangeChat(Schema):
    """What changes; the rest stays. `active_message_id` shows the branch this message is in. `workspace_id` is where
    the agents' tools work from now on; null: in the conversation's own folder."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"pinned": True}})

    title: Title | None = None
    pinned: bool | None = None
    active_message_id: Id | None = None
    workspace_id: Id | None = None

    _not_null = never_null("title", "pinned", "active_message_id")


class Chat(Schema):
    """A conversation."""

    id: str
    title: str
    pinned: bool
    active_message_id: str | None
    workspace_id: str | None = None
    message_count: int
    running: bool
    version: int
    created_at: Time
    updated_at: Time

    @classmethod
    def of(cls, row: ChatRow, *, running: bool) -> "Chat":
        return cls(
            id=row.id,
            title=row.title,
            pinned=row.pinned,
            active_message_id=row.active_message_id,
            workspace_id=row.workspace_id,
            message_count=row.message_count,
            running=running,
            version=row.version,
            created_at=row.created_ms,
            updated_at=row.updated_ms,
        )

    def wire(self) -> dict[str, Any]:
        """As it goes into an event."""
        return self.model_dump(mode="json")


class TextContent(Schema):
    """A piece of text of a message."""

    model_config = ConfigDict(extra="forbid")

    type: Literal["text"] = "text"
    text: str = Field(max_length=MAX_TEXT)


class SendMessage(Schema):
    """A person's message. `parent_id` left out continues the branch one sees; another one makes a branch there."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"example": {"content": [{"type": "text", "text": "@coder what is 6 * 7?"}]}},
    )

    content: list[TextContent] = Field([], max_length=50)
    attachments: list[Id] = Field([], max_length=MAX_ATTACHMENTS)
    target_agent: AgentName | None = None
    model: ModelId | None = None
    mode: Mode = "auto"
    when_busy: WhenBusy = "reject"
    parent_id: Id | None = None


class Regenerate(Schema):
    """Answer again, maybe by another model or agent."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"model": "offline"}})

    model: ModelId | None = None
    target_agent: AgentName | None = None


class Sent(Schema):
    """What was begun. The answer is on the stream after `seq`; with `Prefer: wait` it is in `reply`."""

    message: Message
    run_id: str
    reply_id: str
    seq: int
    reply: Message | None = None


class Messages(Schema):
    """The branch one sees, oldest first, as it is at `seq`; fold later events of the stream into it."""

    items: list[Message]
    has_more: bool
    seq: int


class Attachment(Schema):
    """An attached file."""

    id: str
    name: str
    mime: str
    size: int
    created_at: Time

    @classmethod
    def of(cls, row: AttachmentRow) -> "Attachment":
        return cls(id=row.id, name=row.name, mime=row.mime, size=row.size, created_at=row.created_ms)


class Hit(Schema):
    """A message that matches; U+E000 and U+E001 stand around each hit in the snippet."""

    chat_id: str
    chat_title: str
    message_id: str
    snippet: str
    created_at: Time


class Hits(Schema):
    """Matches, best first."""

    items: list[Hit]


def message_of(row: MessageRow, siblings: list[str]) -> Message:
    """The row as people see it."""
    return Message.model_validate(
        {
            "id": row.id,
            "chat_id": row.chat_id,
            "parent_id": row.parent_id,
            "role": row.role,
            "agent": row.agent,
            "run_id": row.run_id,
            "status": row.status,
            "parts": row.parts,
            "model": row.model,
            "usage": row.usage,
            "error": row.error,
            "siblings": siblings,
            "created_at": row.created_ms,
            "duration_ms": row.duration_ms,
        }
    )
