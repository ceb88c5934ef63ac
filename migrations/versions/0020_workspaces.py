"""Workspaces, their members and imports, and conversations that work in one"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from entourage.stores.sql import rls

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

ID, BIG = sa.String(length=36), sa.BigInteger()
JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")
OWNED = ("workspaces", "workspace_members", "workspace_imports")


def upgrade() -> None:
    op.create_table(
        "workspaces",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("description", sa.String(length=2000), nullable=False),
        sa.Column("settings", JSON, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_ms", BIG, nullable=False),
        sa.Column("updated_ms", BIG, nullable=False),
        sa.Column("owner_id", ID, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workspaces")),
    )
    op.create_index("ix_workspaces_owner_id_id", "workspaces", ["owner_id", "id"])
    op.create_table(
        "workspace_members",
        sa.Column("workspace_id", ID, nullable=False),
        sa.Column("owner_id", ID, nullable=False),
        sa.Column("whose_id", ID, nullable=False),
        sa.Column("role", sa.String(length=8), nullable=False),
        sa.Column("created_ms", BIG, nullable=False),
        sa.PrimaryKeyConstraint("owner_id", "workspace_id", name=op.f("pk_workspace_members")),
    )
    op.create_index("ix_workspace_members_workspace_id", "workspace_members", ["workspace_id"])
    op.create_table(
        "workspace_imports",
        sa.Column("id", ID, nullable=False),
        sa.Column("workspace_id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("source", sa.String(length=2000), nullable=False),
        sa.Column("ref", sa.String(length=250), nullable=True),
        sa.Column("path", sa.String(length=4096), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("phase", sa.String(length=16), nullable=False),
        sa.Column("received_bytes", BIG, nullable=False),
        sa.Column("total_bytes", BIG, nullable=True),
        sa.Column("files", sa.Integer(), nullable=False),
        sa.Column("error_code", sa.String(length=32), nullable=True),
        sa.Column("error_detail", sa.Text(), nullable=True),
        sa.Column("created_ms", BIG, nullable=False),
        sa.Column("updated_ms", BIG, nullable=False),
        sa.Column("ended_ms", BIG, nullable=True),
        sa.Column("owner_id", ID, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workspace_imports")),
    )
    op.create_index("ix_workspace_imports_workspace_id_id", "workspace_imports", ["workspace_id", "id"])
    op.create_index("ix_workspace_imports_status", "workspace_imports", ["status"])
    with op.batch_alter_table("chats") as chats:
        chats.add_column(sa.Column("workspace_id", ID, nullable=True))
    if op.get_bind().dialect.name == "postgresql":
        for name in OWNED:
            for statement in rls.enable(name):
                op.execute(statement)


def downgrade() -> None:
    with op.batch_alter_table("chats") as chats:
        chats.drop_column("workspace_id")
    for table in reversed(OWNED):
        op.drop_table(table)
