"""Live sandboxes, those that run and those that ran, and their snapshots. `*_ms` are epoch milliseconds."""

from typing import Any

from sqlalchemy import BigInteger, Float, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from entourage.stores.sql.base import ID, Base, Json, Owned


class SandboxRow(Owned, Base):
    """One sandbox. `seen_ms` is renewed by the server that runs it; `seconds` are those that it was not paused."""

    __tablename__ = "sandboxes"
    __table_args__ = (
        Index("ix_sandboxes_owner_id_id", "owner_id", "id"),
        Index("ix_sandboxes_ended_ms_seen_ms", "ended_ms", "seen_ms"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    backend: Mapped[str] = mapped_column(String(32))
    server_id: Mapped[str] = mapped_column(ID)
    status: Mapped[str] = mapped_column(String(16))
    workspace_id: Mapped[str | None] = mapped_column(ID)
    chat_id: Mapped[str | None] = mapped_column(ID)
    labels: Mapped[dict[str, Any]] = mapped_column(Json)
    allow: Mapped[list[str]] = mapped_column(Json)
    usd_per_hour: Mapped[float] = mapped_column(Float)
    seconds: Mapped[float] = mapped_column(Float)
    created_ms: Mapped[int] = mapped_column(BigInteger)
    expires_ms: Mapped[int] = mapped_column(BigInteger)
    seen_ms: Mapped[int] = mapped_column(BigInteger)
    ended_ms: Mapped[int | None] = mapped_column(BigInteger)
    ended_because: Mapped[str | None] = mapped_column(String(32))


class SnapshotRow(Owned, Base):
    """The files of a sandbox, packed in `parts` blobs. `taken_ms` is null until all of them are there."""

    __tablename__ = "sandbox_snapshots"
    __table_args__ = (Index("ix_sandbox_snapshots_owner_id_id", "owner_id", "id"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    sandbox_id: Mapped[str] = mapped_column(ID)
    name: Mapped[str | None] = mapped_column(String(200))
    parts: Mapped[int] = mapped_column(Integer)
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    created_ms: Mapped[int] = mapped_column(BigInteger)
    taken_ms: Mapped[int | None] = mapped_column(BigInteger)
