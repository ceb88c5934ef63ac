"""What the team remembers"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from entourage.stores.sql import rls

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

ID, BIG = sa.String(length=36), sa.BigInteger()
JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")
OWNED = ("memories", "memory_tombstones", "memory_settings")

WAITING = sa.text("index_state = 'pending'")
UNTOLD = sa.text("told_state = 'pending' AND index_state = 'indexed'")


def upgrade() -> None:
    op.create_table(
        "memories",
        sa.Column("id", ID, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("agent", sa.String(length=64), nullable=True),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("workspace", sa.String(length=64), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("content", sa.String(length=12), nullable=False),
        sa.Column("source_type", sa.String(length=16), nullable=False),
        sa.Column("source_key", sa.String(length=512), nullable=True),
        sa.Column("source", JSON, nullable=False),
        sa.Column("document_id", ID, nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=True),
        sa.Column("tags", JSON, nullable=False),
        sa.Column("meta", JSON, nullable=False),
        sa.Column("confidence", sa.Double(), nullable=True),
        sa.Column("importance", sa.Double(), nullable=False),
        sa.Column("repeats", sa.Integer(), nullable=False),
        sa.Column("valid_from_ms", BIG, nullable=True),
        sa.Column("valid_until_ms", BIG, nullable=True),
        sa.Column("uses", sa.Integer(), nullable=False),
        sa.Column("used_ms", BIG, nullable=True),
        sa.Column("created_ms", BIG, nullable=False),
        sa.Column("updated_ms", BIG, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("index_state", sa.String(length=8), nullable=False),
        sa.Column("index_error", sa.Text(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_ms", BIG, nullable=False),
        sa.Column("embedder", sa.String(length=96), nullable=True),
        sa.Column("second_embedder", sa.String(length=96), nullable=True),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("told_state", sa.String(length=8), nullable=False),
        sa.Column("owner_id", ID, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_memories")),
    )
    op.create_index("uq_memories_owner_id_key", "memories", ["owner_id", "key"], unique=True)
    op.create_index("ix_memories_owner_id_id", "memories", ["owner_id", "id"])
    op.create_index("ix_memories_owner_id_kind_id", "memories", ["owner_id", "kind", "id"])
    op.create_index("ix_memories_owner_id_document_id_position", "memories", ["owner_id", "document_id", "position"])
    op.create_index("ix_memories_owner_id_source_key", "memories", ["owner_id", "source_key"])
    op.create_index("ix_memories_owner_id_content", "memories", ["owner_id", "content"])
    for name, where in (("ix_memories_waiting", WAITING), ("ix_memories_untold", UNTOLD)):
        op.create_index(name, "memories", ["owner_id", "due_ms", "id"], sqlite_where=where, postgresql_where=where)
    op.create_table(
        "memory_tombstones",
        sa.Column("memory_id", ID, nullable=False),
        sa.Column("owner_id", ID, nullable=False),
        sa.Column("embedder", sa.String(length=96), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("due_ms", BIG, nullable=False),
        sa.PrimaryKeyConstraint("memory_id", "owner_id", "embedder", name=op.f("pk_memory_tombstones")),
    )
    op.create_index("ix_memory_tombstones_owner_id_due_ms", "memory_tombstones", ["owner_id", "due_ms"])
    op.create_table(
        "memory_settings",
        sa.Column("owner_id", ID, nullable=False),
        sa.Column("embedder", sa.String(length=300), nullable=False),
        sa.Column("active", sa.String(length=96), nullable=False),
        sa.Column("active_id", sa.String(length=300), nullable=False),
        sa.Column("next", sa.String(length=96), nullable=True),
        sa.Column("next_id", sa.String(length=300), nullable=True),
        sa.Column("remember", sa.Boolean(), nullable=False),
        sa.Column("extract", sa.String(length=8), nullable=False),
        sa.Column("max_memories", sa.Integer(), nullable=False),
        sa.Column("keep_interactions_days", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_ms", BIG, nullable=False),
        sa.PrimaryKeyConstraint("owner_id", name=op.f("pk_memory_settings")),
    )
    if op.get_bind().dialect.name == "postgresql":
        for name in OWNED:
            for statement in rls.enable(name):
                op.execute(statement)


def downgrade() -> None:
    for table in reversed(OWNED):
        op.drop_table(table)
