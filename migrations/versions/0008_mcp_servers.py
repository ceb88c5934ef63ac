"""MCP servers, their pins"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

from entourage.stores.sql import rls

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

ID, BIG = sa.String(length=36), sa.BigInteger()
JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql")
OWNED = ("mcp_servers", "mcp_pins")


def upgrade() -> None:
    op.create_table(
        "mcp_servers",
        sa.Column("id", ID, nullable=False),
        sa.Column("owner_id", ID, nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("transport", sa.String(length=8), nullable=False),
        sa.Column("spec", JSON, nullable=False),
        sa.Column("balancing", sa.String(length=24), nullable=False),
        sa.Column("overrides", JSON, nullable=False),
        sa.Column("entry", sa.String(length=40), nullable=True),
        sa.Column("is_shared", sa.Boolean(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("may_be_private", sa.Boolean(), nullable=False),
        sa.Column("idle_seconds", sa.Double(), nullable=True),
        sa.Column("timeout_seconds", sa.Double(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", BIG, nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_mcp_servers_owner_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mcp_servers")),
    )
    op.create_index("uq_mcp_servers_owner_id_name", "mcp_servers", ["owner_id", "name"], unique=True)
    op.create_index("ix_mcp_servers_is_shared", "mcp_servers", ["is_shared"])
    op.create_table(
        "mcp_pins",
        sa.Column("server_id", ID, nullable=False),
        sa.Column("tool", sa.String(length=200), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("accepted", JSON, nullable=True),
        sa.Column("seen", JSON, nullable=True),
        sa.Column("updated_at", BIG, nullable=False),
        sa.Column("owner_id", ID, nullable=False),
        sa.PrimaryKeyConstraint("server_id", "tool", name=op.f("pk_mcp_pins")),
    )
    op.create_index("ix_mcp_pins_owner_id", "mcp_pins", ["owner_id"])
    if op.get_bind().dialect.name == "postgresql":
        for name in OWNED:
            for statement in rls.enable(name):
                op.execute(statement)


def downgrade() -> None:
    for table in reversed(OWNED):
        op.drop_table(table)
