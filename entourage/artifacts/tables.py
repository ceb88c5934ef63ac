"""Artifacts, their immutable versions, and what is found and shown of them."""

from typing import Any

from sqlalchemy import BigInteger, Index, Integer, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from entourage.stores.sql import Base, Owned
from entourage.stores.sql.base import ID, Json


class ArtifactRow(Owned, Base):
    """The newest state of an artifact; its content is in the version of the same number.

    `revision` counts every change, also those that make no version. `preview_version` is the version that the preview
    was made of; 0 while there is none.
    """

    __tablename__ = "artifacts"
    __table_args__ = (
        Index("ix_artifacts_owner_id_chat_id_id", "owner_id", "chat_id", "id"),
        Index("ix_artifacts_owner_id_id", "owner_id", "id"),
        Index("ix_artifacts_owner_id_updated_ms_id", "owner_id", "updated_ms", "id"),
        Index("ix_artifacts_expires_ms", "expires_ms"),
        Index("ix_artifacts_retention_updated_ms", "retention", "updated_ms"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    chat_id: Mapped[str | None] = mapped_column(ID)
    run_id: Mapped[str | None] = mapped_column(ID)
    agent: Mapped[str | None] = mapped_column(String(64))
    type: Mapped[str] = mapped_column(String(16))
    title: Mapped[str] = mapped_column(String(200))
    format: Mapped[str] = mapped_column(String(128))
    language: Mapped[str | None] = mapped_column(String(32))
    details: Mapped[dict[str, Any]] = mapped_column("metadata", Json, default=dict)
    version: Mapped[int]
    revision: Mapped[int] = mapped_column(default=0)
    size: Mapped[int] = mapped_column(BigInteger)
    retention: Mapped[str] = mapped_column(String(9), default="hot")
    expires_ms: Mapped[int | None] = mapped_column(BigInteger)
    shared_until_ms: Mapped[int] = mapped_column(BigInteger, default=0)
    preview_version: Mapped[int] = mapped_column(default=0)
    preview: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    thumbnail_key: Mapped[str | None] = mapped_column(String(256))
    created_ms: Mapped[int] = mapped_column(BigInteger)
    updated_ms: Mapped[int] = mapped_column(BigInteger)


class ArtifactVersionRow(Owned, Base):
    """One version. Small content stands in the row, large content in a blob, `encoding` says whether packed."""

    __tablename__ = "artifact_versions"
    __table_args__ = (Index("ix_artifact_versions_owner_id", "owner_id"),)

    artifact_id: Mapped[str] = mapped_column(ID, primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    size: Mapped[int] = mapped_column(BigInteger)
    content: Mapped[bytes | None] = mapped_column(LargeBinary)
    blob_key: Mapped[str | None] = mapped_column(String(256))
    encoding: Mapped[str | None] = mapped_column(String(8))
    sha256: Mapped[str | None] = mapped_column(String(64))
    format: Mapped[str | None] = mapped_column(String(128))
    agent: Mapped[str | None] = mapped_column(String(64))
    note: Mapped[str] = mapped_column(String(200))
    created_ms: Mapped[int] = mapped_column(BigInteger)


class ArtifactMarkRow(Owned, Base):
    """Which artifact a tool call made: a call repeated after a restart finds it and makes no second one."""

    __tablename__ = "artifact_marks"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    artifact_id: Mapped[str] = mapped_column(ID, index=True)


class ArtifactTextRow(Owned, Base):
    """What an artifact is found by: its title, its tags, and the text of its newest version."""

    __tablename__ = "artifact_texts"
    __table_args__ = (Index("ix_artifact_texts_owner_id", "owner_id"),)

    num: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True)
    artifact_id: Mapped[str] = mapped_column(ID, unique=True)
    text: Mapped[str] = mapped_column(Text)


class ArtifactTagRow(Owned, Base):
    """A tag of an artifact."""

    __tablename__ = "artifact_tags"
    __table_args__ = (Index("ix_artifact_tags_owner_id_tag", "owner_id", "tag"),)

    artifact_id: Mapped[str] = mapped_column(ID, primary_key=True)
    tag: Mapped[str] = mapped_column(String(64), primary_key=True)


class ArtifactShareRow(Owned, Base):
    """A link by which anybody may read an artifact: one version, or the newest. Only a hash of its token is kept."""

    __tablename__ = "artifact_shares"
    __table_args__ = (
        Index("ix_artifact_shares_artifact_id", "artifact_id"),
        Index("ix_artifact_shares_owner_id", "owner_id"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    artifact_id: Mapped[str] = mapped_column(ID)
    version: Mapped[int | None]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    expires_ms: Mapped[int | None] = mapped_column(BigInteger)
    created_ms: Mapped[int] = mapped_column(BigInteger)
