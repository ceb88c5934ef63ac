"""Notes to runs, runs that are tried again, copied steps, schedules"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from entourage.stores.sql import rls

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

ID, BIG = sa.String(length=36), sa.BigInteger()
OWNED = ("run_notes", "schedules")


def upgrade() -> None:
    op.create_table(
        "run_notes",
        sa.Column("run_id", ID, nullable=False),
        sa.Column("num", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_ms", BIG, nullable=False),
        sa.Column("owner_id", ID, nullable=False),
        sa.PrimaryKeyConstraint("run_id", "num", name=op.f("pk_run_notes")),
    )
    op.create_index("ix_run_notes_owner_id", "run_notes", ["owner_id"])
    op.create_table(
        "schedules",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("cron", sa.String(length=120), nullable=False),
        sa.Column("timezone", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("agent", sa.String(length=64), nullable=True),
        sa.Column("session_id", ID, nullable=True),
        sa.Column("mode", sa.String(length=16), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("next_ms", BIG, nullable=True),
        sa.Column("last_ms", BIG, nullable=True),
        sa.Column("last_run_id", ID, nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_ms", BIG, nullable=False),
        sa.Column("owner_id", ID, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schedules")),
    )
    op.create_index("ix_schedules_owner_id_id", "schedules", ["owner_id", "id"])
    op.create_index("ix_schedules_status_next_ms", "schedules", ["status", "next_ms"])
    with op.batch_alter_table("runs") as runs:
        runs.add_column(sa.Column("retries", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("run_steps") as steps:
        steps.add_column(sa.Column("copied", sa.Boolean(), nullable=False, server_default=sa.false()))
    if op.get_bind().dialect.name == "postgresql":
        for name in OWNED:
            for statement in rls.enable(name):
                op.execute(statement)


def downgrade() -> None:
    with op.batch_alter_table("run_steps") as steps:
        steps.drop_column("copied")
    with op.batch_alter_table("runs") as runs:
        runs.drop_column("retries")
    for table in reversed(OWNED):
        op.drop_table(table)
