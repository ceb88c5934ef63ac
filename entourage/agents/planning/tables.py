"""Plans and their tasks."""

from typing import Any

from sqlalchemy import BigInteger, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from entourage.stores.sql import Base, Json, Owned
from entourage.stores.sql.base import ID


class PlanRow(Owned, Base):
    """A plan. Whether it was cancelled, paused or ended is said by the row of its run; see `views.status_of`.

    Plans are sorted by the ids of their runs, which are in the order of time.
    `drafts` are the planner's answers so far, each with what was wrong with it: a restart asks for none of them again.
    `outcome` is set when every task is over and only the report is missing.
    """

    __tablename__ = "plans"
    __table_args__ = (
        UniqueConstraint("run_id"),
        Index("ix_plans_owner_id_run_id", "owner_id", "run_id"),
        Index("ix_plans_owner_id_chat_id_run_id", "owner_id", "chat_id", "run_id"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    chat_id: Mapped[str] = mapped_column(ID)
    run_id: Mapped[str] = mapped_column(ID)
    message_id: Mapped[str] = mapped_column(ID)
    goal: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(16))
    outcome: Mapped[str | None] = mapped_column(String(16))
    reason: Mapped[str | None] = mapped_column(Text)
    approval: Mapped[str | None] = mapped_column(String(8))
    approval_id: Mapped[str | None] = mapped_column(ID)
    model: Mapped[str | None] = mapped_column(String(256))
    replans: Mapped[int]
    drafts: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    version: Mapped[int]
    created_ms: Mapped[int] = mapped_column(BigInteger)
    started_ms: Mapped[int | None] = mapped_column(BigInteger)


class PlanTaskRow(Owned, Base):
    """A task of a plan. `run_id` is the run of its last attempt, `is_replaced` a failed one that was planned around."""

    __tablename__ = "plan_tasks"
    __table_args__ = (Index("ix_plan_tasks_owner_id", "owner_id"),)

    plan_id: Mapped[str] = mapped_column(ID, primary_key=True)
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    ordinal: Mapped[int]
    title: Mapped[str] = mapped_column(String(200))
    agent: Mapped[str] = mapped_column(String(64))
    instructions: Mapped[str] = mapped_column(Text)
    depends_on: Mapped[list[str]] = mapped_column(Json)
    on_failure: Mapped[str] = mapped_column(String(8))
    max_attempts: Mapped[int]
    status: Mapped[str] = mapped_column(String(16))
    is_replaced: Mapped[bool]
    run_id: Mapped[str | None] = mapped_column(ID)
    attempts: Mapped[int]
    summary: Mapped[str | None] = mapped_column(Text)
    error: Mapped[str | None] = mapped_column(Text)
    result_path: Mapped[str | None] = mapped_column(String(200))
    result_bytes: Mapped[int | None]
    artifacts: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    started_ms: Mapped[int | None] = mapped_column(BigInteger)
    ended_ms: Mapped[int | None] = mapped_column(BigInteger)
