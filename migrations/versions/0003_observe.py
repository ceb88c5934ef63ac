"""Watching outside agents"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

from entourage.stores.sql import rls

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

OWNED = (
    "observe_checkpoints",
    "observed_costs",
    "observed_lanes",
    "observed_sessions",
    "observed_sources",
    "observed_spans",
    "observed_views",
    "policies",
)


def upgrade() -> None:
    _guard()
    op.add_column("api_keys", sa.Column("app", sa.String(length=64), nullable=True))
    op.create_table(
        "observed_sources",
        sa.Column("owner_id", sa.String(length=36), nullable=False),
        sa.Column("app", sa.String(length=64), nullable=False),
        sa.Column("mode", sa.String(length=16), nullable=False),
        sa.Column("route_permissions", sa.Boolean(), nullable=False),
        sa.Column("events", sa.BigInteger(), nullable=False),
        sa.Column("last_seen_ms", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("owner_id", "app", name=op.f("pk_observed_sources")),
    )
    op.create_table(
        "observed_views",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("owner_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("query", sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("updated_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_observed_views")),
    )
    op.create_index("ix_observed_views_owner_id_id", "observed_views", ["owner_id", "id"])
    op.create_table(
        "observe_checkpoints",
        sa.Column("owner_id", sa.String(length=36), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("owner_id", name=op.f("pk_observe_checkpoints")),
    )
    op.create_table(
        "observed_sessions",
        sa.Column("owner_id", sa.String(length=36), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("id", sa.String(length=128), nullable=False),
        sa.Column("project", sa.String(length=256), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("last_ms", sa.BigInteger(), nullable=False),
        sa.Column("words", sa.String(length=1024), nullable=False),
        sa.Column("doc", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("owner_id", "source", "id", name=op.f("pk_observed_sessions")),
    )
    op.create_index(
        "ix_observed_sessions_owner_id_last_ms_id", "observed_sessions", ["owner_id", "last_ms", "source", "id"]
    )
    op.create_index(
        "ix_observed_sessions_owner_id_source_last_ms_id", "observed_sessions", ["owner_id", "source", "last_ms", "id"]
    )
    op.create_index(
        "ix_observed_sessions_owner_id_project_last_ms_id",
        "observed_sessions",
        ["owner_id", "project", "last_ms", "source", "id"],
    )
    op.create_table(
        "observed_lanes",
        sa.Column("owner_id", sa.String(length=36), nullable=False),
        sa.Column("id", sa.String(length=128), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("session_id", sa.String(length=128), nullable=False),
        sa.Column("last_ms", sa.BigInteger(), nullable=False),
        sa.Column("doc", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("owner_id", "id", name=op.f("pk_observed_lanes")),
    )
    op.create_index(
        "ix_observed_lanes_owner_id_session_id_last_ms_id",
        "observed_lanes",
        ["owner_id", "session_id", "last_ms", "id"],
    )
    op.create_index("ix_observed_lanes_owner_id_last_ms_id", "observed_lanes", ["owner_id", "last_ms", "id"])
    op.create_table(
        "observed_spans",
        sa.Column("owner_id", sa.String(length=36), nullable=False),
        sa.Column("id", sa.String(length=128), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("session_id", sa.String(length=128), nullable=False),
        sa.Column("started_ms", sa.BigInteger(), nullable=False),
        sa.Column("doc", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("owner_id", "id", name=op.f("pk_observed_spans")),
    )
    op.create_index(
        "ix_observed_spans_owner_id_session_id_started_ms_id",
        "observed_spans",
        ["owner_id", "session_id", "started_ms", "id"],
    )
    op.create_table(
        "observed_costs",
        sa.Column("owner_id", sa.String(length=36), nullable=False),
        sa.Column("hour", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("session_id", sa.String(length=128), nullable=False),
        sa.Column("agent", sa.String(length=128), nullable=False),
        sa.Column("model", sa.String(length=256), nullable=False),
        sa.Column("calls", sa.BigInteger(), nullable=False),
        sa.Column("input_tokens", sa.BigInteger(), nullable=False),
        sa.Column("output_tokens", sa.BigInteger(), nullable=False),
        sa.Column("cached_tokens", sa.BigInteger(), nullable=False),
        sa.Column("cost_micro_usd", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "owner_id", "hour", "source", "session_id", "agent", "model", name=op.f("pk_observed_costs")
        ),
    )
    if op.get_bind().dialect.name == "postgresql":
        for table in OWNED:
            for statement in rls.enable(table):
                op.execute(statement)


def _guard() -> None:
    """The policy of each person, and questions of outside agents in the inbox."""
    op.create_table(
        "policies",
        sa.Column("owner_id", sa.String(length=36), nullable=False),
        sa.Column("chosen", sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("owner_id", name=op.f("pk_policies")),
    )
    op.add_column("approvals", sa.Column("app", sa.String(length=64), nullable=True))
    op.add_column("approvals", sa.Column("session_id", sa.String(length=128), nullable=True))


def downgrade() -> None:
    for table in reversed(OWNED):
        op.drop_table(table)
    with op.batch_alter_table("approvals") as batch_op:
        batch_op.drop_column("session_id")
        batch_op.drop_column("app")
    with op.batch_alter_table("api_keys") as batch_op:
        batch_op.drop_column("app")
