"""Rows of services; their secrets are in the vault, their calls in `tool_hours`."""

from typing import Any

from sqlalchemy import BigInteger, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from entourage.kit.clock import now_ms
from entourage.kit.ids import new_id
from entourage.stores.sql.base import ID, Base, Json, Owned


class ServiceRow(Owned, Base):
    """A service. `operations` are those of its OpenAPI document, read once (see `openapi/operations.py`)."""

    __tablename__ = "services"
    __table_args__ = (
        Index("uq_services_owner_id_name", "owner_id", "name", unique=True),
        Index("ix_services_is_shared", "is_shared"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(200))
    base_url: Mapped[str] = mapped_column(Text)
    openapi_url: Mapped[str | None] = mapped_column(Text)
    operations: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    skipped: Mapped[list[str]] = mapped_column(Json, default=list)
    auth_kind: Mapped[str] = mapped_column(String(8), default="none")
    auth_header: Mapped[str | None] = mapped_column(String(100))
    is_shared: Mapped[bool] = mapped_column(default=False)
    timeout_seconds: Mapped[float] = mapped_column(default=30.0)
    retries: Mapped[int] = mapped_column(default=2)
    rps: Mapped[float | None]
    quota_per_day: Mapped[int | None] = mapped_column(BigInteger)
    allow: Mapped[list[str]] = mapped_column(Json, default=list)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[int] = mapped_column(BigInteger, default=now_ms)
    refreshed_at: Mapped[int | None] = mapped_column(BigInteger)

    @property
    def secret_name(self) -> str:
        """Where the vault keeps its secret."""
        return f"service:{self.id}"
