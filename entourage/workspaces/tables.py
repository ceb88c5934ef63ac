"""Workspaces, who may come into them, and what is brought into them."""

from typing import Any

from sqlalchemy import BigInteger, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from entourage.stores.sql import Base, Owned
from entourage.stores.sql.base import ID, Json


class WorkspaceRow(Owned, Base):
    """A workspace. It is its owner's: their quota, their folder; others come in by a `MemberRow`."""

    __tablename__ = "workspaces"
    __table_args__ = (Index("ix_workspaces_owner_id_id", "owner_id", "id"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    description: Mapped[str] = mapped_column(String(2000))
    settings: Mapped[dict[str, Any]] = mapped_column(Json)
    version: Mapped[int]
    created_ms: Mapped[int] = mapped_column(BigInteger)
    updated_ms: Mapped[int] = mapped_column(BigInteger)


class MemberRow(Owned, Base):
    """That a person, the row's owner, may come into a workspace, and as what. `whose_id` owns the workspace."""

    __tablename__ = "workspace_members"
    __table_args__ = (Index("ix_workspace_members_workspace_id", "workspace_id"),)

    owner_id: Mapped[str] = mapped_column(ID, primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ID, primary_key=True)
    whose_id: Mapped[str] = mapped_column(ID)
    role: Mapped[str] = mapped_column(String(8))
    created_ms: Mapped[int] = mapped_column(BigInteger)


class ImportRow(Owned, Base):
    """Files that are brought in from elsewhere, and how far that is. `path` is where they go, `user_id` who asked."""

    __tablename__ = "workspace_imports"
    __table_args__ = (
        Index("ix_workspace_imports_workspace_id_id", "workspace_id", "id"),
        Index("ix_workspace_imports_status", "status"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ID)
    user_id: Mapped[str] = mapped_column(ID)
    kind: Mapped[str] = mapped_column(String(8))
    source: Mapped[str] = mapped_column(String(2000))
    ref: Mapped[str | None] = mapped_column(String(250))
    path: Mapped[str] = mapped_column(String(4096))
    status: Mapped[str] = mapped_column(String(16))
    phase: Mapped[str] = mapped_column(String(16))
    received_bytes: Mapped[int] = mapped_column(BigInteger)
    total_bytes: Mapped[int | None] = mapped_column(BigInteger)
    files: Mapped[int]
    error_code: Mapped[str | None] = mapped_column(String(32))
    error_detail: Mapped[str | None] = mapped_column(Text)
    created_ms: Mapped[int] = mapped_column(BigInteger)
    updated_ms: Mapped[int] = mapped_column(BigInteger)
    ended_ms: Mapped[int | None] = mapped_column(BigInteger)
