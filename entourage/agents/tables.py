"""Agents, their runs, the recorded steps of runs, and what people are asked."""

from typing import Any

from sqlalchemy import BigInteger, Index, String, Text, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from entourage.stores.sql import Base, Json, Owned
from entourage.stores.sql.base import ID, partial_index

_UNENDED = text("status IN ('queued', 'running', 'waiting', 'paused')")
_RUNNING, _DEAD = text("status = 'running'"), text("dead_ms IS NOT NULL")


class AgentRow(Owned, Base):
    """One agent of one person's team."""

    __tablename__ = "agents"
    __table_args__ = (UniqueConstraint("owner_id", "name"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    name: Mapped[str] = mapped_column(String(32))
    role: Mapped[str] = mapped_column(String(200))
    instructions: Mapped[str] = mapped_column(Text)
    model: Mapped[str | None] = mapped_column(String(256))
    model_settings: Mapped[dict[str, Any]] = mapped_column(Json)
    tools: Mapped[dict[str, Any]] = mapped_column(Json)
    limits: Mapped[dict[str, Any]] = mapped_column(Json)
    output_schema: Mapped[dict[str, Any] | None] = mapped_column(Json)
    hue: Mapped[int]
    status: Mapped[str] = mapped_column(String(16))
    paused: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether its queue stands still: what waits is not begun."""
    fragments: Mapped[list[str]] = mapped_column(Json, default=list, server_default="[]")
    """Names of prompt fragments that stand before its instructions."""
    memory: Mapped[str] = mapped_column(String(8), default="all", server_default="all")
    """What it recalls: none, own, shared or all."""
    is_default: Mapped[bool]
    version: Mapped[int]
    created_ms: Mapped[int] = mapped_column(BigInteger)
    updated_ms: Mapped[int] = mapped_column(BigInteger)


class RunRow(Owned, Base):
    """One run of an agent, and the task of the bus that it is.

    `fence` grows with each taking over: a worker with an old one cannot write. `place` is its place in the queue: it is
    given once, and kept however often the run waits. `attempts` counts takings by workers since it last came forward,
    as of the last taking; `progress` is how many steps it had then. The index of the queue is in the migrations only:
    its order goes down and up, which schemas are not compared by.
    """

    __tablename__ = "runs"
    __table_args__ = (
        Index("ix_runs_owner_id_chat_id_id", "owner_id", "chat_id", "id"),
        Index("ix_runs_owner_id_id", "owner_id", "id"),
        Index("ix_runs_status_lease_ms", "status", "lease_ms"),
        Index("ix_runs_parent_run_id", "parent_run_id"),
        Index("ix_runs_place", "place"),
        Index("ix_runs_owner_id_created_ms", "owner_id", "created_ms"),
        partial_index("ix_runs_dead", "owner_id", "agent", where=_DEAD),
        partial_index("ix_runs_live", "owner_id", "agent", "lease_ms", where=_RUNNING),
        Index("ix_runs_plan_id", "plan_id"),
        partial_index("uq_runs_owner_id_dedupe_key", "owner_id", "dedupe_key", where=_UNENDED, unique=True),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    chat_id: Mapped[str] = mapped_column(ID)
    message_id: Mapped[str] = mapped_column(ID)
    prompt_id: Mapped[str | None] = mapped_column(ID)
    parent_run_id: Mapped[str | None] = mapped_column(ID)
    agent: Mapped[str] = mapped_column(String(64))
    model: Mapped[str | None] = mapped_column(String(256))
    task: Mapped[str | None] = mapped_column(Text)
    path: Mapped[list[str]] = mapped_column(Json)
    status: Mapped[str] = mapped_column(String(16))
    cancelling: Mapped[bool] = mapped_column(default=False)
    worker: Mapped[str | None] = mapped_column(ID)
    lease_ms: Mapped[int] = mapped_column(BigInteger)
    fence: Mapped[int]
    start_seq: Mapped[int] = mapped_column(BigInteger)
    trace_id: Mapped[str | None] = mapped_column(String(32))
    output: Mapped[dict[str, Any] | None] = mapped_column(Json)
    kind: Mapped[str] = mapped_column(String(8), default="turn", server_default="turn")
    priority: Mapped[int] = mapped_column(default=0, server_default="0")
    place: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    dedupe_key: Mapped[str | None] = mapped_column(String(128))
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    progress: Mapped[int] = mapped_column(default=0, server_default="0")
    holding: Mapped[str | None] = mapped_column(String(12))
    notes: Mapped[int] = mapped_column(default=0, server_default="0")
    retries: Mapped[int] = mapped_column(default=0, server_default="0")
    """How often a person let it go on after it had failed."""
    dead_ms: Mapped[int | None] = mapped_column(BigInteger)
    plan_id: Mapped[str | None] = mapped_column(ID)
    task_key: Mapped[str | None] = mapped_column(String(64))
    after_run_id: Mapped[str | None] = mapped_column(ID)
    forked_from: Mapped[str | None] = mapped_column(ID)
    forked_at: Mapped[int | None]
    routed: Mapped[dict[str, Any] | None] = mapped_column(Json)
    variant: Mapped[dict[str, Any] | None] = mapped_column(Json)
    usage: Mapped[dict[str, Any] | None] = mapped_column(Json)
    created_ms: Mapped[int] = mapped_column(BigInteger)
    started_ms: Mapped[int | None] = mapped_column(BigInteger)
    ended_ms: Mapped[int | None] = mapped_column(BigInteger)


class StepRow(Owned, Base):
    """A finished boundary of a run: a model's response, a tool's result, what was recalled. Never done again."""

    __tablename__ = "run_steps"
    __table_args__ = (Index("ix_run_steps_owner_id", "owner_id"),)

    run_id: Mapped[str] = mapped_column(ID, primary_key=True)
    key: Mapped[str] = mapped_column(String(256), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    ordinal: Mapped[int]
    value: Mapped[str] = mapped_column(Text)
    copied: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether another run did it: this one was forked from it after that."""
    created_ms: Mapped[int] = mapped_column(BigInteger)


class ApprovalRow(Owned, Base):
    """A question or a dangerous call that waits for the person.

    `app` and `session_id` are set where an outside agent asks, or a caller of our tools outside of conversations: they
    have no conversation, no message and no run of ours. `call_hash` names a call of our tools outside of conversations:
    the same call finds the decision by it, and `used_ms` says when it did.
    """

    __tablename__ = "approvals"
    __table_args__ = (
        Index("ix_approvals_owner_id_status_id", "owner_id", "status", "id"),
        Index("ix_approvals_owner_id_run_id", "owner_id", "run_id"),
        Index("ix_approvals_status_expires_ms", "status", "expires_ms"),
        Index("ix_approvals_owner_id_call_hash", "owner_id", "call_hash"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    app: Mapped[str | None] = mapped_column(String(64))
    session_id: Mapped[str | None] = mapped_column(String(128))
    chat_id: Mapped[str] = mapped_column(ID)
    run_id: Mapped[str] = mapped_column(ID)
    message_id: Mapped[str] = mapped_column(ID)
    part: Mapped[int]
    tool_call_id: Mapped[str] = mapped_column(String(128))
    agent: Mapped[str] = mapped_column(String(64))
    tool: Mapped[str] = mapped_column(String(256))
    args: Mapped[dict[str, Any]] = mapped_column(Json)
    question: Mapped[str | None] = mapped_column(Text)
    options: Mapped[list[str]] = mapped_column(Json)
    risk: Mapped[str] = mapped_column(String(8))
    status: Mapped[str] = mapped_column(String(16))
    answer: Mapped[str | None] = mapped_column(Text)
    edited_args: Mapped[dict[str, Any] | None] = mapped_column(Json)
    reason: Mapped[str | None] = mapped_column(Text)
    created_ms: Mapped[int] = mapped_column(BigInteger)
    expires_ms: Mapped[int] = mapped_column(BigInteger)
    decided_ms: Mapped[int | None] = mapped_column(BigInteger)
    call_hash: Mapped[str | None] = mapped_column(ID)
    used_ms: Mapped[int | None] = mapped_column(BigInteger)
