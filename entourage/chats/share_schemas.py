"""Shared conversations over the wire: what their owner sees of a link, and what whoever has the link sees."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from entourage.artifacts.kinds import ArtifactType
from entourage.chats.tables import ShareRow
from entourage.events.message import CallStatus, DataPart, TextPart
from entourage.kit.clock import Time
from entourage.kit.ids import Id
from entourage.kit.schema import Schema


class ShareChat(Schema):
    """What is shared: the branch up to this message, by default all of the one that is shown."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {}})

    message_id: Id | None = None


class Share(Schema):
    """A link to a conversation as it was when it was shared."""

    id: str
    chat_id: str
    message_id: str
    title: str
    created_at: Time

    @classmethod
    def of(cls, row: ShareRow) -> "Share":
        return cls(
            id=row.id, chat_id=row.chat_id, message_id=row.message_id, title=row.title, created_at=row.created_ms
        )


class NewShare(Share):
    """A link that was just made: `url` and `token` are told this once."""

    token: str
    url: str


class ShareList(Schema):
    """The links to one conversation, newest first."""

    items: list[Share]


class SharedFile(Schema):
    """A file that came with a message; its content is not shared."""

    type: Literal["attachment"] = "attachment"
    name: str
    mime: str
    size: int


class SharedArtifact(Schema):
    """A result of the talk. `content_url` works for an hour."""

    id: str
    version: int
    title: str
    type: ArtifactType
    format: str
    language: str | None
    content_url: str


class SharedCall(Schema):
    """That a tool was used, with the results it made; not what it was given nor what it gave."""

    type: Literal["tool_call"] = "tool_call"
    tool: str
    status: CallStatus
    artifacts: list[SharedArtifact] = []


SharedPart = Annotated[TextPart | DataPart | SharedFile | SharedCall, Field(discriminator="type")]


class SharedMessage(Schema):
    """One message without ids, costs and reasoning."""

    role: Literal["user", "assistant"]
    agent: str | None
    parts: list[SharedPart]
    created_at: Time


class SharedChat(Schema):
    """A conversation as it was when it was shared, oldest message first."""

    title: str
    shared_at: Time
    messages: list[SharedMessage]
