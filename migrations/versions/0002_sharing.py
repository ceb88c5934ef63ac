"""Sharing a conversation, structured answers, summaries of what came before, names that are kept"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

from entourage.stores.sql import rls

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

OWNED = ("chat_summaries", "shares")


def upgrade() -> None:
    with op.batch_alter_table("agents", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "output_schema",
                sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"),
                nullable=True,
            )
        )
    with op.batch_alter_table("chats", schema=None) as batch_op:
        # titles that were there before may be the person's own
        batch_op.add_column(sa.Column("is_named", sa.Boolean(), server_default=sa.true(), nullable=False))
    op.create_table(
        "chat_summaries",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("chat_id", sa.String(length=36), nullable=False),
        sa.Column("upto_message_id", sa.String(length=36), nullable=False),
        sa.Column("messages", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("owner_id", sa.String(length=36), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chat_summaries")),
    )
    with op.batch_alter_table("chat_summaries", schema=None) as batch_op:
        batch_op.create_index("ix_chat_summaries_owner_id_chat_id", ["owner_id", "chat_id"], unique=False)
    op.create_table(
        "shares",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("chat_id", sa.String(length=36), nullable=False),
        sa.Column("message_id", sa.String(length=36), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("owner_id", sa.String(length=36), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shares")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_shares_token_hash")),
    )
    with op.batch_alter_table("shares", schema=None) as batch_op:
        batch_op.create_index("ix_shares_owner_id_chat_id", ["owner_id", "chat_id"], unique=False)
    if op.get_bind().dialect.name == "postgresql":
        for table in OWNED:
            for statement in rls.enable(table):
                op.execute(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for table in OWNED:
            for statement in rls.disable(table):
                op.execute(statement)
    for table in reversed(OWNED):
        op.drop_table(table)
    with op.batch_alter_table("chats", schema=None) as batch_op:
        batch_op.drop_column("is_named")
    with op.batch_alter_table("agents", schema=None) as batch_op:
        batch_op.drop_column("output_schema")
