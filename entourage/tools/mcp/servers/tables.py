"""Rows of MCP servers that were declared over the API, and of what was accepted of each server's tools."""

from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from entourage.kit.clock import now_ms
from entourage.kit.ids import new_id
from entourage.stores.sql.base import ID, Base, Json, Owned


class McpServerRow(Owned, Base):
    """A server. `spec` is its command or address with all that goes with it; values of secrets are in the vault."""

    __tablename__ = "mcp_servers"
    __table_args__ = (
        Index("uq_mcp_servers_owner_id_name", "owner_id", "name", unique=True),
        Index("ix_mcp_servers_is_shared", "is_shared"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True, default=new_id)
    owner_id: Mapped[str] = mapped_column(ID, ForeignKey("users.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(200))
    transport: Mapped[str] = mapped_column(String(8))
    spec: Mapped[dict[str, Any]] = mapped_column(Json)
    balancing: Mapped[str] = mapped_column(String(24))
    overrides: Mapped[dict[str, Any]] = mapped_column(Json)
    entry: Mapped[str | None] = mapped_column(String(40))
    is_shared: Mapped[bool]
    enabled: Mapped[bool]
    may_be_private: Mapped[bool]
    idle_seconds: Mapped[float | None]
    timeout_seconds: Mapped[float]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[int] = mapped_column(BigInteger, default=now_ms)


class McpPinRow(Owned, Base):
    """What was accepted of a tool, and what was seen last where that is something else.

    The row without a tool is the server itself: its launch and its version.
    """

    __tablename__ = "mcp_pins"
    __table_args__ = (Index("ix_mcp_pins_owner_id", "owner_id"),)

    server_id: Mapped[str] = mapped_column(ID, primary_key=True)
    tool: Mapped[str] = mapped_column(String(200), primary_key=True)
    position: Mapped[int]
    accepted: Mapped[dict[str, Any] | None] = mapped_column(Json)
    seen: Mapped[dict[str, Any] | None] = mapped_column(Json)
    updated_at: Mapped[int] = mapped_column(BigInteger, default=now_ms)
