"""Turns that a model shall still read for facts."""

from sqlalchemy import BigInteger, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from entourage.stores.sql import Base, Owned
from entourage.stores.sql.base import ID


class LessonRow(Owned, Base):
    """A turn that ended and may have said something worth keeping. It goes when it was read.

    `due_ms` is when it may be taken: who takes it puts it off by the time that reading may take, so that another
    process reads what a crash left behind.
    """

    __tablename__ = "memory_lessons"
    __table_args__ = (
        Index("ix_memory_lessons_owner_id_chat_id", "owner_id", "chat_id"),
        Index("ix_memory_lessons_due_ms", "due_ms"),
    )

    run_id: Mapped[str] = mapped_column(ID, primary_key=True)
    chat_id: Mapped[str] = mapped_column(ID)
    message_id: Mapped[str] = mapped_column(ID)
    agent: Mapped[str] = mapped_column(String(64))
    model: Mapped[str | None] = mapped_column(String(256))
    shared: Mapped[bool]
    question: Mapped[str] = mapped_column(Text)
    answer: Mapped[str] = mapped_column(Text)
    attempts: Mapped[int] = mapped_column(default=0)
    due_ms: Mapped[int] = mapped_column(BigInteger)
