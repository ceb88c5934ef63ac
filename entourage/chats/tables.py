"""Conversations, their messages and attached files."""

from typing import Any

from sqlalchemy import BigInteger, Index, Integer, String, Text, UniqueConstraint, true
from sqlalchemy.orm import Mapped, mapped_column

from entourage.stores.sql import Base, Json, Owned
from entourage.stores.sql.base import ID


class ChatRow(Owned, Base):
    """One conversation. `active_message_id` is the leaf of the branch one sees."""

    __tablename__ = "chats"
    __table_args__ = (Index("ix_chats_owner_id_pinned_updated_ms_id", "owner_id", "pinned", "updated_ms", "id"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    title: Mapped[str] = mapped_column(String(200))
    is_titled: Mapped[bool]
    is_named: Mapped[bool] = mapped_column(default=False, server_default=true())
    """Whether the title is more than first words: a person's, or a model's. Such a title is never replaced."""
    pinned: Mapped[bool]
    active_message_id: Mapped[str | None] = mapped_column(ID)
    workspace_id: Mapped[str | None] = mapped_column(ID)
    """Where the agents' tools work; None: in the conversation's own folder."""
    message_count: Mapped[int]
    version: Mapped[int]
    created_ms: Mapped[int] = mapped_column(BigInteger)
    updated_ms: Mapped[int] = mapped_column(BigInteger)


class MessageRow(Owned, Base):
    """One message. A turn that is being written has status "streaming" here until it ends; its parts are in the log."""

    __tablename__ = "messages"
    __table_args__ = (
        Index("ix_messages_owner_id_id", "owner_id", "id", unique=True),
        Index("ix_messages_chat_id_parent_id", "chat_id", "parent_id"),
    )

    num: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True)
    id: Mapped[str] = mapped_column(ID, unique=True)
    chat_id: Mapped[str] = mapped_column(ID)
    parent_id: Mapped[str | None] = mapped_column(ID)
    role: Mapped[str] = mapped_column(String(16))
    agent: Mapped[str | None] = mapped_column(String(64))
    run_id: Mapped[str | None] = mapped_column(ID)
    status: Mapped[str] = mapped_column(String(16))
    parts: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    text: Mapped[str] = mapped_column(Text)
    model: Mapped[str | None] = mapped_column(String(256))
    usage: Mapped[dict[str, Any] | None] = mapped_column(Json)
    error: Mapped[dict[str, Any] | None] = mapped_column(Json)
    created_ms: Mapped[int] = mapped_column(BigInteger)
    duration_ms: Mapped[int | None] = mapped_column(BigInteger)


class AttachmentRow(Owned, Base):
    """A file that a person attached: kept as a blob, and copied into the working folder under its name."""

    __tablename__ = "attachments"
    __table_args__ = (Index("ix_attachments_owner_id_chat_id", "owner_id", "chat_id"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    chat_id: Mapped[str] = mapped_column(ID)
    name: Mapped[str] = mapped_column(String(255))
    mime: Mapped[str] = mapped_column(String(128))
    size: Mapped[int] = mapped_column(BigInteger)
    created_ms: Mapped[int] = mapped_column(BigInteger)


class SummaryRow(Owned, Base):
    """What was said up to a message, told shorter: given to models in place of a beginning that is too long."""

    __tablename__ = "chat_summaries"
    __table_args__ = (Index("ix_chat_summaries_owner_id_chat_id", "owner_id", "chat_id"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    chat_id: Mapped[str] = mapped_column(ID)
    upto_message_id: Mapped[str] = mapped_column(ID)
    messages: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    created_ms: Mapped[int] = mapped_column(BigInteger)


class ShareRow(Owned, Base):
    """A link that shows the branch up to one message to whoever has it. Only a hash of its token is kept."""

    __tablename__ = "shares"
    __table_args__ = (
        UniqueConstraint("token_hash"),
        Index("ix_shares_owner_id_chat_id", "owner_id", "chat_id"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    chat_id: Mapped[str] = mapped_column(ID)
    message_id: Mapped[str] = mapped_column(ID)
    token_hash: Mapped[str] = mapped_column(String(64))
    title: Mapped[str] = mapped_column(String(200))
    created_ms: Mapped[int] = mapped_column(BigInteger)
