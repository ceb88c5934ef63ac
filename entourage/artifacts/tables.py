"""Artifacts and their immutable versions."""

from __future__ import annotations

from sqlalchemy import BigInteger, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from entourage.stores.sql import Base, Owned
from entourage.stores.sql.base import ID


class ArtifactRow(Owned, Base):
    """The newest state of an artifact; its content is in the version of the same number."""

    __tablename__ = "artifacts"
    __table_args__ = (
        Index("ix_artifacts_owner_id_chat_id_id", "owner_id", "chat_id", "id"),
        Index("ix_artifacts_owner_id_id", "owner_id", "id"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    chat_id: Mapped[str | None] = mapped_column(ID)
    run_id: Mapped[str | None] = mapped_column(ID)
    agent: Mapped[str | None] = mapped_column(String(64))
    type: Mapped[str] = mapped_column(String(16))
    title: Mapped[str] = mapped_column(String(200))
    format: Mapped[str] = mapped_column(String(128))
    language: Mapped[str | None] = mapped_column(String(32))
    version: Mapped[int]
    size: Mapped[int] = mapped_column(BigInteger)
    created_ms: Mapped[int] = mapped_column(BigInteger)
    updated_ms: Mapped[int] = mapped_column(BigInteger)


class ArtifactVersionRow(Owned, Base):
    """One version. Small content stands in the row, large content in a blob."""

    __tablename__ = "artifact_versions"
    __table_args__ = (Index("ix_artifact_versions_owner_id", "owner_id"),)

    artifact_id: Mapped[str] = mapped_column(ID, primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    size: Mapped[int] = mapped_column(BigInteger)
    content: Mapped[bytes | None] = mapped_column(LargeBinary)
    blob_key: Mapped[str | None] = mapped_column(String(256))
    agent: Mapped[str | None] = mapped_column(String(64))
    note: Mapped[str] = mapped_column(String(200))
    created_ms: Mapped[int] = mapped_column(BigInteger)


class ArtifactMarkRow(Owned, Base):
    """Which artifact a tool call made: a call repeated after a restart finds it and makes no second one."""

    __tablename__ = "artifact_marks"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    artifact_id: Mapped[str] = mapped_column(ID, index=True)
