"""Policies of tools, and what calls came to by the hour."""

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table
from sqlalchemy.orm import Mapped, mapped_column

from entourage.kit.clock import now_ms
from entourage.kit.ids import new_id
from entourage.stores.sql.base import ID, Base, Owned


class ToolPolicyRow(Owned, Base):
    """One policy. `set_by` is `self` or `admin`; an admin's holds for everybody, whoever owns the row."""

    __tablename__ = "tool_policies"
    __table_args__ = (
        Index("uq_tool_policies_owner_id_set_by_subject_tool", "owner_id", "set_by", "subject", "tool", unique=True),
        Index("ix_tool_policies_set_by", "set_by"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True, default=new_id)
    subject: Mapped[str] = mapped_column(String(80))
    tool: Mapped[str] = mapped_column(String(256))
    grant: Mapped[str | None] = mapped_column(String(8))
    rps: Mapped[float | None]
    concurrency: Mapped[int | None]
    quota_per_day: Mapped[int | None] = mapped_column(BigInteger)
    cache_seconds: Mapped[int | None]
    timeout_seconds: Mapped[float | None]
    set_by: Mapped[str] = mapped_column(String(8))
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[int] = mapped_column(BigInteger, default=now_ms)


tool_hours = Table(
    "tool_hours",
    Base.metadata,
    Column("owner_id", ID, primary_key=True),
    Column("hour", BigInteger, primary_key=True, autoincrement=False),
    Column("tool", String(256), primary_key=True),
    Column("source", String(16), primary_key=True),
    Column("calls", BigInteger, nullable=False),
    Column("errors", BigInteger, nullable=False),
    Column("cached", BigInteger, nullable=False),
)
"""How often a tool was called in an hour (counted from the epoch); written beside the log, not through the ORM."""

tool_latencies = Table(
    "tool_latencies",
    Base.metadata,
    Column("owner_id", ID, primary_key=True),
    Column("hour", BigInteger, primary_key=True, autoincrement=False),
    Column("tool", String(256), primary_key=True),
    Column("bucket", Integer, primary_key=True, autoincrement=False),
    Column("count", BigInteger, nullable=False),
)
"""The sketch of how long its calls took; see `LATENCY_GAMMA`."""

tool_quotas = Table(
    "tool_quotas",
    Base.metadata,
    Column("owner_id", ID, primary_key=True),
    Column("policy_id", ID, primary_key=True),
    Column("day", BigInteger, primary_key=True, autoincrement=False),
    Column("calls", BigInteger, nullable=False),
)
"""How many calls of a person a policy let through on a day (counted from the epoch, UTC)."""
