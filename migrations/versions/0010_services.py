"""Services behind the service gateway"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from entourage.stores.sql import rls

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

ID, BIG = sa.String(length=36), sa.BigInteger()
JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")


def upgrade() -> None:
    op.create_table(
        "services",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("base_url", sa.Text(), nullable=False),
        sa.Column("openapi_url", sa.Text(), nullable=True),
        sa.Column("operations", JSON, nullable=False),
        sa.Column("skipped", JSON, nullable=False),
        sa.Column("auth_kind", sa.String(length=8), nullable=False),
        sa.Column("auth_header", sa.String(length=100), nullable=True),
        sa.Column("is_shared", sa.Boolean(), nullable=False),
        sa.Column("timeout_seconds", sa.Double(), nullable=False),
        sa.Column("retries", sa.Integer(), nullable=False),
        sa.Column("rps", sa.Double(), nullable=True),
        sa.Column("quota_per_day", BIG, nullable=True),
        sa.Column("allow", JSON, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", BIG, nullable=False),
        sa.Column("refreshed_at", BIG, nullable=True),
        sa.Column("owner_id", ID, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_services")),
    )
    op.create_index("uq_services_owner_id_name", "services", ["owner_id", "name"], unique=True)
    op.create_index("ix_services_is_shared", "services", ["is_shared"])
    if op.get_bind().dialect.name == "postgresql":
        for statement in rls.enable("services"):
            op.execute(statement)


def downgrade() -> None:
    op.drop_table("services")
