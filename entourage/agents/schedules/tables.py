"""What is asked of the team again and again."""

from sqlalchemy import BigInteger, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from entourage.stores.sql import Base, Owned
from entourage.stores.sql.base import ID


class ScheduleRow(Owned, Base):
    """One schedule. `next_ms` is when it is due, None while it is paused; `error` says why its last time was passed."""

    __tablename__ = "schedules"
    __table_args__ = (
        Index("ix_schedules_owner_id_id", "owner_id", "id"),
        Index("ix_schedules_status_next_ms", "status", "next_ms"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    cron: Mapped[str] = mapped_column(String(120))
    timezone: Mapped[str] = mapped_column(String(64))
    text: Mapped[str] = mapped_column(Text)
    agent: Mapped[str | None] = mapped_column(String(64))
    session_id: Mapped[str | None] = mapped_column(ID)
    mode: Mapped[str] = mapped_column(String(16))
    status: Mapped[str] = mapped_column(String(16))
    next_ms: Mapped[int | None] = mapped_column(BigInteger)
    last_ms: Mapped[int | None] = mapped_column(BigInteger)
    last_run_id: Mapped[str | None] = mapped_column(ID)
    error: Mapped[str | None] = mapped_column(Text)
    version: Mapped[int]
    created_ms: Mapped[int] = mapped_column(BigInteger)
