"""Tools: policies of tools, counts of their calls, approvals of calls outside of conversations"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from entourage.stores.sql import rls

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

ID, BIG = sa.String(length=36), sa.BigInteger()
TOOL = sa.String(length=256)
OWNED = ("tool_policies", "tool_hours", "tool_latencies", "tool_quotas")


def upgrade() -> None:
    op.create_table(
        "tool_policies",
        sa.Column("id", ID, nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("tool", TOOL, nullable=False),
        sa.Column("grant", sa.String(length=8), nullable=True),
        sa.Column("rps", sa.Double(), nullable=True),
        sa.Column("concurrency", sa.Integer(), nullable=True),
        sa.Column("quota_per_day", BIG, nullable=True),
        sa.Column("cache_seconds", sa.Integer(), nullable=True),
        sa.Column("timeout_seconds", sa.Double(), nullable=True),
        sa.Column("set_by", sa.String(length=8), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", BIG, nullable=False),
        sa.Column("owner_id", ID, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tool_policies")),
    )
    about = ["owner_id", "set_by", "subject", "tool"]
    op.create_index("uq_tool_policies_owner_id_set_by_subject_tool", "tool_policies", about, unique=True)
    op.create_index("ix_tool_policies_set_by", "tool_policies", ["set_by"])
    op.create_table(
        "tool_hours",
        sa.Column("owner_id", ID, nullable=False),
        sa.Column("hour", BIG, autoincrement=False, nullable=False),
        sa.Column("tool", TOOL, nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        *(sa.Column(name, BIG, nullable=False) for name in ("calls", "errors", "cached")),
        sa.PrimaryKeyConstraint("owner_id", "hour", "tool", "source", name=op.f("pk_tool_hours")),
    )
    op.create_table(
        "tool_latencies",
        sa.Column("owner_id", ID, nullable=False),
        sa.Column("hour", BIG, autoincrement=False, nullable=False),
        sa.Column("tool", TOOL, nullable=False),
        sa.Column("bucket", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("count", BIG, nullable=False),
        sa.PrimaryKeyConstraint("owner_id", "hour", "tool", "bucket", name=op.f("pk_tool_latencies")),
    )
    op.create_table(
        "tool_quotas",
        sa.Column("owner_id", ID, nullable=False),
        sa.Column("policy_id", ID, nullable=False),
        sa.Column("day", BIG, autoincrement=False, nullable=False),
        sa.Column("calls", BIG, nullable=False),
        sa.PrimaryKeyConstraint("owner_id", "policy_id", "day", name=op.f("pk_tool_quotas")),
    )
    with op.batch_alter_table("approvals") as table:
        table.alter_column("tool", type_=TOOL, existing_type=sa.String(length=128), existing_nullable=False)
        table.add_column(sa.Column("call_hash", ID, nullable=True))
        table.add_column(sa.Column("used_ms", BIG, nullable=True))
        table.create_index("ix_approvals_owner_id_call_hash", ["owner_id", "call_hash"])
    if op.get_bind().dialect.name == "postgresql":
        for name in OWNED:
            for statement in rls.enable(name):
                op.execute(statement)


def downgrade() -> None:
    with op.batch_alter_table("approvals") as table:
        table.drop_index("ix_approvals_owner_id_call_hash")
        table.drop_column("used_ms")
        table.drop_column("call_hash")
        table.alter_column("tool", type_=sa.String(length=128), existing_type=TOOL, existing_nullable=False)
    for name in reversed(OWNED):
        op.drop_table(name)
