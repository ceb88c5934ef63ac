"""Prompt fragments, every version of them, and experiments."""

from typing import Any

from sqlalchemy import BigInteger, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from entourage.stores.sql import Base, Json, Owned
from entourage.stores.sql.base import ID


class PromptRow(Owned, Base):
    """A fragment as it is now."""

    __tablename__ = "prompts"
    __table_args__ = (UniqueConstraint("owner_id", "name"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    name: Mapped[str] = mapped_column(String(64))
    description: Mapped[str] = mapped_column(String(300))
    text: Mapped[str] = mapped_column(Text)
    version: Mapped[int]
    created_ms: Mapped[int] = mapped_column(BigInteger)
    updated_ms: Mapped[int] = mapped_column(BigInteger)


class PromptVersionRow(Owned, Base):
    """A fragment as it was; never changed. `restored_from` is the version whose text came back."""

    __tablename__ = "prompt_versions"
    __table_args__ = (Index("ix_prompt_versions_owner_id", "owner_id"),)

    prompt_id: Mapped[str] = mapped_column(ID, primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    text: Mapped[str] = mapped_column(Text)
    restored_from: Mapped[int | None]
    created_ms: Mapped[int] = mapped_column(BigInteger)


class ExperimentRow(Owned, Base):
    """Wordings of one agent's instructions that are compared."""

    __tablename__ = "experiments"
    __table_args__ = (
        UniqueConstraint("owner_id", "name"),
        Index("ix_experiments_owner_id_agent_status", "owner_id", "agent", "status"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    name: Mapped[str] = mapped_column(String(64))
    agent: Mapped[str] = mapped_column(String(32))
    status: Mapped[str] = mapped_column(String(8))
    sticky: Mapped[str] = mapped_column(String(8))
    variants: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    version: Mapped[int]
    created_ms: Mapped[int] = mapped_column(BigInteger)
    updated_ms: Mapped[int] = mapped_column(BigInteger)
