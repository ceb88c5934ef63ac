"""Snapshots of sandboxes"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from entourage.stores.sql import rls

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

ID = sa.String(length=36)
TABLE = "sandbox_snapshots"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", ID, nullable=False),
        sa.Column("sandbox_id", ID, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=True),
        sa.Column("parts", sa.Integer(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("taken_ms", sa.BigInteger(), nullable=True),
        sa.Column("owner_id", ID, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sandbox_snapshots")),
    )
    op.create_index("ix_sandbox_snapshots_owner_id_id", TABLE, ["owner_id", "id"])
    if op.get_bind().dialect.name == "postgresql":
        for statement in rls.enable(TABLE):
            op.execute(statement)


def downgrade() -> None:
    op.drop_table(TABLE)
