"""Rows of watching: sources, sessions, lanes, spans, what was spent, saved views. `*_ms` are epoch milliseconds.

Ids of sessions, agents and tool calls are the agents' own, so every key begins with the owner and the source.
"""

from typing import Any

from sqlalchemy import BigInteger, Boolean, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from entourage.kit.clock import now_ms
from entourage.kit.ids import new_id
from entourage.stores.sql.base import ID, Base, Json, Owned

NAME = String(128)
APP = String(64)


class SourceRow(Owned, Base):
    """An application that has sent something, and how its hooks are answered."""

    __tablename__ = "observed_sources"

    owner_id: Mapped[str] = mapped_column(ID, primary_key=True)
    app: Mapped[str] = mapped_column(APP, primary_key=True)
    mode: Mapped[str] = mapped_column(String(16), default="observe")
    route_permissions: Mapped[bool] = mapped_column(Boolean, default=False)
    events: Mapped[int] = mapped_column(BigInteger, default=0)
    last_seen_ms: Mapped[int | None] = mapped_column(BigInteger)


class ViewRow(Owned, Base):
    """A saved view of the event table."""

    __tablename__ = "observed_views"
    __table_args__ = (Index("ix_observed_views_owner_id_id", "owner_id", "id"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(100))
    query: Mapped[dict[str, Any]] = mapped_column(Json)
    created_ms: Mapped[int] = mapped_column(BigInteger, default=now_ms)
    updated_ms: Mapped[int] = mapped_column(BigInteger, default=now_ms)


class CheckpointRow(Owned, Base):
    """Up to which seq the log is projected."""

    __tablename__ = "observe_checkpoints"

    owner_id: Mapped[str] = mapped_column(ID, primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger)


class SessionRow(Owned, Base):
    """A session. `doc` is all of it; the columns beside are those it is found and sorted by."""

    __tablename__ = "observed_sessions"
    __table_args__ = (
        Index("ix_observed_sessions_owner_id_last_ms_id", "owner_id", "last_ms", "source", "id"),
        Index("ix_observed_sessions_owner_id_source_last_ms_id", "owner_id", "source", "last_ms", "id"),
        Index("ix_observed_sessions_owner_id_project_last_ms_id", "owner_id", "project", "last_ms", "source", "id"),
    )

    owner_id: Mapped[str] = mapped_column(ID, primary_key=True)
    source: Mapped[str] = mapped_column(APP, primary_key=True)
    id: Mapped[str] = mapped_column(NAME, primary_key=True)
    project: Mapped[str | None] = mapped_column(String(256))
    state: Mapped[str] = mapped_column(String(16))
    last_ms: Mapped[int] = mapped_column(BigInteger)
    words: Mapped[str] = mapped_column(String(1024))
    doc: Mapped[str] = mapped_column(Text)


class LaneRow(Owned, Base):
    """What one agent did in one session."""

    __tablename__ = "observed_lanes"
    __table_args__ = (
        Index("ix_observed_lanes_owner_id_session_id_last_ms_id", "owner_id", "session_id", "last_ms", "id"),
        Index("ix_observed_lanes_owner_id_last_ms_id", "owner_id", "last_ms", "id"),
    )

    owner_id: Mapped[str] = mapped_column(ID, primary_key=True)
    id: Mapped[str] = mapped_column(NAME, primary_key=True)
    source: Mapped[str] = mapped_column(APP)
    session_id: Mapped[str] = mapped_column(NAME)
    last_ms: Mapped[int] = mapped_column(BigInteger)
    doc: Mapped[str] = mapped_column(Text)


class SpanRow(Owned, Base):
    """A call of a tool or a model, or an approval."""

    __tablename__ = "observed_spans"
    __table_args__ = (
        Index("ix_observed_spans_owner_id_session_id_started_ms_id", "owner_id", "session_id", "started_ms", "id"),
    )

    owner_id: Mapped[str] = mapped_column(ID, primary_key=True)
    id: Mapped[str] = mapped_column(NAME, primary_key=True)
    source: Mapped[str] = mapped_column(APP)
    session_id: Mapped[str] = mapped_column(NAME)
    started_ms: Mapped[int] = mapped_column(BigInteger)
    doc: Mapped[str] = mapped_column(Text)


class CostRow(Owned, Base):
    """What was spent in one hour by one agent with one model in one session."""

    __tablename__ = "observed_costs"

    owner_id: Mapped[str] = mapped_column(ID, primary_key=True)
    hour: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    source: Mapped[str] = mapped_column(APP, primary_key=True)
    session_id: Mapped[str] = mapped_column(NAME, primary_key=True)
    agent: Mapped[str] = mapped_column(NAME, primary_key=True)
    model: Mapped[str] = mapped_column(String(256), primary_key=True)
    calls: Mapped[int] = mapped_column(BigInteger)
    input_tokens: Mapped[int] = mapped_column(BigInteger)
    output_tokens: Mapped[int] = mapped_column(BigInteger)
    cached_tokens: Mapped[int] = mapped_column(BigInteger)
    cost_micro_usd: Mapped[int] = mapped_column(BigInteger)
