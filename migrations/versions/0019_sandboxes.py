"""Live sandboxes of people."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from entourage.stores.sql import rls
from entourage.stores.sql.base import Json

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

ID = sa.String(length=36)


def upgrade() -> None:
    op.create_table(
        "sandboxes",
        sa.Column("id", ID, nullable=False),
        sa.Column("backend", sa.String(length=32), nullable=False),
        sa.Column("server_id", ID, nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("workspace_id", ID, nullable=True),
        sa.Column("chat_id", ID, nullable=True),
        sa.Column("labels", Json, nullable=False),
        sa.Column("allow", Json, nullable=False),
        sa.Column("usd_per_hour", sa.Float(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("expires_ms", sa.BigInteger(), nullable=False),
        sa.Column("seen_ms", sa.BigInteger(), nullable=False),
        sa.Column("ended_ms", sa.BigInteger(), nullable=True),
        sa.Column("ended_because", sa.String(length=32), nullable=True),
        sa.Column("owner_id", ID, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sandboxes")),
    )
    op.create_index("ix_sandboxes_owner_id_id", "sandboxes", ["owner_id", "id"])
    op.create_index("ix_sandboxes_ended_ms_seen_ms", "sandboxes", ["ended_ms", "seen_ms"])
    if op.get_bind().dialect.name == "postgresql":
        for statement in rls.enable("sandboxes"):
            op.execute(statement)


def downgrade() -> None:
    op.drop_table("sandboxes")
