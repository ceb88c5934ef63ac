"""Plans and their tasks"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from entourage.stores.sql import rls

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

ID, BIG = sa.String(length=36), sa.BigInteger()
JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")


def upgrade() -> None:
    op.create_table(
        "plans",
        sa.Column("id", ID, nullable=False),
        sa.Column("chat_id", ID, nullable=False),
        sa.Column("run_id", ID, nullable=False),
        sa.Column("message_id", ID, nullable=False),
        sa.Column("goal", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("approval", sa.String(length=8), nullable=True),
        sa.Column("approval_id", ID, nullable=True),
        sa.Column("model", sa.String(length=256), nullable=True),
        sa.Column("replans", sa.Integer(), nullable=False),
        sa.Column("drafts", JSON, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_ms", BIG, nullable=False),
        sa.Column("started_ms", BIG, nullable=True),
        sa.Column("owner_id", ID, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plans")),
        sa.UniqueConstraint("run_id", name=op.f("uq_plans_run_id")),
    )
    op.create_index("ix_plans_owner_id_run_id", "plans", ["owner_id", "run_id"])
    op.create_index("ix_plans_owner_id_chat_id_run_id", "plans", ["owner_id", "chat_id", "run_id"])
    op.create_table(
        "plan_tasks",
        sa.Column("plan_id", ID, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("agent", sa.String(length=64), nullable=False),
        sa.Column("instructions", sa.Text(), nullable=False),
        sa.Column("depends_on", JSON, nullable=False),
        sa.Column("on_failure", sa.String(length=8), nullable=False),
        sa.Column("max_attempts", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("is_replaced", sa.Boolean(), nullable=False),
        sa.Column("run_id", ID, nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("result_path", sa.String(length=200), nullable=True),
        sa.Column("result_bytes", sa.Integer(), nullable=True),
        sa.Column("artifacts", JSON, nullable=False),
        sa.Column("started_ms", BIG, nullable=True),
        sa.Column("ended_ms", BIG, nullable=True),
        sa.Column("owner_id", ID, nullable=False),
        sa.PrimaryKeyConstraint("plan_id", "key", name=op.f("pk_plan_tasks")),
    )
    op.create_index("ix_plan_tasks_owner_id", "plan_tasks", ["owner_id"])
    if op.get_bind().dialect.name == "postgresql":
        for table in ("plans", "plan_tasks"):
            for statement in rls.enable(table):
                op.execute(statement)


def downgrade() -> None:
    op.drop_table("plan_tasks")
    op.drop_table("plans")
