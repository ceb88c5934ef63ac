"""What agents recall, and turns that a model shall read for facts"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from entourage.stores.sql import rls

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

ID, BIG = sa.String(length=36), sa.BigInteger()


def upgrade() -> None:
    with op.batch_alter_table("agents") as agents:
        agents.add_column(sa.Column("memory", sa.String(length=8), nullable=False, server_default="all"))
    op.create_table(
        "memory_lessons",
        sa.Column("run_id", ID, nullable=False),
        sa.Column("chat_id", ID, nullable=False),
        sa.Column("message_id", ID, nullable=False),
        sa.Column("agent", sa.String(length=64), nullable=False),
        sa.Column("model", sa.String(length=256), nullable=True),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_ms", BIG, nullable=False),
        sa.Column("owner_id", ID, nullable=False),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_memory_lessons")),
    )
    op.create_index("ix_memory_lessons_owner_id_chat_id", "memory_lessons", ["owner_id", "chat_id"])
    op.create_index("ix_memory_lessons_due_ms", "memory_lessons", ["due_ms"])
    if op.get_bind().dialect.name == "postgresql":
        for statement in rls.enable("memory_lessons"):
            op.execute(statement)


def downgrade() -> None:
    op.drop_table("memory_lessons")
    with op.batch_alter_table("agents") as agents:
        agents.drop_column("memory")
