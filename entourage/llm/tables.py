"""Rows of the AI gateway: providers (their keys are in the vault), aliases, virtual keys, budgets and holds on them."""

from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from entourage.kit.clock import now_ms
from entourage.kit.ids import new_id
from entourage.stores.sql.base import ID, Base, Json, Owned


class ProviderRow(Owned, Base):
    """A service that answers for models. `version` counts the changes a person makes (it is that of the ETag)."""

    __tablename__ = "providers"
    __table_args__ = (
        Index("uq_providers_owner_id_name", "owner_id", "name", unique=True),
        Index("ix_providers_is_shared", "is_shared"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(64))
    type: Mapped[str] = mapped_column(String(32))
    base_url: Mapped[str] = mapped_column(Text)
    has_key: Mapped[bool] = mapped_column(default=False)
    models: Mapped[list[str]] = mapped_column(Json, default=list)
    is_default: Mapped[bool] = mapped_column(default=False)
    weight: Mapped[int] = mapped_column(default=100)
    billing: Mapped[str] = mapped_column(String(8), default="own")
    prices: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    is_shared: Mapped[bool] = mapped_column(default=False)
    status: Mapped[str] = mapped_column(String(16), default="unknown")
    last_error: Mapped[str | None] = mapped_column(Text)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[int] = mapped_column(BigInteger, default=now_ms)

    @property
    def secret_name(self) -> str:
        """Where the vault keeps its key."""
        return f"provider:{self.id}"


class AliasRow(Owned, Base):
    """A name of a person's for an ordered list of candidates: `[{provider_id, model, weight}]`."""

    __tablename__ = "model_aliases"
    __table_args__ = (
        Index("uq_model_aliases_owner_id_name", "owner_id", "name", unique=True),
        Index("ix_model_aliases_is_shared", "is_shared"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(64))
    strategy: Mapped[str] = mapped_column(String(16))
    candidates: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    is_shared: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[int] = mapped_column(BigInteger, default=now_ms)


class GatewayKeyRow(Owned, Base):
    """A virtual key, known by the hash of it. It stays when it is revoked: what it spent has a name."""

    __tablename__ = "gateway_keys"
    __table_args__ = (Index("ix_gateway_keys_owner_id_id", "owner_id", "id"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True, default=new_id)
    owner_id: Mapped[str] = mapped_column(ID, ForeignKey("users.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(100))
    prefix: Mapped[str] = mapped_column(String(20))
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    models: Mapped[list[str] | None] = mapped_column(Json)
    requests_per_minute: Mapped[int]
    tokens_per_minute: Mapped[int | None]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[int] = mapped_column(BigInteger, default=now_ms)
    expires_at: Mapped[int | None] = mapped_column(BigInteger)
    last_used_at: Mapped[int | None] = mapped_column(BigInteger)
    revoked_at: Mapped[int | None] = mapped_column(BigInteger)


class BudgetRow(Owned, Base):
    """What may be spent in a day or a month (UTC). `owner_id` is whose money it is, whoever set it."""

    __tablename__ = "budgets"
    __table_args__ = (Index("ix_budgets_owner_id_id", "owner_id", "id"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True, default=new_id)
    owner_id: Mapped[str] = mapped_column(ID, ForeignKey("users.id", ondelete="CASCADE"))
    subject: Mapped[str] = mapped_column(String(16))
    subject_id: Mapped[str | None] = mapped_column(String(128))
    period: Mapped[str] = mapped_column(String(8))
    soft_nano: Mapped[int | None] = mapped_column(BigInteger)
    hard_nano: Mapped[int | None] = mapped_column(BigInteger)
    set_by: Mapped[str] = mapped_column(String(8), default="self")
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[int] = mapped_column(BigInteger, default=now_ms)


class HoldRow(Owned, Base):
    """What a call in flight will probably cost, held from a budget that several servers share."""

    __tablename__ = "budget_holds"
    __table_args__ = (Index("ix_budget_holds_budget_id", "budget_id"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    budget_id: Mapped[str] = mapped_column(ID, primary_key=True)
    nano: Mapped[int] = mapped_column(BigInteger)
    expires_at: Mapped[int] = mapped_column(BigInteger)
