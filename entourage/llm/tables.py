"""Model providers of each person; their keys are in the vault."""

from __future__ import annotations

from sqlalchemy import BigInteger, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from entourage.kit.clock import now_ms
from entourage.kit.ids import new_id
from entourage.stores.sql.base import ID, Base, Json, Owned


class ProviderRow(Owned, Base):
    """A service that answers for models. `version` counts the changes a person makes (it is that of the ETag)."""

    __tablename__ = "providers"
    __table_args__ = (Index("uq_providers_owner_id_name", "owner_id", "name", unique=True),)

    id: Mapped[str] = mapped_column(ID, primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(64))
    type: Mapped[str] = mapped_column(String(32))
    base_url: Mapped[str] = mapped_column(Text)
    has_key: Mapped[bool] = mapped_column(default=False)
    models: Mapped[list[str]] = mapped_column(Json, default=list)
    is_default: Mapped[bool] = mapped_column(default=False)
    status: Mapped[str] = mapped_column(String(16), default="unknown")
    last_error: Mapped[str | None] = mapped_column(Text)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[int] = mapped_column(BigInteger, default=now_ms)

    @property
    def secret_name(self) -> str:
        """Where the vault keeps its key."""
        return f"provider:{self.id}"
