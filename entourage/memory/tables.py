"""Rows of memory. They are the truth; the vectors are an index of them that can be made anew at any time."""

from typing import Any

from sqlalchemy import BigInteger, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from entourage.stores.sql import Base, Owned
from entourage.stores.sql.base import ID, Json, partial_index

_WAITING = text("index_state = 'pending'")
_UNTOLD = text("told_state = 'pending' AND index_state = 'indexed'")


class MemoryRow(Owned, Base):
    """One memory: something said, a part of a document, a fact.

    `key` is the hash of what it says within (agent, kind, document): the same is kept once. `index_state` is
    `pending` until its vectors are there for this `version`, or `failed` for good. `embedder` and `second_embedder` are
    the slugs of those it has vectors of: two while a person changes the embedder. `due_ms` is when it may be worked on
    (again): a lease and a pause after a failure. `told_state` is `pending` until those who read along (the graph) have
    seen this version. `points` is how many vectors it has at most. `author` is who said it where the owner is a
    workspace, None where it is a person.
    """

    __tablename__ = "memories"
    __table_args__ = (
        Index("uq_memories_owner_id_key", "owner_id", "key", unique=True),
        Index("ix_memories_owner_id_id", "owner_id", "id"),
        Index("ix_memories_owner_id_kind_id", "owner_id", "kind", "id"),
        Index("ix_memories_owner_id_document_id_position", "owner_id", "document_id", "position"),
        Index("ix_memories_owner_id_source_key", "owner_id", "source_key"),
        Index("ix_memories_owner_id_content", "owner_id", "content"),
        partial_index("ix_memories_waiting", "owner_id", "due_ms", "id", where=_WAITING),
        partial_index("ix_memories_untold", "owner_id", "due_ms", "id", where=_UNTOLD),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    agent: Mapped[str | None] = mapped_column(String(64))
    shared: Mapped[bool]
    text: Mapped[str] = mapped_column(Text)
    key: Mapped[str] = mapped_column(String(32))
    content: Mapped[str] = mapped_column(String(12))
    source_type: Mapped[str] = mapped_column(String(16))
    source_key: Mapped[str | None] = mapped_column(String(512))
    source: Mapped[dict[str, Any]] = mapped_column(Json)
    document_id: Mapped[str | None] = mapped_column(ID)
    position: Mapped[int]
    language: Mapped[str | None] = mapped_column(String(8))
    tags: Mapped[list[str]] = mapped_column(Json)
    meta: Mapped[dict[str, Any]] = mapped_column(Json)
    confidence: Mapped[float | None]
    importance: Mapped[float]
    repeats: Mapped[int]
    """How often it was said: more than once after others were consolidated into it."""
    valid_from_ms: Mapped[int | None] = mapped_column(BigInteger)
    valid_until_ms: Mapped[int | None] = mapped_column(BigInteger)
    uses: Mapped[int]
    used_ms: Mapped[int | None] = mapped_column(BigInteger)
    created_ms: Mapped[int] = mapped_column(BigInteger)
    updated_ms: Mapped[int] = mapped_column(BigInteger)
    version: Mapped[int]
    index_state: Mapped[str] = mapped_column(String(8))
    index_error: Mapped[str | None] = mapped_column(Text)
    attempts: Mapped[int]
    due_ms: Mapped[int] = mapped_column(BigInteger)
    embedder: Mapped[str | None] = mapped_column(String(96))
    second_embedder: Mapped[str | None] = mapped_column(String(96))
    points: Mapped[int]
    told_state: Mapped[str] = mapped_column(String(8))
    author: Mapped[dict[str, str] | None] = mapped_column(Json)


class TombstoneRow(Owned, Base):
    """Vectors that must go: those of one forgotten memory, or (`memory_id` '*') all of a person under an embedder."""

    __tablename__ = "memory_tombstones"
    __table_args__ = (Index("ix_memory_tombstones_owner_id_due_ms", "owner_id", "due_ms"),)

    memory_id: Mapped[str] = mapped_column(ID, primary_key=True)
    owner_id: Mapped[str] = mapped_column(ID, primary_key=True)
    embedder: Mapped[str] = mapped_column(String(96), primary_key=True)
    points: Mapped[int]
    due_ms: Mapped[int] = mapped_column(BigInteger)


class MemorySettingsRow(Owned, Base):
    """What a person decided about their memory, and which embedder their vectors are of.

    `embedder` is what they chose (`auto`: the best that is installed), `active` the slug of the collections that are
    searched, `next` that of those being made.
    """

    __tablename__ = "memory_settings"

    owner_id: Mapped[str] = mapped_column(ID, primary_key=True)
    embedder: Mapped[str] = mapped_column(String(300))
    active: Mapped[str] = mapped_column(String(96))
    active_id: Mapped[str] = mapped_column(String(300))
    next: Mapped[str | None] = mapped_column(String(96))
    next_id: Mapped[str | None] = mapped_column(String(300))
    remember: Mapped[bool]
    extract: Mapped[str] = mapped_column(String(8))
    max_memories: Mapped[int]
    keep_interactions_days: Mapped[int]
    version: Mapped[int]
    updated_ms: Mapped[int] = mapped_column(BigInteger)
