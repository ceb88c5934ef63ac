"""Rules, what they found, and who was told. `*_ms` are epoch milliseconds."""

from sqlalchemy import BigInteger, Float, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from entourage.kit.ids import new_id
from entourage.stores.sql.base import ID, Base, Json, Owned


class AlertRow(Owned, Base):
    """A rule and where it stands. `firing_id` is set while it fires."""

    __tablename__ = "alerts"
    __table_args__ = (Index("ix_alerts_owner_id_id", "owner_id", "id"), Index("ix_alerts_checked_ms", "checked_ms"))

    id: Mapped[str] = mapped_column(ID, primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(100))
    kind: Mapped[str] = mapped_column(String(32))
    enabled: Mapped[bool]
    threshold: Mapped[float] = mapped_column(Float)
    window_seconds: Mapped[int]
    for_seconds: Mapped[int]
    cooldown_seconds: Mapped[int]
    min_events: Mapped[int]
    source: Mapped[str | None] = mapped_column(String(64))
    agent: Mapped[str | None] = mapped_column(String(128))
    types: Mapped[list[str]] = mapped_column(Json)
    text: Mapped[str | None] = mapped_column(String(200))
    webhook_url: Mapped[str | None] = mapped_column(Text)
    email: Mapped[str | None] = mapped_column(String(254))
    state: Mapped[str] = mapped_column(String(16))
    state_ms: Mapped[int] = mapped_column(BigInteger)
    fired_ms: Mapped[int | None] = mapped_column(BigInteger)
    firing_id: Mapped[str | None] = mapped_column(ID)
    last_value: Mapped[float | None] = mapped_column(Float)
    checked_ms: Mapped[int] = mapped_column(BigInteger)
    muted_until_ms: Mapped[int | None] = mapped_column(BigInteger)
    created_ms: Mapped[int] = mapped_column(BigInteger)
    updated_ms: Mapped[int] = mapped_column(BigInteger)


class FiringRow(Owned, Base):
    """One time that a rule fired, with its name and threshold of then."""

    __tablename__ = "alert_firings"
    __table_args__ = (
        Index("ix_alert_firings_owner_id_id", "owner_id", "id"),
        Index("ix_alert_firings_alert_id_id", "alert_id", "id"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    alert_id: Mapped[str] = mapped_column(ID)
    name: Mapped[str] = mapped_column(String(100))
    kind: Mapped[str] = mapped_column(String(32))
    threshold: Mapped[float] = mapped_column(Float)
    value: Mapped[float] = mapped_column(Float)
    worst: Mapped[float] = mapped_column(Float)
    summary: Mapped[str] = mapped_column(Text)
    muted: Mapped[bool]
    fired_ms: Mapped[int] = mapped_column(BigInteger)
    resolved_ms: Mapped[int | None] = mapped_column(BigInteger)


class DeliveryRow(Owned, Base):
    """One message on its way, written with the change that it tells of. Its id is what receivers know it by."""

    __tablename__ = "alert_deliveries"
    __table_args__ = (
        Index("ix_alert_deliveries_status_next_ms", "status", "next_ms"),
        Index("ix_alert_deliveries_firing_id", "firing_id"),
        Index("ix_alert_deliveries_alert_id", "alert_id"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    alert_id: Mapped[str] = mapped_column(ID)
    firing_id: Mapped[str | None] = mapped_column(ID)
    channel: Mapped[str] = mapped_column(String(16))
    what: Mapped[str] = mapped_column(String(16))
    target: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(16))
    attempts: Mapped[int]
    next_ms: Mapped[int] = mapped_column(BigInteger)
    error: Mapped[str | None] = mapped_column(String(300))
    created_ms: Mapped[int] = mapped_column(BigInteger)
    delivered_ms: Mapped[int | None] = mapped_column(BigInteger)
