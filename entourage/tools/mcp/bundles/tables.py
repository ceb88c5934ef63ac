"""Rows of virtual servers and of the tokens that open them."""

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from entourage.kit.clock import now_ms
from entourage.kit.ids import new_id
from entourage.stores.sql.base import ID, Base, Json, Owned


class BundleRow(Owned, Base):
    """A choice by globs of what its owner (of a shared one: whoever asks) can use."""

    __tablename__ = "mcp_bundles"
    __table_args__ = (
        Index("uq_mcp_bundles_owner_id_name", "owner_id", "name", unique=True),
        Index("ix_mcp_bundles_is_shared", "is_shared"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True, default=new_id)
    owner_id: Mapped[str] = mapped_column(ID, ForeignKey("users.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(64))
    title: Mapped[str] = mapped_column(String(200))
    tools: Mapped[list[str]] = mapped_column(Json)
    resources: Mapped[list[str]] = mapped_column(Json)
    prompts: Mapped[list[str]] = mapped_column(Json)
    agent: Mapped[str | None] = mapped_column(String(64))
    search: Mapped[str] = mapped_column(String(8), default="auto")
    is_shared: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[int] = mapped_column(BigInteger, default=now_ms)


class BundleTokenRow(Owned, Base):
    """A token of a virtual server, known by the hash of it. `tools` narrows what the bundle has."""

    __tablename__ = "mcp_bundle_tokens"
    __table_args__ = (Index("ix_mcp_bundle_tokens_bundle_id", "bundle_id"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True, default=new_id)
    owner_id: Mapped[str] = mapped_column(ID, ForeignKey("users.id", ondelete="CASCADE"))
    bundle_id: Mapped[str] = mapped_column(ID, ForeignKey("mcp_bundles.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(100))
    prefix: Mapped[str] = mapped_column(String(20))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    tools: Mapped[list[str] | None] = mapped_column(Json)
    expires_at: Mapped[int | None] = mapped_column(BigInteger)
    created_at: Mapped[int] = mapped_column(BigInteger, default=now_ms)
    last_used_at: Mapped[int | None] = mapped_column(BigInteger)
