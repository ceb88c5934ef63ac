"""Virtual MCP servers and their tokens"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

from entourage.stores.sql import rls

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

ID, BIG = sa.String(length=36), sa.BigInteger()
JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql")
OWNED = ("mcp_bundles", "mcp_bundle_tokens")


def upgrade() -> None:
    op.create_table(
        "mcp_bundles",
        sa.Column("id", ID, nullable=False),
        sa.Column("owner_id", ID, nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("tools", JSON, nullable=False),
        sa.Column("resources", JSON, nullable=False),
        sa.Column("prompts", JSON, nullable=False),
        sa.Column("agent", sa.String(length=64), nullable=True),
        sa.Column("search", sa.String(length=8), nullable=False),
        sa.Column("is_shared", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", BIG, nullable=False),
        _of_a_person("mcp_bundles"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mcp_bundles")),
    )
    op.create_index("uq_mcp_bundles_owner_id_name", "mcp_bundles", ["owner_id", "name"], unique=True)
    op.create_index("ix_mcp_bundles_is_shared", "mcp_bundles", ["is_shared"])
    op.create_table(
        "mcp_bundle_tokens",
        sa.Column("id", ID, nullable=False),
        sa.Column("owner_id", ID, nullable=False),
        sa.Column("bundle_id", ID, nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("prefix", sa.String(length=20), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("tools", JSON, nullable=True),
        sa.Column("expires_at", BIG, nullable=True),
        sa.Column("created_at", BIG, nullable=False),
        sa.Column("last_used_at", BIG, nullable=True),
        _of_a_person("mcp_bundle_tokens"),
        sa.ForeignKeyConstraint(
            ["bundle_id"], ["mcp_bundles.id"], name=op.f("fk_mcp_bundle_tokens_bundle_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mcp_bundle_tokens")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_mcp_bundle_tokens_token_hash")),
    )
    op.create_index("ix_mcp_bundle_tokens_bundle_id", "mcp_bundle_tokens", ["bundle_id"])
    if op.get_bind().dialect.name == "postgresql":
        for name in OWNED:
            for statement in rls.enable(name):
                op.execute(statement)


def downgrade() -> None:
    for table in reversed(OWNED):
        op.drop_table(table)


def _of_a_person(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_owner_id")
    return sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=name, ondelete="CASCADE")
